"""What the database says about the turns that the patients saw."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone

import sqlalchemy as sa

from benchmarks.cluster.patients import Turn
from bot.records import messages as messages_of
from bot.records.database import Database
from bot.records.tables import conversations, escalations, messages, metadata, outbox


@dataclass(frozen=True)
class Ledger:
    """Each must be 0."""

    #: Messages that are not on disk, or have no reply.
    lost: int
    #: Messages that are on disk more than once.
    doubled: int
    #: Messages whose stored replies are others than the patient read, although those claimed something.
    different: int
    #: Red flags that no escalation holds.
    red_without_escalation: int
    #: Conversations with more than one open escalation; notices with more than one entry in the outbox.
    escalated_twice: int
    notified_twice: int

    @property
    def clean(self) -> bool:
        return not any(vars(self).values())


def check(url: str, turns: Sequence[Turn]) -> Ledger:
    database = Database(url)
    try:
        with database.snapshot() as connection:
            # All of it is of this run: in pages, because a statement has two seconds.
            rows: list[sa.engine.Row] = []
            query = sa.select(
                messages.c.id,
                messages.c.author,
                messages.c.text,
                messages.c.replies_to,
                messages.c.channel_message_id,
                conversations.c.address,
            ).join(conversations)
            while page := connection.execute(
                query.where(messages.c.id > (rows[-1].id if rows else 0)).order_by(messages.c.id).limit(5000)
            ).all():
                rows += page
            red = messages_of.red_without_escalation(connection, datetime.now(timezone.utc))
            twice = (
                _more_than_one(connection, escalations.c.conversation_id, escalations.c.status != "closed"),
                _more_than_one(connection, outbox.c.key, sa.true()),
            )
    finally:
        database.dispose()
    replies = defaultdict(list)
    stored = defaultdict(list)
    for row in rows:
        if row.author == "bot":
            replies[row.replies_to].append(row.text)
        else:
            stored[row.address, row.channel_message_id.rpartition(":")[2]].append(row.id)
    lost = doubled = different = 0
    for turn in turns:
        ids = stored.get((turn.sender, turn.message_id), [])
        lost += not ids or not replies[ids[0]] or turn.seconds is None
        doubled += len(ids) > 1
        different += bool(ids) and not turn.unsure and replies[ids[0]] != turn.texts
    return Ledger(lost, doubled, different, len(red), *twice)


def kilobytes(url: str) -> float:
    """Of all tables with their indexes."""
    database = Database(url)
    try:
        with database.read() as connection:
            sizes = (sa.func.pg_total_relation_size(table.name) for table in metadata.sorted_tables)
            return sum(connection.execute(sa.select(size)).scalar_one() for size in sizes) / 1000
    finally:
        database.dispose()


def _more_than_one(connection: sa.engine.Connection, column: sa.Column, where: sa.sql.ColumnElement) -> int:
    query = sa.select(column).where(where).group_by(column).having(sa.func.count() > 1)
    return len(connection.execute(query).all())
