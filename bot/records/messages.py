"""Messages: what patients wrote, what they were answered, and what the screen said of it."""

from __future__ import annotations

import hashlib
import itertools
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.records.clock import is_past
from bot.records.tables import conversations, messages
from bot.records.texting import media

AT_ONCE = timedelta(0)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Inbound:
    """A patient's message as a channel took it in: cleaned text, never raw bytes."""

    conversation_id: str
    text: str
    channel: str
    #: The channel's own id of the message; the same id again is the same message.
    message_id: str
    #: Who writes, as the channel names them.
    address: str = ""
    #: Came faster than people write: it is screened and answered by the screen, and Rasa is not asked.
    hurried: bool = False
    #: (address, content type) of each photo, recording or place that came with it.
    media: Sequence[Sequence[str]] = ()
    #: What is read instead of ``text``: all parts of a text that came in several.
    read_as: str = ""

    @property
    def words(self) -> str:
        """What the message is read as."""
        return self.read_as or self.text


@dataclass(frozen=True)
class Reply:
    """One message to the patient."""

    text: str
    buttons: tuple[Mapping[str, str], ...] = ()
    #: What these words call for; "none" when they give no advice.
    disposition: str = "none"
    #: Name of the response they come from.
    response: str = ""


@dataclass(frozen=True)
class StoredMessage:
    """A message as a channel shows it."""

    id: int
    author: str
    text: str
    at: datetime
    buttons: tuple[Mapping[str, str], ...] = field(default=())
    disposition: str = "none"
    response: str = ""
    escalation_id: str | None = None
    #: The channel's own id of a patient's message.
    channel_message_id: str | None = None


def accept_message(connection: Connection, inbound: Inbound, now: datetime) -> tuple[int, bool]:
    """Stores a patient's message; the id and True, or the id of the stored one and False for a repeat.

    Another text under the id of a stored message is no repeat: it counts as a message of its own, by an id that the
    text is part of, for it may be a red flag.
    """
    its_id = inbound.message_id
    stored = find(connection, inbound.channel, its_id)
    if stored is not None and text_of(connection, stored) != inbound.text:
        log.warning("message id of another text", extra={"conversation": inbound.conversation_id})
        its_id = f"{its_id}~{hashlib.sha256(inbound.text.encode()).hexdigest()[:16]}"
        stored = find(connection, inbound.channel, its_id)
    if stored is not None:
        return stored, False
    result = connection.execute(
        messages.insert().values(
            conversation_id=inbound.conversation_id,
            author="patient",
            channel=inbound.channel,
            channel_message_id=its_id,
            text=inbound.text,
            created_at=now,
        )
    )
    message_id: int = result.inserted_primary_key[0]
    media.store(connection, message_id, inbound.media)
    return message_id, True


def find(connection: Connection, channel: str, channel_message_id: str) -> int | None:
    """Id of the message that the channel calls so."""
    query = sa.select(messages.c.id).where(
        messages.c.channel == channel, messages.c.channel_message_id == channel_message_id
    )
    found: int | None = connection.execute(query).scalar()
    return found


def by_ids(connection: Connection, message_ids: Sequence[int]) -> list[StoredMessage]:
    """The messages with these ids, in order."""
    query = sa.select(messages).where(messages.c.id.in_(list(message_ids))).order_by(messages.c.id)
    return [_stored(row) for row in connection.execute(query)]


def text_of(connection: Connection, message_id: int) -> str:
    text: str = connection.execute(sa.select(messages.c.text).where(messages.c.id == message_id)).scalar_one()
    return text


def store_screen(connection: Connection, message_id: int, disposition: str, screen: Mapping[str, Any]) -> None:
    connection.execute(
        messages.update().where(messages.c.id == message_id).values(screen_disposition=disposition, screen=screen)
    )


def store_replies(
    connection: Connection,
    message_id: int | None,
    conversation_id: str,
    channel: str,
    replies: Sequence[Reply],
    now: datetime,
    *,
    interlock: str | None = None,
) -> bool:
    """Stores the replies of a turn, in order, and marks the message that they answer, if there is one.

    Returns:
        False if that message has a reply: nothing is stored.
    """
    if message_id is not None:
        unanswered = sa.and_(messages.c.id == message_id, messages.c.answered_at.is_(None))
        change = messages.update().where(unanswered).values(answered_at=now, interlock=interlock)
        if not connection.execute(change).rowcount:
            return False
    _add(connection, [_row(conversation_id, channel, reply, "bot", now, message_id) for reply in replies])
    return True


def store_further_reply(
    connection: Connection, message_id: int, conversation_id: str, channel: str, reply: Reply, now: datetime
) -> None:
    """Adds to the replies of a message that was answered."""
    _add(connection, [_row(conversation_id, channel, reply, "bot", now, message_id)])


def store_told(
    connection: Connection, conversation_id: str, channel: str, replies: Sequence[Reply], author: str, now: datetime
) -> list[int]:
    """Stores what the patient is told outside a turn; the ids, in order.

    Args:
        author: "bot" or "staff".
    """
    rows = [_row(conversation_id, channel, reply, author, now, None) for reply in replies]
    return [connection.execute(messages.insert().values(**row)).inserted_primary_key[0] for row in rows]


