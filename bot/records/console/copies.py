"""The running copies of the server, so that one that is not ready is seen from all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.records.console.tables import copies

#: A copy that says nothing for so long has stopped; one that stops in order says good-bye.
SILENT_AFTER = timedelta(seconds=90)
#: A new copy loads its model meanwhile.
MAY_START = timedelta(seconds=120)
#: Copies that stopped without a word are forgotten after so long.
FORGOTTEN_AFTER = timedelta(hours=1)


@dataclass(frozen=True)
class Copy:
    id: str
    seen_at: datetime
    #: What keeps it from serving; empty for one that has fallen silent.
    problems: Sequence[str]


def beat(connection: Connection, copy_id: str, problems: Sequence[str], now: datetime) -> None:
    """Notes that this copy is there, and what is wrong with it."""
    connection.execute(copies.delete().where(copies.c.seen_at < now - FORGOTTEN_AFTER))
    change = copies.update().where(copies.c.id == copy_id).values(seen_at=now, problems=list(problems))
    if not connection.execute(change).rowcount:
        connection.execute(copies.insert().values(id=copy_id, started_at=now, seen_at=now, problems=list(problems)))


def leave(connection: Connection, copy_id: str) -> None:
    connection.execute(copies.delete().where(copies.c.id == copy_id))


def troubled(connection: Connection, now: datetime) -> list[Copy]:
    """Copies that are not ready although they had the time to start, or that fell silent."""
    rows = connection.execute(sa.select(copies).order_by(copies.c.started_at)).all()
    found = []
    for row in rows:
        silent = row.seen_at < now - SILENT_AFTER
        if silent or (row.problems and row.started_at < now - MAY_START):
            found.append(Copy(row.id, row.seen_at, [] if silent else row.problems))
    return found
