"""Questions that the clinic's instructions do not answer, counted, so that a clinic can add the answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from bot.records.tables import unanswered_questions as table

#: Longer questions are cut: what tells them apart comes first.
LONGEST = 200


@dataclass(frozen=True)
class UnansweredQuestion:
    text: str
    count: int
    channels: tuple[str, ...]
    first_asked: datetime
    last_asked: datetime


def record_unanswered(connection: Connection, text: str, channel: str, now: datetime) -> None:
    """Counts the question; the first time it gets its row."""
    asked = " ".join(text.casefold().split()).rstrip("?!. ")[:LONGEST]
    if not asked:
        return
    again = table.update().where(table.c.text == asked, table.c.channel == channel)
    again = again.values(times=table.c.times + 1, last_asked=now)
    if connection.execute(again).rowcount:
        return
    try:
        with connection.begin_nested():
            connection.execute(
                table.insert().values(text=asked, channel=channel, times=1, first_asked=now, last_asked=now)
            )
    except IntegrityError:
        # Another patient asked the same at the same time.
        connection.execute(again)


def list_unanswered(connection: Connection, limit: int = 100) -> list[UnansweredQuestion]:
    """Each question once over all channels, the most frequent first."""
    query = (
        sa.select(
            table.c.text,
            sa.func.sum(table.c.times).label("times"),
            sa.func.min(table.c.first_asked, type_=table.c.first_asked.type).label("first_asked"),
            sa.func.max(table.c.last_asked, type_=table.c.last_asked.type).label("last_asked"),
        )
        .group_by(table.c.text)
        .order_by(sa.desc("times"), sa.desc("last_asked"))
        .limit(limit)
    )
    rows = connection.execute(query).all()
    channels: dict[str, list[str]] = {}
    where = table.c.text.in_([row.text for row in rows])
    for row in connection.execute(sa.select(table.c.text, table.c.channel).where(where).order_by(table.c.channel)):
        channels.setdefault(row.text, []).append(row.channel)
    return [
        UnansweredQuestion(row.text, int(row.times), tuple(channels[row.text]), row.first_asked, row.last_asked)
        for row in rows
    ]
