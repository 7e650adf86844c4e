"""Escalations in the database."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.escalation.model import Escalation, Origin, Status
from bot.records.tables import escalation_symptoms, escalations, messages
from bot.triage.model import Disposition

_URGENCY = sa.case(
    {disposition.value: disposition.acuity for disposition in Disposition}, value=escalations.c.disposition
)


def find_open(connection: Connection, conversation_id: str, *, lock: bool = False) -> Escalation | None:
    """The conversation's open escalation. With ``lock`` nobody else changes it until the transaction ends."""
    query = sa.select(escalations).where(
        escalations.c.conversation_id == conversation_id, escalations.c.status != Status.CLOSED.value
    )
    row = connection.execute(query.with_for_update() if lock else query).first()
    return _escalation(row) if row else None


def find(connection: Connection, escalation_id: str, *, lock: bool = False) -> Escalation | None:
    """The escalation with this reference. With ``lock`` nobody else changes it until the transaction ends."""
    query = sa.select(escalations).where(escalations.c.id == escalation_id)
    row = connection.execute(query.with_for_update() if lock else query).first()
    return _escalation(row) if row else None


def opened_since(connection: Connection, conversation_id: str, since: datetime) -> int:
    """How many escalations the conversation has had since then."""
    query = sa.select(sa.func.count()).where(
        escalations.c.conversation_id == conversation_id, escalations.c.opened_at >= since
    )
    return int(connection.execute(query).scalar_one())


def list_escalations(connection: Connection, open_only: bool = False, limit: int = 1000) -> list[Escalation]:
    """Escalations by urgency, then priority, then age."""
    query = sa.select(escalations).order_by(_URGENCY, escalations.c.priority.desc(), escalations.c.opened_at)
    if open_only:
        query = query.where(escalations.c.status != Status.CLOSED.value)
    return [_escalation(row) for row in connection.execute(query.limit(limit))]


def insert(connection: Connection, escalation: Escalation) -> None:
    connection.execute(escalations.insert().values(**_values(escalation)))
    _store_symptoms(connection, escalation)


def update(connection: Connection, escalation: Escalation) -> None:
    """Stores the next version of an escalation that the caller has read with ``lock``.

    Raises:
        RuntimeError: it was not locked, and another version was stored meanwhile.
    """
    before = sa.and_(escalations.c.id == escalation.id, escalations.c.version == escalation.version - 1)
    if not connection.execute(escalations.update().where(before).values(**_values(escalation))).rowcount:
        raise RuntimeError("an escalation was changed without its lock")
    _store_symptoms(connection, escalation)


def hold_message(connection: Connection, escalation_id: str, message_id: int) -> None:
    """Notes on the message that this escalation holds it."""
    connection.execute(messages.update().where(messages.c.id == message_id).values(escalation_id=escalation_id))


def holding(connection: Connection, message_id: int) -> str | None:
    """Id of the escalation that holds the message."""
    held: str | None = connection.execute(
        sa.select(messages.c.escalation_id).where(messages.c.id == message_id)
    ).scalar()
    return held


def _store_symptoms(connection: Connection, escalation: Escalation) -> None:
    table = escalation_symptoms
    held = connection.execute(sa.select(table.c.symptom).where(table.c.escalation_id == escalation.id)).scalars()
    new = sorted(escalation.symptoms - set(held))
    if new:
        connection.execute(table.insert(), [{"escalation_id": escalation.id, "symptom": key} for key in new])


def _values(escalation: Escalation) -> dict[str, Any]:
    values = {item.name: getattr(escalation, item.name) for item in fields(escalation)}
    for name in ("status", "disposition", "origin"):
        values[name] = values[name].value
    for name in ("findings", "criteria", "notes"):
        values[name] = [dict(item) for item in values[name]]
    return values


def _escalation(row: Row) -> Escalation:
    values = dict(row._mapping)
    values["status"] = Status(row.status)
    values["disposition"] = Disposition(row.disposition)
    values["origin"] = Origin(row.origin)
    for name in ("findings", "criteria", "notes"):
        values[name] = tuple(values[name])
    return Escalation(**values)
