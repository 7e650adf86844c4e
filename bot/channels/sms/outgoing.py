"""Replies on their way: what the answer to Twilio carries, what follows through the outbox, and the caps on both."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot.channels.sms.incoming import CHANNEL
from bot.channels.sms.services import TextServices
from bot.channels.sms.wishes import STOPPED
from bot.escalation import outbox
from bot.escalation.outbox import Item
from bot.escalation.unreached import not_reached
from bot.records import messages
from bot.records.messages import Inbound, StoredMessage
from bot.records.texting import consents, texts
from bot.texting.packing import Text, pack

log = logging.getLogger(__name__)

KIND = "sms"
DAY = timedelta(hours=24)
#: A late turn is looked for after this time; by then it has ended or been finished by the sweep.
LATE = timedelta(seconds=10)


class Caps:
    """How many texts go out in 24 hours."""

    def __init__(self, per_number: int, per_day: int) -> None:
        self._per_number = per_number
        self._per_day = per_day

    def allow_answer(self, connection: Connection, conversation_id: str, text: Text, now: datetime) -> bool:
        """A text that answers one of the patient's: advice to call always goes out, as often as they report."""
        return text.urgent or not self._full(connection, conversation_id, now)

    def allow(self, connection: Connection, conversation_id: str, message_id: int, text: Text, now: datetime) -> bool:
        """A text that answers nothing: the first advice to call of an episode goes out in any case, advice to call
        911 always."""
        if text.emergency or not self._full(connection, conversation_id, now):
            return True
        return text.urgent and not texts.urgent_since(connection, conversation_id, now - DAY, but=message_id)

    def _full(self, connection: Connection, conversation_id: str, now: datetime) -> bool:
        since = now - DAY
        full = self._per_number and texts.sent_since(connection, since, conversation_id) >= self._per_number
        return bool(full or (self._per_day and texts.sent_since(connection, since) >= self._per_day))


class Outgoing:
    def __init__(self, services: TextServices, caps: Caps, status_url: str, sends: bool) -> None:
        """
        Args:
            status_url: where Twilio tells what became of a text.
            sends: texts can be sent through Twilio's API as well, not only in answer.
        """
        self._services = services
        self._caps = caps
        self._status_url = status_url
        self._sends = sends

    def answer(self, inbound: Inbound, replies: Sequence[StoredMessage], again: bool = False) -> list[tuple[str, str]]:
        """The texts for Twilio's answer: one, and a second one only for further advice to call, or to confirm that it
        is the last. The rest is left to the outbox. Each comes with the address for news of its delivery. None if the
        number has opted out meanwhile.

        Args:
            again: this text has been answered before; Twilio asks again.
        """
        packed = pack(replies, self._services.say("utter_notice_brief", CHANNEL).text)
        stored = all(reply.id for reply in replies)
        now_out = [
            text
            for place, text in enumerate(packed)
            if place == 0 or text.urgent or _confirms(text, replies) or not (self._sends and stored)
        ]
        if not stored:
            return [(text.words, "") for text in now_out]
        try:
            return self._hand_over(inbound, replies, packed, now_out, again)
        except SQLAlchemyError as error:
            log.error("text not noted", extra={"error": type(error).__name__})
            return [(text.words, "") for text in now_out]

    def later(self, inbound: Inbound) -> bool:
        """Has the answer of a late turn sent when it is there; False if nothing can be sent."""
        if not self._sends:
            return False
        now = self._services.now()
        with self._services.database.write() as connection:
            message_id = messages.find(connection, inbound.channel, inbound.message_id)
            if message_id is None:
                return False
            item = Item(
                KIND, f"late-{message_id}", inbound.conversation_id, {"answers": message_id}, message_id=message_id
            )
            outbox.enqueue(connection, item, now, now + LATE)
        return True

    def _hand_over(
        self,
        inbound: Inbound,
        replies: Sequence[StoredMessage],
        packed: Sequence[Text],
        now_out: Sequence[Text],
        again: bool,
    ) -> list[tuple[str, str]]:
        now, handed, conversation_id = self._services.now(), [], inbound.conversation_id
        with self._services.database.write() as connection:
            confirms = any(reply.response == STOPPED for reply in replies)
            if not confirms and consents.opted_out(connection, inbound.address):
                # The wish came while this was under way.
                if any(text.urgent for text in packed) and not again:
                    not_reached(connection, self._services.escalations, conversation_id, CHANNEL, "opted out")
                return []
            for piece, text in enumerate(now_out):
                message_id = replies[text.parts[0]].id
                if not self._caps.allow_answer(connection, conversation_id, text, now):
                    log.warning("text held back by a cap", extra={"conversation": conversation_id})
                    continue
                row, _ = texts.find_or_add(
                    connection, conversation_id, message_id, piece, urgent=text.urgent, status=texts.QUEUED, now=now
                )
                handed.append((text.words, f"{self._status_url}?text={row.id}"))
            # After the confirmation nothing goes out any more.
            if len(now_out) < len(packed) and not confirms:
                ids = [reply.id for reply in replies]
                payload = {"messages": ids, "from": len(now_out)}
                next_id = replies[packed[len(now_out)].parts[0]].id
                item = Item(KIND, f"rest-{ids[0]}", conversation_id, payload, message_id=next_id)
                outbox.enqueue(connection, item, now)
        return handed


def _confirms(text: Text, replies: Sequence[StoredMessage]) -> bool:
    return any(replies[place].response == STOPPED for place in text.parts)
