"""The outbox: what has to leave the system, written in the transaction of what it tells.

Times are those of the database's rows, so every due time is kept with the time at which it was set: after a clock
has gone back, a row that waits for a time far ahead is due at once instead of hours late.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from bot.records.clock import CLOCK_SLACK, is_past
from bot.records.tables import outbox

#: The kinds of item: a notification of staff, a text to a patient.
NOTIFY = "notify"
TEXT = "sms"
KINDS = (NOTIFY, TEXT)
#: A claimed item belongs to its dispatcher for so long, unless that renews it; then another one takes it up.
LEASE = timedelta(seconds=60)

#: What goes out one after the other: a kind and a route.
Lane = tuple[str, str]


@dataclass(frozen=True)
class Item:
    """One thing to deliver. The payload goes to the database as it stands: no address, no text, no secret in it."""

    #: Which deliverer it is for, of ``KINDS``.
    kind: str
    #: Names this delivery for ever: the same key again is the same delivery.
    key: str
    #: Items of one kind and route are delivered one after the other.
    route: str
    payload: Mapping[str, Any]
    escalation_id: str | None = None
    message_id: int | None = None


@dataclass(frozen=True)
class Claim:
    """An item that one dispatcher is delivering. ``attempt`` counts from 1 and is its fence."""

    id: int
    attempt: int
    item: Item

    @property
    def lane(self) -> Lane:
        return self.item.kind, self.item.route


@dataclass(frozen=True)
class DeadLetter:
    """An item that nobody will try to deliver again unless a person says so."""

    id: int
    kind: str
    route: str
    escalation_id: str | None
    message_id: int | None
    attempts: int
    dead_at: datetime
    error: str


@dataclass(frozen=True)
class Load:
    """What one kind has in the outbox."""

    pending: int
    #: When the oldest pending item was written; None without one.
    oldest: datetime | None
    dead: int


def enqueue(connection: Connection, item: Item, now: datetime, due_at: datetime | None = None) -> bool:
    """Writes an item in the caller's transaction.

    Args:
        due_at: not before then; by default now.

    Returns:
        False: its key is there already, and nothing was written.
    """
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(outbox).values(
        kind=item.kind,
        key=item.key,
        route=item.route,
        payload=dict(item.payload),
        escalation_id=item.escalation_id,
        message_id=item.message_id,
        created_at=now,
        due_at=due_at or now,
        scheduled_at=now,
        attempts=0,
    )
    written = connection.execute(statement.on_conflict_do_nothing(index_elements=["key"])).rowcount
    return bool(written)


def due_lanes(connection: Connection, kinds: Collection[str], now: datetime) -> list[Lane]:
    """The lanes that have something to deliver, the one that waits longest first."""
    query = (
        sa.select(outbox.c.kind, outbox.c.route)
        .where(outbox.c.kind.in_(sorted(kinds)), _due(now))
        .group_by(outbox.c.kind, outbox.c.route)
        .order_by(sa.func.min(outbox.c.due_at))
    )
    return [(row.kind, row.route) for row in connection.execute(query)]


def claim(connection: Connection, lane: Lane, now: datetime, skip: Collection[int] = ()) -> Claim | None:
    """Takes the lane's next item for this dispatcher; None if there is none, or another dispatcher holds it.

    Args:
        skip: ids of items that this process is at work on, whatever the clock says of their lease.
    """
    kind, route = lane
    query = (
        sa.select(outbox)
        .where(outbox.c.kind == kind, outbox.c.route == route, _due(now), outbox.c.id.not_in(sorted(skip)))
        .order_by(outbox.c.due_at, outbox.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    attempt = row.attempts + 1
    taken = connection.execute(
        outbox.update()
        .where(outbox.c.id == row.id, outbox.c.attempts == row.attempts, _pending())
        .values(attempts=attempt, lease_until=now + LEASE)
    ).rowcount
    if not taken:
        return None
    item = Item(row.kind, row.key, row.route, row.payload, row.escalation_id, row.message_id)
    return Claim(row.id, attempt, item)


def renew(connection: Connection, claims: Sequence[Claim], now: datetime) -> None:
    """Gives claims that are still at work another lease."""
    for held in claims:
        connection.execute(
            outbox.update()
            .where(outbox.c.id == held.id, outbox.c.attempts == held.attempt, _pending())
            .values(lease_until=now + LEASE)
        )


def mark_delivered(connection: Connection, held: Claim, now: datetime, note: str = "") -> None:
    """It is out, whoever holds the claim by now.

    Args:
        note: why nothing had to be sent.
    """
    connection.execute(
        outbox.update()
        .where(outbox.c.id == held.id, outbox.c.delivered_at.is_(None))
        .values(delivered_at=now, dead_at=None, lease_until=None, error=note or None)
    )


def mark_failed(connection: Connection, held: Claim, now: datetime, due_at: datetime, reason: str) -> None:
    """The attempt failed: again at ``due_at``."""
    values = {"due_at": due_at, "scheduled_at": now, "lease_until": None, "error": reason}
    _settle(connection, held, values)


def mark_dead(connection: Connection, held: Claim, now: datetime, reason: str) -> bool:
    """No further attempt; False if another dispatcher has begun one."""
    return _settle(connection, held, {"dead_at": now, "lease_until": None, "error": reason})


def dead_letters(connection: Connection, limit: int = 100) -> list[DeadLetter]:
    """What could not be delivered, the newest first."""
    query = sa.select(outbox).where(outbox.c.dead_at.is_not(None)).order_by(outbox.c.dead_at.desc(), outbox.c.id.desc())
    return [
        DeadLetter(
            row.id,
            row.kind,
            row.route,
            row.escalation_id,
            row.message_id,
            row.attempts,
            row.dead_at,
            row.error or "",
        )
        for row in connection.execute(query.limit(limit))
    ]


def revive(connection: Connection, now: datetime, kind: str | None = None) -> int:
    """Dead letters are due again, with all their attempts; how many. By default those of every kind."""
    dead = outbox.c.dead_at.is_not(None)
    values = {"dead_at": None, "attempts": 0, "due_at": now, "scheduled_at": now}
    which = dead if kind is None else sa.and_(dead, outbox.c.kind == kind)
    return int(connection.execute(outbox.update().where(which).values(**values)).rowcount)


def load(connection: Connection) -> dict[str, Load]:
    """What each kind has in the outbox; kinds with nothing to do are left out."""
    pending = (
        sa.select(outbox.c.kind, sa.func.count().label("rows"), sa.func.min(outbox.c.created_at).label("oldest"))
        .where(_pending())
        .group_by(outbox.c.kind)
    )
    dead = (
        sa.select(outbox.c.kind, sa.func.count().label("rows"))
        .where(outbox.c.dead_at.is_not(None))
        .group_by(outbox.c.kind)
    )
    waiting = {row.kind: (row.rows, row.oldest) for row in connection.execute(pending)}
    lost = {row.kind: row.rows for row in connection.execute(dead)}
    return {kind: Load(*waiting.get(kind, (0, None)), dead=lost.get(kind, 0)) for kind in waiting.keys() | lost.keys()}


def _settle(connection: Connection, held: Claim, values: Mapping[str, Any]) -> bool:
    """Writes how an attempt ended, unless another dispatcher has begun a later one."""
    own = sa.and_(outbox.c.id == held.id, outbox.c.attempts == held.attempt, _pending())
    return bool(connection.execute(outbox.update().where(own).values(**values)).rowcount)


def _pending() -> Any:
    return sa.and_(outbox.c.delivered_at.is_(None), outbox.c.dead_at.is_(None))


def _due(now: datetime) -> Any:
    late = outbox.c.due_at <= now
    clock_went_back = outbox.c.scheduled_at > now + CLOCK_SLACK
    lease = outbox.c.lease_until
    free = sa.or_(lease.is_(None), is_past(lease, now, LEASE))
    return sa.and_(_pending(), sa.or_(late, clock_went_back), free)
