"""Removing what has been kept long enough, in small transactions, so that nobody waits for it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.escalation import audit
from bot.escalation.model import Status
from bot.records.database import Database
from bot.records.tables import audit as audit_entries
from bot.records.tables import conversations, escalations, messages, outbox, unanswered_questions
from bot.settings import Settings

#: Rows that one transaction removes.
BATCH = 500
SYSTEM = "system"

#: What a conversation keeps of the patient; emptied where the row itself must stay for its escalations.
EMPTY = {
    "address": None,
    "dialogue": sa.null(),
    "question": None,
    "question_asked_at": None,
    "procedure_date": None,
    "procedure_level": None,
    "steroid": None,
    "contact_name": None,
    "contact_phone": None,
    "handed_to": None,
    "handed_at": None,
}


@dataclass(frozen=True)
class Retention:
    """For how many days each is kept; 0 keeps for ever."""

    conversations: int
    escalations: int
    audit: int

    @classmethod
    def of(cls, settings: Settings) -> Retention:
        return cls(settings.retention_conversations, settings.retention_escalations, settings.retention_audit)


@dataclass(frozen=True)
class Removed:
    """How many rows a purge removes, or would remove."""

    messages: int = 0
    conversations: int = 0
    outbox: int = 0
    questions: int = 0
    escalations: int = 0
    audit: int = 0

    def __bool__(self) -> bool:
        return any(asdict(self).values())


@dataclass(frozen=True)
class _Kind:
    """Rows of one table that are due: removed, or emptied where ``values`` says of what."""

    name: str
    table: sa.Table
    due: sa.sql.ColumnElement
    #: As ``due``, before what stands earlier in the list has gone; None where that makes no difference.
    soon: sa.sql.ColumnElement | None = None
    values: dict[str, object] | None = None


def purge(database: Database, retention: Retention, now: datetime, *, dry_run: bool = False) -> Removed:
    """Removes what is due and says how much; with ``dry_run`` it removes nothing.

    Never goes: what belongs to an open escalation, and an urgent message that no escalation holds.

    Raises:
        ValueError: the audit trail has faults, so nothing of it was removed; the rest was.
        SQLAlchemyError: the database refused; what was removed by then stays removed.
    """
    kinds = _kinds(retention, now)
    before_audit = now - timedelta(days=retention.audit) if retention.audit else None
    with database.read() as connection:
        counts = dict.fromkeys(asdict(Removed()), 0)
        for kind in kinds:
            counts[kind.name] += _count(connection, kind)
        if before_audit is not None:
            query = sa.select(sa.func.count()).where(audit_entries.c.at < before_audit)
            counts["audit"] = connection.execute(query).scalar_one()
    removed = Removed(**counts)
    if dry_run or not removed:
        return removed
    with database.write() as connection:
        audit.append(connection, SYSTEM, "privacy.purge", "database", asdict(removed), now)
    counts = dict.fromkeys(counts, 0)
    for kind in kinds:
        while count := _remove_some(database, kind):
            counts[kind.name] += count
    if before_audit is not None and removed.audit:
        with database.write() as connection:
            counts["audit"] = audit.purge(connection, before_audit, SYSTEM, now)
    return Removed(**counts)


def _kinds(retention: Retention, now: datetime) -> list[_Kind]:
    """What is due, in the order in which it can go."""
    kinds = []
    due_message: sa.sql.ColumnElement = sa.false()
    if retention.conversations:
        old = now - timedelta(days=retention.conversations)
        answered = messages.alias("answered")
        # A reply goes with the message that it answers.
        answers_due = sa.exists().where(
            answered.c.id == messages.c.replies_to, answered.c.created_at < old, ~_unheld(answered)
        )
        in_open = messages.c.conversation_id.in_(
            sa.select(escalations.c.conversation_id).where(escalations.c.status != Status.CLOSED.value)
        )
        reply = sa.and_(messages.c.replies_to.is_not(None), answers_due, ~in_open)
        other = sa.and_(messages.c.replies_to.is_(None), messages.c.created_at < old, ~_unheld(messages), ~in_open)
        due_message = sa.or_(reply, other)
        done = sa.and_(
            conversations.c.created_at < old, ~_exists(escalations, escalations.c.status != Status.CLOSED.value)
        )
        empty, soon_empty = sa.and_(done, ~_exists(messages)), sa.and_(done, ~_exists(messages, ~due_message))
        filled = [conversations.c[name].is_not(None) for name in EMPTY if name != "dialogue"]
        known = sa.and_(sa.or_(*filled, _filled(conversations.c.dialogue)), _exists(escalations))
        kinds += [
            _Kind("messages", messages, reply),
            _Kind("messages", messages, other),
            _Kind("conversations", conversations, sa.and_(empty, known), sa.and_(soon_empty, known), EMPTY),
            _Kind("conversations", conversations, empty & ~_exists(escalations), soon_empty & ~_exists(escalations)),
            _Kind("outbox", outbox, sa.func.coalesce(outbox.c.delivered_at, outbox.c.dead_at) < old),
            _Kind("questions", unanswered_questions, unanswered_questions.c.last_asked < old),
        ]
    if retention.escalations:
        closed = sa.and_(
            escalations.c.status == Status.CLOSED.value,
            escalations.c.closed_at < now - timedelta(days=retention.escalations),
        )
        holds = messages.c.escalation_id == escalations.c.id
        soon = sa.and_(closed, ~sa.exists().where(holds, ~due_message))
        kinds.append(_Kind("escalations", escalations, sa.and_(closed, ~sa.exists().where(holds)), soon))
        if retention.conversations:
            # Rows that were kept for their escalations alone.
            soon_left = soon_empty & _exists(escalations) & ~_exists(escalations, ~soon)
            kinds.append(_Kind("conversations", conversations, empty & ~_exists(escalations), soon_left))
    return kinds


def _unheld(table: sa.sql.FromClause) -> sa.sql.ColumnElement:
    """An urgent message that no escalation holds: something went wrong, and it must not be lost."""
    red = sa.func.coalesce(table.c.screen_disposition, "").in_(("emergency", "urgent"))
    return sa.and_(red, table.c.escalation_id.is_(None))


def _filled(column: sa.Column) -> sa.sql.ColumnElement:
    return sa.and_(column.is_not(None), sa.cast(column, sa.Text) != "null")


def _exists(table: sa.Table, *more: sa.sql.ColumnElement) -> sa.sql.ColumnElement:
    return sa.exists().where(table.c.conversation_id == conversations.c.id, *more)


def _count(connection: Connection, kind: _Kind) -> int:
    query = sa.select(sa.func.count()).select_from(kind.table).where(kind.due if kind.soon is None else kind.soon)
    return int(connection.execute(query).scalar_one())


def _remove_some(database: Database, kind: _Kind) -> int:
    """Removes one batch; how many rows went. What is locked belongs to somebody at work and stays for now."""
    table = kind.table
    with database.write() as connection:
        due = sa.select(table.c.id).where(kind.due).order_by(table.c.id).limit(BATCH)
        ids = list(connection.execute(due.with_for_update(skip_locked=True, of=table)).scalars())
        if not ids:
            return 0
        # The locks are held now, so what is still due in this second statement stays so.
        again = sa.and_(table.c.id.in_(ids), kind.due)
        change = table.update().values(kind.values) if kind.values else table.delete()
        return int(connection.execute(change.where(again)).rowcount)
