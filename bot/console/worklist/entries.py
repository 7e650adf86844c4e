"""What the list shows of an escalation: enough to know who needs help, in one line or two."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.clinic import ClinicProfile
from bot.console.case.evidence import Parts, excerpt, held_messages
from bot.console.worklist.deadline import due_at
from bot.records.tables import conversations, escalations, messages, raises

#: Ids in one query; below what either database takes.
IDS_AT_ONCE = 500

_Id = TypeVar("_Id", int, str)


@dataclass(frozen=True)
class Entry:
    id: str
    status: str
    disposition: str
    channel: str
    priority: int
    version: int
    opened_at: datetime
    waited: timedelta
    #: Nobody has acknowledged it, and the deadline of its disposition has passed.
    overdue: bool
    due_at: datetime | None
    acknowledged_by: str | None
    assigned_to: str | None
    outcome: str | None
    symptoms: tuple[str, ...]
    #: What the patient wrote, cut to what matters; empty when no message is behind it.
    words: Parts
    contact: str
    days_since_procedure: int | None
    #: The patient's messages since staff last read; of a case that nobody has opened yet all are new, and none counts.
    unread: int

    @property
    def stamp(self) -> str:
        """Changes whenever the entry would look different, the passing of time aside."""
        return f"{self.version}.{self.unread}.{int(self.overdue)}"


def read_entries(
    connection: Connection, ids: Sequence[str], clinic: ClinicProfile, now: datetime, today: date
) -> list[Entry]:
    """The entries of these escalations, in the order of their ids."""
    wanted = {row.id: row for batch in _batches(ids) for row in _rows(connection, batch)}
    texts = _texts(connection, {item for row in wanted.values() for item in held_messages(row.findings)[-1:]})
    raised = _raised(connection, wanted)
    unread = _unread(connection, [row for row in wanted.values() if row.status != "closed"])
    return [
        _entry(wanted[identity], texts, raised, unread, clinic, now, today) for identity in ids if identity in wanted
    ]


def _rows(connection: Connection, ids: Sequence[str]) -> list[Row]:
    table, owner = escalations.c, conversations.c
    query = (
        sa.select(
            *(table.id, table.conversation_id, table.status, table.disposition, table.channel, table.priority),
            *(table.version, table.opened_at, table.findings, table.criteria, table.acknowledged_by),
            *(table.assigned_to, table.outcome, table.closed_at),
            *(owner.contact_name, owner.contact_phone, owner.address, owner.procedure_date, owner.read_up_to),
        )
        .join(conversations, owner.id == table.conversation_id)
        .where(table.id.in_(ids))
    )
    return connection.execute(query).all()


def _texts(connection: Connection, ids: Iterable[int]) -> dict[int, str]:
    texts: dict[int, str] = {}
    for wanted in _batches(ids):
        query = sa.select(messages.c.id, messages.c.text).where(messages.c.id.in_(wanted))
        texts.update((row.id, row.text) for row in connection.execute(query))
    return texts


def _raised(connection: Connection, ids: Iterable[str]) -> dict[str, datetime]:
    """When each last began to need a person."""
    found: dict[str, datetime] = {}
    newest = sa.func.max(raises.c.raised_at, type_=raises.c.raised_at.type).label("raised_at")
    for wanted in _batches(ids):
        query = sa.select(raises.c.escalation_id, newest).where(raises.c.escalation_id.in_(wanted))
        found.update((row[0], row[1]) for row in connection.execute(query.group_by(raises.c.escalation_id)))
    return found


def _unread(connection: Connection, rows: Iterable[Row]) -> dict[str, int]:
    """The patient's messages after the last one that staff have read, by conversation."""
    found: dict[str, int] = {}
    for wanted in _batches({row.conversation_id for row in rows}):
        query = (
            sa.select(messages.c.conversation_id, sa.func.count())
            .join(conversations, conversations.c.id == messages.c.conversation_id)
            .where(
                messages.c.conversation_id.in_(wanted),
                messages.c.author == "patient",
                messages.c.id > sa.func.coalesce(conversations.c.read_up_to, 0),
            )
            .group_by(messages.c.conversation_id)
        )
        found.update((row[0], row[1]) for row in connection.execute(query))
    return found


def _batches(ids: Iterable[_Id]) -> Iterator[list[_Id]]:
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), IDS_AT_ONCE):
        yield wanted[start : start + IDS_AT_ONCE]


def _entry(
    row: Row,
    texts: Mapping[int, str],
    raised: Mapping[str, datetime],
    unread: Mapping[str, int],
    clinic: ClinicProfile,
    now: datetime,
    today: date,
) -> Entry:
    held = held_messages(row.findings)[-1:]
    findings = [item for item in row.findings if item["message_id"] in held]
    due = due_at(clinic, row.disposition, raised.get(row.id, row.opened_at)) if row.status == "open" else None
    return Entry(
        id=row.id,
        status=row.status,
        disposition=row.disposition,
        channel=row.channel,
        priority=row.priority,
        version=row.version,
        opened_at=row.opened_at,
        waited=(row.closed_at or now) - row.opened_at,
        overdue=due is not None and now > due,
        due_at=due,
        acknowledged_by=row.acknowledged_by,
        assigned_to=row.assigned_to,
        outcome=row.outcome,
        symptoms=_symptoms(row.findings, row.criteria),
        words=excerpt(texts[held[0]], findings) if held and held[0] in texts else (),
        contact=_contact(row),
        days_since_procedure=(today - row.procedure_date).days if row.procedure_date else None,
        unread=unread.get(row.conversation_id, 0) if row.read_up_to or row.status != "open" else 0,
    )


def _symptoms(findings: Iterable[Mapping[str, Any]], criteria: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Each once, in the order in which they were reported."""
    return tuple(dict.fromkeys(item["symptom"] for item in (*findings, *criteria)))


def _contact(row: Row) -> str:
    number = row.contact_phone or (row.address if row.channel == "sms" else "")
    return " ".join(part for part in (row.contact_name, number) if part)
