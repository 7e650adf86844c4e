"""Conversations and their turns: who may work on one, and what is known between two messages."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.records.clock import is_past
from bot.records.messages import Inbound
from bot.records.tables import conversations, messages
from bot.triage.model import Encounter, Question

#: Longer than any turn (Rasa's deadline plus two statements), so that only a dead turn loses its lease.
LEASE_SECONDS = 10.0
#: So long after the last word of staff the bot is quiet. Then it takes part again: nobody may be there any more.
STAFF_STAY = timedelta(hours=1)


class StaleTurn(Exception):
    """The turn has lost its conversation: another one has begun since. It may write nothing more."""


@dataclass(frozen=True)
class TurnKey:
    """Names one turn of one conversation; Rasa sees it as the sender id, so that a late turn touches nothing."""

    conversation_id: str
    fence: int

    def __str__(self) -> str:
        return f"{self.conversation_id}.{self.fence}"

    @classmethod
    def parse(cls, text: str) -> TurnKey | None:
        """The key behind Rasa's sender id; None for one that is not ours (``rasa shell``)."""
        conversation_id, _, fence = text.partition(".")
        return cls(conversation_id, int(fence)) if fence.isdigit() and len(conversation_id) == 32 else None


@dataclass(frozen=True)
class ConversationState:
    """What a turn needs to know of its conversation."""

    channel: str
    dialogue: dict[str, Any] | None
    question: Question | None
    encounter: Encounter
    #: When staff took it over or last wrote in it; None when the bot has it.
    handed_at: datetime | None = None

    def with_staff(self, now: datetime) -> bool:
        """True while staff have the conversation."""
        return self.handed_at is not None and now < self.handed_at + STAFF_STAY


def new_conversation_id() -> str:
    """128 random bits: for channels where knowing the id is what lets one read the conversation."""
    return secrets.token_hex(16)


def exists(connection: Connection, conversation_id: str) -> bool:
    query = sa.select(conversations.c.id).where(conversations.c.id == conversation_id)
    return connection.execute(query).scalar() is not None


def ensure_conversation(connection: Connection, inbound: Inbound, now: datetime) -> None:
    """Makes the conversation of a message, if this is its first, and locks it until the transaction ends: the
    messages of a conversation get their ids in the order in which they are committed, on PostgreSQL too."""
    if not lock(connection, inbound.conversation_id):
        connection.execute(
            conversations.insert().values(
                id=inbound.conversation_id,
                channel=inbound.channel,
                address=inbound.address or None,
                created_at=now,
                fence=0,
            )
        )
    elif inbound.address:
        # Emptied when it had been forgotten or kept long enough; now the same person writes again.
        nameless = sa.and_(conversations.c.id == inbound.conversation_id, conversations.c.address.is_(None))
        connection.execute(conversations.update().where(nameless).values(address=inbound.address))


def lock(connection: Connection, conversation_id: str) -> bool:
    """Locks the conversation until the transaction ends; False if there is none. What is read after it stays true:
    without it, on PostgreSQL, another transaction may answer a message between a look at it and a turn for it."""
    own = sa.select(conversations.c.id).where(conversations.c.id == conversation_id)
    return connection.execute(own.with_for_update(key_share=True)).scalar() is not None


def may_begin(connection: Connection, conversation_id: str, message_id: int, now: datetime) -> bool:
    """A look without a lock: the message is answered, or its turn could begin."""
    answered = sa.exists().where(messages.c.id == message_id, messages.c.answered_at.is_not(None))
    turn = sa.and_(_free(now), _first(conversation_id, message_id))
    query = sa.select(conversations.c.id).where(conversations.c.id == conversation_id, sa.or_(answered, turn))
    return connection.execute(query).scalar() is not None


def begin_turn(connection: Connection, conversation_id: str, message_id: int, now: datetime) -> TurnKey | None:
    """Takes the conversation for the message, if it is free and no earlier message still waits."""
    return _take(connection, conversation_id, now, _first(conversation_id, message_id))


def seize_turn(connection: Connection, conversation_id: str, now: datetime) -> TurnKey | None:
    """Takes the conversation if nobody works on it, whatever waits: for the sweep."""
    return _take(connection, conversation_id, now, sa.true())


def _free(now: datetime) -> Any:
    lease = conversations.c.lease_until
    return sa.or_(lease.is_(None), is_past(lease, now, timedelta(seconds=LEASE_SECONDS)))


def _first(conversation_id: str, message_id: int) -> Any:
    """No earlier message of the patient still waits."""
    return ~sa.exists().where(
        messages.c.conversation_id == conversation_id,
        messages.c.author == "patient",
        messages.c.answered_at.is_(None),
        messages.c.id < message_id,
    )


def _take(connection: Connection, conversation_id: str, now: datetime, condition: Any) -> TurnKey | None:
    taken = connection.execute(
        conversations.update()
        .where(conversations.c.id == conversation_id, _free(now), condition)
        .values(fence=conversations.c.fence + 1, lease_until=now + timedelta(seconds=LEASE_SECONDS))
    ).rowcount
    if not taken:
        return None
    query = sa.select(conversations.c.fence).where(conversations.c.id == conversation_id)
    return TurnKey(conversation_id, connection.execute(query).scalar_one())