def just_before(
    connection: Connection, conversation_id: str, before: int, limit: int = 8
) -> tuple[datetime | None, list[StoredMessage]]:
    """When the patient wrote their message before the one with this id, None if it is their first; and what they have
    been shown since, in order, the newest ``limit`` at most."""
    query = sa.select(messages).where(messages.c.conversation_id == conversation_id, messages.c.id < before)
    rows = connection.execute(query.order_by(messages.c.id.desc()).limit(limit)).all()
    shown = [_stored(row) for row in itertools.takewhile(lambda row: row.author != "patient", rows)][::-1]
    if len(shown) < len(rows):
        return rows[len(shown)].created_at, shown
    if len(rows) < limit:
        return None, shown
    own = sa.select(messages.c.created_at).where(
        messages.c.conversation_id == conversation_id, messages.c.author == "patient", messages.c.id < before
    )
    return connection.execute(own.order_by(messages.c.id.desc()).limit(1)).scalar(), shown


def answered_at(connection: Connection, message_id: int) -> datetime | None:
    return connection.execute(sa.select(messages.c.answered_at).where(messages.c.id == message_id)).scalar()


def replies_to(connection: Connection, message_id: int) -> list[StoredMessage]:
    query = sa.select(messages).where(messages.c.replies_to == message_id).order_by(messages.c.id)
    return [_stored(row) for row in connection.execute(query)]


def newest_of_patient(connection: Connection, conversation_id: str) -> int:
    """Id of the patient's last message; 0 when there is none."""
    own = sa.and_(messages.c.conversation_id == conversation_id, messages.c.author == "patient")
    return int(connection.execute(sa.select(sa.func.max(messages.c.id)).where(own)).scalar() or 0)


def history(connection: Connection, conversation_id: str, after: int = 0, limit: int = 200) -> list[StoredMessage]:
    """The newest ``limit`` messages of a conversation with an id above ``after``, in order."""
    query = (
        sa.select(messages)
        .where(messages.c.conversation_id == conversation_id, messages.c.id > after)
        .order_by(messages.c.id.desc())
        .limit(limit)
    )
    return [_stored(row) for row in reversed(connection.execute(query).all())]


def unfinished(
    connection: Connection, accepted_before: datetime, in_flight: timedelta = AT_ONCE, limit: int = 100
) -> list[Row]:
    """Patients' messages without an answer whose turn is over: a process died in between. Oldest first.

    Args:
        in_flight: how much later than ``accepted_before`` a message may have come whose turn goes on.
    """
    return connection.execute(
        sa.select(messages.c.id, messages.c.conversation_id, messages.c.channel, messages.c.text, messages.c.screen)
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .where(
            messages.c.author == "patient",
            messages.c.answered_at.is_(None),
            is_past(messages.c.created_at, accepted_before, in_flight),
            sa.or_(
                conversations.c.lease_until.is_(None),
                is_past(conversations.c.lease_until, accepted_before, 2 * in_flight),
            ),
        )
        .order_by(messages.c.id)
        .limit(limit)
    ).all()


def red_without_escalation(
    connection: Connection, accepted_before: datetime, in_flight: timedelta = AT_ONCE
) -> list[Row]:
    """Messages whose screen says urgent or worse and that no escalation holds. Must be empty."""
    return connection.execute(
        sa.select(messages.c.id, messages.c.conversation_id, messages.c.channel, messages.c.screen).where(
            messages.c.screen_disposition.in_(("emergency", "urgent")),
            messages.c.escalation_id.is_(None),
            is_past(messages.c.created_at, accepted_before, in_flight),
        )
    ).all()


def interlock_counts(connection: Connection) -> dict[str, int]:
    """How often the interlock answered in Rasa's place, by reason."""
    query = (
        sa.select(messages.c.interlock, sa.func.count().label("times"))
        .where(messages.c.interlock.is_not(None))
        .group_by(messages.c.interlock)
    )
    return {row.interlock: row.times for row in connection.execute(query)}


def _add(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        connection.execute(messages.insert(), rows)


def _row(
    conversation_id: str, channel: str, reply: Reply, author: str, now: datetime, replies_to: int | None
) -> dict[str, Any]:
    return {
        "conversation_id": conversation_id,
        "author": author,
        "channel": channel,
        "text": reply.text,
        "buttons": [dict(button) for button in reply.buttons],
        "created_at": now,
        "replies_to": replies_to,
        "disposition": reply.disposition,
        "response": reply.response,
    }


def _stored(row: Row) -> StoredMessage:
    return StoredMessage(
        id=row.id,
        author=row.author,
        text=row.text,
        at=row.created_at,
        buttons=tuple(row.buttons or ()),
        disposition=row.disposition or "none",
        response=row.response or "",
        escalation_id=row.escalation_id,
        channel_message_id=row.channel_message_id,
    )
