"""Replies on their way: what the answer to Twilio carries, what follows through the outbox, and the caps on both."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot.escalation import outbox
from bot.escalation.outbox import Item
from bot.records import messages
from bot.records.database import Database
from bot.records.messages import Inbound, StoredMessage
from bot.records.texting import texts
from bot.texting.packing import Text, pack

log = logging.getLogger(__name__)

KIND = "sms"
DAY = timedelta(hours=24)
#: A late turn is looked for after this time; by then it has ended or been finished by the sweep.
LATE = timedelta(seconds=10)


class Caps:
    """How many texts go out in 24 hours. The first advice to call of an episode always does; advice to call 911 is
    not held to them at all."""

    def __init__(self, per_number: int, per_day: int) -> None:
        self._per_number = per_number
        self._per_day = per_day

    def allow(self, connection: Connection, conversation_id: str, message_id: int, urgent: bool, now: datetime) -> bool:
        since = now - DAY
        full = self._per_number and texts.sent_since(connection, since, conversation_id) >= self._per_number
        full = full or (self._per_day and texts.sent_since(connection, since) >= self._per_day)
        if not full:
            return True
        return urgent and not texts.urgent_since(connection, conversation_id, since, but=message_id)


class Outgoing:
    def __init__(
        self,
        database: Database,
        now: Callable[[], datetime],
        caps: Caps,
        brief_notice: Callable[[], str],
        status_url: str,
        sends: bool,
    ) -> None:
        """
        Args:
            status_url: where Twilio tells what became of a text.
            sends: texts can be sent through Twilio's API as well, not only in answer.
        """
        self._database = database
        self._now = now
        self._caps = caps
        self._brief_notice = brief_notice
        self._status_url = status_url
        self._sends = sends

    def answer(self, conversation_id: str, replies: Sequence[StoredMessage]) -> list[tuple[str, str]]:
        """The texts for Twilio's answer: one, and a second one only for further advice to call. The rest is left to
        the outbox. Each comes with the address for news of its delivery."""
        packed = pack(replies, self._brief_notice())
        stored = all(reply.id for reply in replies)
        now_out = [
            text for place, text in enumerate(packed) if place == 0 or text.urgent or not (self._sends and stored)
        ]
        if not stored:
            return [(text.words, "") for text in now_out]
        try:
            return self._hand_over(conversation_id, replies, packed, now_out)
        except SQLAlchemyError as error:
            log.error("text not noted", extra={"error": type(error).__name__})
            return [(text.words, "") for text in now_out]

    def later(self, inbound: Inbound) -> bool:
        """Has the answer of a late turn sent when it is there; False if nothing can be sent."""
        if not self._sends:
            return False
        now = self._now()
        with self._database.write() as connection:
            message_id = messages.find(connection, inbound.channel, inbound.message_id)
            if message_id is None:
                return False
            item = Item(
                KIND, f"late-{message_id}", inbound.conversation_id, {"answers": message_id}, message_id=message_id
            )
            outbox.enqueue(connection, item, now, now + LATE)
        return True

    def _hand_over(
        self, conversation_id: str, replies: Sequence[StoredMessage], packed: Sequence[Text], now_out: Sequence[Text]
    ) -> list[tuple[str, str]]:
        now, handed = self._now(), []
        with self._database.write() as connection:
            for piece, text in enumerate(now_out):
                message_id = replies[text.parts[0]].id
                # Nobody is left without "call 911", however many texts went before.
                if not text.emergency and not self._caps.allow(
                    connection, conversation_id, message_id, text.urgent, now
                ):
                    log.warning("text held back by a cap", extra={"conversation": conversation_id})
                    continue
                row, _ = texts.find_or_add(
                    connection, conversation_id, message_id, piece, urgent=text.urgent, status=texts.QUEUED, now=now
                )
                handed.append((text.words, f"{self._status_url}?text={row.id}"))
            if len(now_out) < len(packed):
                ids = [reply.id for reply in replies]
                payload = {"messages": ids, "from": len(now_out)}
                next_id = replies[packed[len(now_out)].parts[0]].id
                item = Item(KIND, f"rest-{ids[0]}", conversation_id, payload, message_id=next_id)
                outbox.enqueue(connection, item, now)
        return handed