def hold_turn(connection: Connection, turn: TurnKey) -> None:
    """Locks the turn's conversation until the transaction ends.

    Raises:
        StaleTurn: the turn no longer owns it.
    """
    _change_own(connection, turn, {"fence": turn.fence})


def end_turn(connection: Connection, turn: TurnKey) -> None:
    """Gives the conversation back as it is.

    Raises:
        StaleTurn: the turn no longer owns it.
    """
    _change_own(connection, turn, {"lease_until": None})


def _change_own(connection: Connection, turn: TurnKey, values: Mapping[str, Any]) -> None:
    own = sa.and_(
        conversations.c.id == turn.conversation_id,
        conversations.c.fence == turn.fence,
        conversations.c.lease_until.is_not(None),
    )
    if not connection.execute(conversations.update().where(own).values(**values)).rowcount:
        raise StaleTurn()


def read_state(connection: Connection, conversation_id: str, today: date) -> ConversationState:
    row = connection.execute(sa.select(conversations).where(conversations.c.id == conversation_id)).one()
    return ConversationState(
        channel=row.channel,
        dialogue=row.dialogue,
        question=Question.from_dict(row.question) if row.question else None,
        encounter=Encounter(
            days_since_procedure=(today - row.procedure_date).days if row.procedure_date else None,
            procedure_level=row.procedure_level,
            steroid=row.steroid,
        ),
        handed_at=row.handed_at,
    )


def finish_turn(
    connection: Connection,
    turn: TurnKey,
    *,
    question: Question | None,
    encounter: Encounter,
    now: datetime,
    today: date,
    dialogue: Mapping[str, Any] | None = None,
) -> None:
    """Stores what the next turn must know, and gives the conversation back. Without ``dialogue`` Rasa's state stays
    as it was. Until the transaction ends nobody else takes the conversation.

    Raises:
        StaleTurn: the turn no longer owns it.
    """
    days = encounter.days_since_procedure
    values: dict[str, Any] = {
        "lease_until": None,
        "question": question.to_dict() if question else None,
        "question_asked_at": now if question else None,
        "procedure_date": today - timedelta(days=days) if days is not None else None,
        "procedure_level": encounter.procedure_level,
        "steroid": encounter.steroid,
    }
    if dialogue is not None:
        values["dialogue"] = dialogue
    _change_own(connection, turn, values)


def withdraw_question(connection: Connection, conversation_id: str) -> None:
    """The patient has not seen it."""
    change = conversations.update().where(conversations.c.id == conversation_id)
    connection.execute(change.values(question=None, question_asked_at=None))


def store_contact(connection: Connection, turn: TurnKey, name: str, phone: str) -> None:
    """Keeps what the patient gave; an empty part leaves the earlier one."""
    given = {"contact_name": name, "contact_phone": phone}
    values = {column: value for column, value in given.items() if value}
    if values:
        connection.execute(conversations.update().where(conversations.c.id == turn.conversation_id).values(**values))


def hand_over(connection: Connection, conversation_id: str, to: str, now: datetime) -> None:
    """Gives the conversation to a member of staff, or lets them keep it: the bot is quiet on it for ``STAFF_STAY``."""
    change = conversations.update().where(conversations.c.id == conversation_id)
    connection.execute(change.values(handed_to=to, handed_at=now))


def holder(connection: Connection, conversation_id: str, now: datetime) -> str | None:
    """Who of staff has the conversation; None while the bot has it."""
    own = sa.select(conversations.c.handed_to, conversations.c.handed_at).where(conversations.c.id == conversation_id)
    row = connection.execute(own).one()
    return row.handed_to if row.handed_at is not None and now < row.handed_at + STAFF_STAY else None


def hand_back(connection: Connection, conversation_id: str) -> bool:
    """Gives the conversation back to the bot; False when the bot has it."""
    change = conversations.update().where(conversations.c.id == conversation_id, conversations.c.handed_to.is_not(None))
    return bool(connection.execute(change.values(handed_to=None, handed_at=None)).rowcount)


def address(connection: Connection, conversation_id: str) -> str | None:
    """Who it is outside; None where only the id names it."""
    query = sa.select(conversations.c.address).where(conversations.c.id == conversation_id)
    found: str | None = connection.execute(query).scalar()
    return found


def question_waits(connection: Connection, conversation_id: str, asked_before: datetime, now: datetime) -> bool:
    """The question is still there and was asked before that time."""
    asked = is_past(conversations.c.question_asked_at, asked_before, now - asked_before)
    query = sa.select(conversations.c.id).where(conversations.c.id == conversation_id, asked)
    return connection.execute(query).scalar() is not None


def silent_questions(connection: Connection, asked_before: datetime, now: datetime, limit: int = 100) -> list[Row]:
    """Conversations whose question nobody has answered; id and channel, oldest first."""
    return connection.execute(
        sa.select(conversations.c.id, conversations.c.channel)
        .where(is_past(conversations.c.question_asked_at, asked_before, now - asked_before))
        .order_by(conversations.c.question_asked_at)
        .limit(limit)
    ).all()
