"""Telling a patient something outside a turn: the bot when nobody reads, staff when they write."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.engine import Connection

from bot.escalation import outbox
from bot.escalation.outbox import Item
from bot.records import messages
from bot.records.messages import Reply
from bot.wording import SMS


def tell(
    connection: Connection, conversation_id: str, channel: str, replies: Sequence[Reply], author: str, now: datetime
) -> list[int]:
    """Stores the messages in the caller's transaction, and has them sent where the channel does not fetch them.

    The website reads them from the history. Texts go by the outbox, one patient's one after the other; number and
    words are read at delivery, so they stand in no second place.

    Args:
        author: "bot" or "staff".

    Returns:
        The ids of the stored messages, in order.
    """
    ids = messages.store_told(connection, conversation_id, channel, replies, author, now)
    if channel == SMS:
        item = Item(outbox.TEXT, f"message-{ids[0]}", conversation_id, {"messages": ids}, message_id=ids[0])
        outbox.enqueue(connection, item, now)
    return ids


def send_answer(connection: Connection, conversation_id: str, channel: str, message_id: int, now: datetime) -> None:
    """Has the stored replies to a message sent, where nobody waits for them any more."""
    if channel == SMS:
        item = Item(outbox.TEXT, f"answer-{message_id}", conversation_id, {"answers": message_id})
        outbox.enqueue(connection, item, now)
