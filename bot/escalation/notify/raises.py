"""Raises in the database: each time that an escalation needs a person anew."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.records.clock import CLOCK_SLACK
from bot.records.tables import conversations, escalations, raises

#: The ladder had no further rung.
EXHAUSTED = "exhausted"


@dataclass(frozen=True)
class Raise:
    """One raise, and how far its ladder has been climbed."""

    id: int
    escalation_id: str
    #: Counts the raises of its escalation, from 1.
    number: int
    disposition: str
    raised_at: datetime
    #: Rungs that are done.
    rungs: int
    next_at: datetime
    scheduled_at: datetime


@dataclass(frozen=True)
class Raised:
    """The escalation behind a raise, locked until the transaction ends."""

    conversation_id: str
    channel: str
    status: str
    #: When staff took its conversation over or last wrote in it; None when the bot has it.
    handed_at: datetime | None


def supersede(connection: Connection, escalation_id: str, now: datetime) -> int:
    """Ends the raise that climbs, if one does; the number of the next one."""
    end_climbing(connection, escalation_id, "superseded", now)
    query = sa.select(sa.func.max(raises.c.number)).where(raises.c.escalation_id == escalation_id)
    return int(connection.execute(query).scalar() or 0) + 1


def end_climbing(connection: Connection, escalation_id: str, by: str, now: datetime) -> None:
    """Ends the raise of the escalation that climbs, if one does.

    Args:
        by: why, in one word: "superseded", or the escalation's new status.
    """
    _end(connection, raises.c.escalation_id == escalation_id, by, now)


def ended_by(connection: Connection, escalation_id: str, number: int) -> str | None:
    """Why the raise has ended; None while it climbs."""
    query = sa.select(raises.c.ended_by).where(raises.c.escalation_id == escalation_id, raises.c.number == number)
    found: str | None = connection.execute(query).scalar()
    return found


def insert(
    connection: Connection, escalation_id: str, number: int, disposition: str, now: datetime, next_at: datetime
) -> Raise:
    begun = Raise(0, escalation_id, number, disposition, now, 0, next_at, scheduled_at=now)
    values = {key: value for key, value in asdict(begun).items() if key != "id"}
    return replace(begun, id=connection.execute(raises.insert().values(**values)).inserted_primary_key[0])


def due(connection: Connection, now: datetime, limit: int = 200) -> list[tuple[int, str]]:
    """(raise, escalation) of those whose next rung is due, or whose clock has gone back; oldest first."""
    query = (
        sa.select(raises.c.id, raises.c.escalation_id)
        .where(raises.c.ended_at.is_(None))
        .where(sa.or_(raises.c.next_at <= now, raises.c.scheduled_at > now + CLOCK_SLACK))
        .order_by(raises.c.next_at)
        .limit(limit)
    )
    return [(row.id, row.escalation_id) for row in connection.execute(query)]


def newest(connection: Connection, escalation_id: str) -> tuple[datetime, bool] | None:
    """When the escalation was raised last, and whether that raise has ended; None if it never was."""
    query = sa.select(raises.c.raised_at, raises.c.ended_at).where(raises.c.escalation_id == escalation_id)
    row = connection.execute(query.order_by(raises.c.number.desc()).limit(1)).first()
    return (row.raised_at, row.ended_at is not None) if row else None


def lock(connection: Connection, escalation_id: str) -> Raised | None:
    """The escalation as it is, held against changes by others until the transaction ends; None while somebody else
    holds it, who is not waited for."""
    query = sa.select(
        escalations.c.conversation_id, escalations.c.channel, escalations.c.status, conversations.c.handed_at
    ).join(conversations, conversations.c.id == escalations.c.conversation_id)
    free = query.where(escalations.c.id == escalation_id).with_for_update(of=escalations, skip_locked=True)
    row = connection.execute(free).first()
    return row and Raised(row.conversation_id, row.channel, row.status, row.handed_at)


def climbing(connection: Connection, raise_id: int) -> Raise | None:
    """The raise; None when it has ended."""
    row = connection.execute(sa.select(raises).where(raises.c.id == raise_id, raises.c.ended_at.is_(None))).first()
    if row is None:
        return None
    return Raise(
        row.id,
        row.escalation_id,
        row.number,
        row.disposition,
        row.raised_at,
        row.rungs,
        row.next_at,
        row.scheduled_at,
    )


def advance(connection: Connection, climbed: Raise, pause: timedelta, now: datetime) -> bool:
    """Marks the raise's next rung as done, and the one after it as due after the pause; False when another copy was
    first."""
    return _schedule(connection, climbed, climbed.rungs + 1, now + pause, now)


def reschedule(connection: Connection, climbed: Raise, now: datetime) -> None:
    """The clock has gone back: the pause before the next rung begins anew."""
    put_off(connection, climbed, climbed.next_at - climbed.scheduled_at, now)


def put_off(connection: Connection, climbed: Raise, pause: timedelta, now: datetime) -> None:
    """The next rung is due after the pause, from now."""
    _schedule(connection, climbed, climbed.rungs, now + pause, now)


def end(connection: Connection, raise_id: int, by: str, now: datetime) -> None:
    """No further rung.

    Args:
        by: why, in one word: the escalation's status or ``EXHAUSTED``.
    """
    _end(connection, raises.c.id == raise_id, by, now)


def _end(connection: Connection, which: Any, by: str, now: datetime) -> None:
    connection.execute(raises.update().where(which, raises.c.ended_at.is_(None)).values(ended_at=now, ended_by=by))


def _schedule(connection: Connection, climbed: Raise, rungs: int, next_at: datetime, now: datetime) -> bool:
    changed = connection.execute(
        raises.update()
        .where(raises.c.id == climbed.id, raises.c.rungs == climbed.rungs, raises.c.ended_at.is_(None))
        .values(rungs=rungs, next_at=next_at, scheduled_at=now)
    ).rowcount
    return bool(changed)
