"""The texts that were handed to the network, and what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.records.texting.tables import texts

#: Handed over and not heard of since.
QUEUED = "queued"
#: Being handed over; found in this state after a crash, it may or may not have gone out.
SENDING = "sending"
LOST = frozenset({"undelivered", "failed"})
_FINAL = LOST | {"delivered", "read"}


@dataclass(frozen=True)
class SentText:
    id: int
    conversation_id: str
    message_id: int
    urgent: bool
    sid: str | None
    status: str
    error: int | None
    created_at: datetime


def find_or_add(
    connection: Connection,
    conversation_id: str,
    message_id: int,
    piece: int,
    *,
    urgent: bool,
    status: str,
    now: datetime,
) -> tuple[SentText, bool]:
    """The row of a text, and whether it is new.

    Args:
        piece: its place among the texts that the message is cut into.

    Raises:
        IntegrityError: another thread adds it at this moment.
    """
    known = find_piece(connection, message_id, piece)
    if known is not None:
        return known, False
    values = {
        "conversation_id": conversation_id,
        "message_id": message_id,
        "piece": piece,
        "urgent": urgent,
        "status": status,
        "created_at": now,
        "updated_at": now,
    }
    text_id = connection.execute(texts.insert().values(**values)).inserted_primary_key[0]
    return SentText(text_id, conversation_id, message_id, urgent, None, status, None, now), True


def handed_over(connection: Connection, text_id: int, sid: str, status: str, now: datetime) -> None:
    """The service has taken it under this name."""
    change = texts.update().where(texts.c.id == text_id, texts.c.status == SENDING)
    connection.execute(change.values(sid=sid, status=status[:16] or QUEUED, updated_at=now))


def sending_again(connection: Connection, text: SentText, now: datetime) -> SentText:
    """The text as it is; one that the service has never taken is being handed over again."""
    if text.sid is not None or text.status not in LOST:
        return text
    connection.execute(texts.update().where(texts.c.id == text.id).values(status=SENDING, error=None, updated_at=now))
    return replace(text, status=SENDING, error=None)


def settle(connection: Connection, text_id: int, status: str, error: int | None, now: datetime, sid: str = "") -> bool:
    """What the network says of it.

    Returns:
        True the first time that it is lost.
    """
    change = texts.update().where(texts.c.id == text_id, texts.c.status.not_in(sorted(_FINAL)))
    values = {"status": status[:16], "error": error, "updated_at": now}
    if sid:
        values["sid"] = sid[:64]
    changed = connection.execute(change.values(**values)).rowcount
    return bool(changed) and status in LOST


def find_piece(connection: Connection, message_id: int, piece: int) -> SentText | None:
    """The text that says this piece of what begins with the message."""
    query = sa.select(texts).where(texts.c.message_id == message_id, texts.c.piece == piece)
    row = connection.execute(query).first()
    return _text(row) if row else None


def find(connection: Connection, text_id: int) -> SentText | None:
    row = connection.execute(sa.select(texts).where(texts.c.id == text_id)).first()
    return _text(row) if row else None


def sids(connection: Connection, conversation_id: str) -> set[str]:
    """The service's names of the texts to a patient, as far as they are known."""
    query = sa.select(texts.c.sid).where(texts.c.conversation_id == conversation_id, texts.c.sid.is_not(None))
    return set(connection.execute(query).scalars())


def lost(connection: Connection, message_ids: Sequence[int]) -> set[int]:
    """The messages of which a text did not arrive."""
    query = sa.select(texts.c.message_id).where(
        texts.c.message_id.in_(list(message_ids)), texts.c.status.in_(sorted(LOST))
    )
    return set(connection.execute(query).scalars())


def sent_since(connection: Connection, since: datetime, conversation_id: str | None = None) -> int:
    """How many texts were handed over since then, to one patient or to all."""
    query = sa.select(sa.func.count()).where(texts.c.created_at >= since)
    if conversation_id is not None:
        query = query.where(texts.c.conversation_id == conversation_id)
    return int(connection.execute(query).scalar_one())


def urgent_since(connection: Connection, conversation_id: str, since: datetime, but: int) -> bool:
    """Advice to call was handed over since then, with another message than ``but``."""
    query = sa.select(texts.c.id).where(
        texts.c.conversation_id == conversation_id,
        texts.c.created_at >= since,
        texts.c.urgent.is_(True),
        texts.c.message_id != but,
    )
    return connection.execute(query.limit(1)).first() is not None


def _text(row: Row) -> SentText:
    return SentText(
        row.id, row.conversation_id, row.message_id, row.urgent, row.sid, row.status, row.error, row.created_at
    )
