"""One page of the worklist from the database: keys from an index first, then the few rows that are shown."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.console.worklist.filters import STATUSES, Filters, urgency
from bot.records.tables import escalations

PAGE_SIZE = 50


@dataclass(frozen=True)
class Cursor:
    """The last entry of a page: what comes after it is the next page, whatever is filed meanwhile."""

    urgency: int
    priority: int
    opened_at: datetime
    id: str

    def __str__(self) -> str:
        return f"{self.urgency}_{self.priority}_{self.opened_at.timestamp():.6f}_{self.id}"

    @classmethod
    def parse(cls, text: str) -> Cursor | None:
        """None for a cursor that is none."""
        try:
            rank, priority, at, identity = text.split("_")
            moment = datetime.fromtimestamp(float(at), tz=timezone.utc)
            return cls(int(rank), int(priority), moment, identity[:9])
        except (ValueError, OverflowError, OSError):
            return None


@dataclass(frozen=True)
class Listing:
    ids: Sequence[str]
    #: Where the next page begins; None on the last one.
    next: Cursor | None


def list_ids(connection: Connection, filters: Filters, me: str, zone: ZoneInfo, after: Cursor | None) -> Listing:
    """References of one page: open ones by urgency, priority and age; closed ones the newest first."""
    table = escalations.c
    rank = urgency(table.disposition)
    query = sa.select(table.id, rank.label("rank"), table.priority, table.opened_at).where(
        *filters.conditions(me, zone)
    )
    if filters.closed:
        query = query.order_by(table.opened_at.desc(), table.id.desc())
    else:
        query = query.order_by(rank, table.priority.desc(), table.opened_at, table.id)
    if after is not None:
        query = query.where(_after(after, filters.closed, rank))
    rows = connection.execute(query.limit(PAGE_SIZE + 1)).all()
    shown = rows[:PAGE_SIZE]
    more = len(rows) > PAGE_SIZE
    last = Cursor(shown[-1].rank, shown[-1].priority, shown[-1].opened_at, shown[-1].id) if more else None
    return Listing([row.id for row in shown], last)


def list_new(connection: Connection, filters: Filters, me: str, zone: ZoneInfo, since: datetime) -> list[str]:
    """References of open cases that were opened or came back to nobody since then, the newest first, one page at
    most: on a long list they would stand pages below what is shown."""
    if filters.closed:
        return []
    table = escalations.c
    new = sa.or_(table.opened_at > since, sa.and_(table.status == "open", table.updated_at > since))
    query = sa.select(table.id).where(*filters.conditions(me, zone), new).order_by(table.updated_at.desc())
    return list(connection.execute(query.limit(PAGE_SIZE)).scalars())


def list_still(connection: Connection, filters: Filters, me: str, zone: ZoneInfo, ids: Collection[str]) -> list[str]:
    """Those of the references that fit the filters as before."""
    table = escalations.c
    query = sa.select(table.id).where(*filters.conditions(me, zone), table.id.in_(sorted(ids)))
    return list(connection.execute(query).scalars())


def count_open(connection: Connection) -> dict[str, int]:
    """Open escalations by disposition, and under "waiting" those that nobody has acknowledged."""
    table = escalations.c
    query = (
        sa.select(table.status, table.disposition, sa.func.count().label("times"))
        .where(table.status.in_(STATUSES["open"]))
        .group_by(table.status, table.disposition)
    )
    counts: dict[str, int] = {"all": 0, "waiting": 0}
    for row in connection.execute(query):
        counts[row.disposition] = counts.get(row.disposition, 0) + row.times
        counts["all"] += row.times
        counts["waiting"] += row.times if row.status == "open" else 0
    return counts


def _after(cursor: Cursor, closed: bool, rank: Any) -> Any:
    table = escalations.c
    if closed:
        same = sa.and_(table.opened_at == cursor.opened_at, table.id < cursor.id)
        return sa.or_(table.opened_at < cursor.opened_at, same)
    same_age = sa.and_(table.opened_at == cursor.opened_at, table.id > cursor.id)
    later = sa.or_(table.opened_at > cursor.opened_at, same_age)
    lower = sa.or_(table.priority < cursor.priority, sa.and_(table.priority == cursor.priority, later))
    return sa.or_(rank > cursor.urgency, sa.and_(rank == cursor.urgency, lower))
