"""Forgetting a conversation because the person asks for it: their words, name and number go; that it was, stays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.escalation import audit
from bot.escalation.model import Status
from bot.privacy.purge import EMPTY
from bot.records.database import Database
from bot.records.tables import conversations, escalations, messages, unanswered_questions
from bot.records.texting import consents

#: What stays of a finding and of a note: no words.
FINDING = ("symptom", "present", "negated", "hypothetical", "historical", "experiencer", "uncertain", "message_id")
NOTE = ("origin", "message_id", "kind", "by", "at", "result", "outcome", "before", "after")


class StillOpen(Exception):
    """The conversation has an open escalation: somebody may need these words today."""


class NoConversation(Exception):
    """There is no conversation with this id."""


@dataclass(frozen=True)
class Forgotten:
    messages: int
    escalations: int


def forget(database: Database, conversation_id: str, actor: str, now: datetime, *, force: bool = False) -> Forgotten:
    """Removes the conversation's messages, contact and state, and the words in its escalations, in one transaction.

    The escalations' references, times, symptom keys, outcome and staff's names stay, and so does the audit trail; and
    that a number wants no texts, since nobody could keep to a wish that was forgotten.

    Raises:
        NoConversation, StillOpen: nothing was changed. ``force`` goes on over an open escalation, which stays open.
    """
    with database.write() as connection:
        query = sa.select(conversations.c.address).where(conversations.c.id == conversation_id)
        conversation = connection.execute(query.with_for_update()).first()
        if conversation is None:
            raise NoConversation
        query = sa.select(escalations).where(escalations.c.conversation_id == conversation_id)
        held = connection.execute(query.with_for_update()).all()
        if not force and any(row.status != Status.CLOSED.value for row in held):
            raise StillOpen
        _forget_questions(connection, conversation_id)
        own = messages.c.conversation_id == conversation_id
        connection.execute(messages.update().where(own).values(replies_to=None))
        count = connection.execute(messages.delete().where(own)).rowcount
        # A turn that is under way loses the conversation: it may write nothing of what it has read.
        values = {**EMPTY, "fence": conversations.c.fence + 1, "lease_until": None}
        connection.execute(conversations.update().where(conversations.c.id == conversation_id).values(values))
        for row in held:
            _empty_escalation(connection, row, now)
        if conversation.address:
            consents.forget(connection, conversation.address)
        forgotten = Forgotten(messages=count, escalations=len(held))
        data = {**forgotten.__dict__, "forced": force}
        audit.append(connection, actor, "privacy.forgotten", f"conversation/{conversation_id}", data, now)
    return forgotten


def _empty_escalation(connection: Connection, row: sa.engine.Row, now: datetime) -> None:
    values = {
        "findings": [{**_only(item, FINDING), "text": "", "start": 0, "end": 0} for item in row.findings],
        "notes": [{**_only(item, NOTE), "note": ""} for item in row.notes],
        "close_comment": "" if row.close_comment is not None else None,
        "updated_at": now,
        "version": row.version + 1,
    }
    connection.execute(escalations.update().where(escalations.c.id == row.id).values(values))


def _only(item: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: item[name] for name in names if name in item}


def _forget_questions(connection: Connection, conversation_id: str) -> None:
    """Unanswered questions are kept without saying whose; those that the person's messages hold go, whoever asked
    them too."""
    query = sa.select(messages.c.text).where(
        messages.c.conversation_id == conversation_id, messages.c.author == "patient"
    )
    said = [" ".join(text.casefold().split()) for text in connection.execute(query).scalars()]
    asked = connection.execute(sa.select(unanswered_questions.c.id, unanswered_questions.c.text)).all()
    own = [row.id for row in asked if any(row.text in text for text in said)]
    if own:
        connection.execute(unanswered_questions.delete().where(unanswered_questions.c.id.in_(own)))
