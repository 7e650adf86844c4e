"""Texts that are no direct answer: sent by the outbox through Twilio's API, each of them once."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.engine import Connection

from bot.channels.sms.incoming import CHANNEL
from bot.channels.sms.outbound.api import OPTED_OUT, Handed, Rejected, TextApi, Unavailable
from bot.channels.sms.outgoing import Caps
from bot.channels.sms.services import TextServices
from bot.escalation.dispatcher import NotNeeded, Refused, Retry
from bot.escalation.outbox import Item
from bot.escalation.unreached import not_reached
from bot.records import conversations, messages
from bot.records.messages import StoredMessage
from bot.records.texting import consents, texts
from bot.records.texting.consents import Consent, How, State
from bot.records.texting.texts import SentText
from bot.texting.numbers import may_be_texted, sender_for
from bot.texting.packing import Text, pack

#: A late turn that has no answer yet is looked for again after so many seconds.
NOT_ANSWERED_YET = 5.0


class TextDeliverer:
    def __init__(self, services: TextServices, api: TextApi | None, sender: str, status_url: str) -> None:
        """
        Args:
            api: None where texts can only be direct answers: then staff see that these could not be sent.
        """
        self._services = services
        self._api = api
        self._sender = sender
        self._status_url = status_url
        settings = services.settings
        self._caps = Caps(settings.texts_per_number, settings.texts_per_day)
        self._countries = settings.text_countries or (services.clinic.country,)

    def deliver(self, item: Item) -> None:
        """Sends the texts that say the item's messages.

        Raises:
            Retry, Refused, NotNeeded: as every deliverer; what was sent before is not sent again.
        """
        replies = self._replies(item)
        packed = pack(replies, self._services.say("utter_notice_brief", CHANNEL).text)
        first = int(item.payload.get("from", 0))
        with self._services.database.read() as connection:
            number = conversations.address(connection, item.route)
            out = number is not None and consents.opted_out(connection, number)
        if number is None:
            raise Refused("the conversation has no number")
        if out:
            if any(text.urgent for text in packed[first:]):
                with self._services.database.write() as connection:
                    not_reached(connection, self._services.escalations, item.route, CHANNEL, "opted out")
            raise NotNeeded("opted out of texts")
        if not may_be_texted(number, self._countries):
            raise Refused("numbers of this country are not texted")
        if self._api is None:
            raise Refused("texts cannot be sent: TWILIO_ACCOUNT_SID or TWILIO_FROM is not set")
        for piece, text in enumerate(packed[first:], start=first):
            self._send(self._api, item.route, number, replies[text.parts[0]].id, piece, text)

    def given_up(self, connection: Connection, item: Item, reason: str) -> None:
        """Advice to call that will not go out is for a person with a phone."""
        replies = _stored(connection, item)
        packed = pack(replies, self._services.say("utter_notice_brief", CHANNEL).text)
        pieces = list(enumerate(packed))[int(item.payload.get("from", 0)) :]
        if any(text.urgent and not _is_out(connection, replies[text.parts[0]].id, piece) for piece, text in pieces):
            not_reached(connection, self._services.escalations, item.route, CHANNEL, reason)

    def _replies(self, item: Item) -> Sequence[StoredMessage]:
        answers = item.payload.get("answers")
        with self._services.database.read() as connection:
            if answers is not None and messages.answered_at(connection, answers) is None:
                raise Retry("the message is not answered yet", after=NOT_ANSWERED_YET)
            return _stored(connection, item)

    def _send(self, api: TextApi, conversation_id: str, number: str, message_id: int, piece: int, text: Text) -> None:
        row, new = self._row(conversation_id, number, message_id, piece, text)
        if row.status != texts.SENDING or row.sid:
            return
        try:
            # An attempt before this one may have come through without our hearing of it.
            handed = None if new else api.find(number, text.words, row.created_at, self._others(conversation_id))
            handed = handed or api.send(
                number, sender_for(number, self._sender), text.words, f"{self._status_url}?text={row.id}"
            )
        except Unavailable as error:
            raise Retry(str(error)) from None
        except Rejected as error:
            self._rejected(row, number, error.code)
            raise Refused(f"the texting service refuses it: error {error.code}") from None
        self._store(row, handed)

    def _row(self, conversation_id: str, number: str, message_id: int, piece: int, text: Text) -> tuple[SentText, bool]:
        now = self._services.now()
        with self._services.database.write() as connection:
            if consents.opted_out(connection, number):
                raise NotNeeded("opted out of texts")
            known = texts.find_piece(connection, message_id, piece)
            if known is not None:
                return texts.sending_again(connection, known, now), False
            if not self._caps.allow(connection, conversation_id, message_id, text, now):
                raise Refused("too many texts in 24 hours")
            return texts.find_or_add(
                connection, conversation_id, message_id, piece, urgent=text.urgent, status=texts.SENDING, now=now
            )

    def _others(self, conversation_id: str) -> set[str]:
        with self._services.database.read() as connection:
            return texts.sids(connection, conversation_id)

    def _store(self, row: SentText, handed: Handed) -> None:
        with self._services.database.write() as connection:
            texts.handed_over(connection, row.id, handed.sid, handed.status, self._services.now())

    def _rejected(self, row: SentText, number: str, code: int) -> None:
        now = self._services.now()
        with self._services.database.write() as connection:
            texts.settle(connection, row.id, "failed", code, now)
            if code == OPTED_OUT and not consents.opted_out(connection, number):
                consents.record(connection, Consent(number, self._sender, State.OUT, How.REFUSED, "", now))


def _stored(connection: Connection, item: Item) -> Sequence[StoredMessage]:
    answers = item.payload.get("answers")
    if answers is not None:
        return messages.replies_to(connection, answers)
    return messages.by_ids(connection, item.payload.get("messages") or [item.message_id])


def _is_out(connection: Connection, message_id: int, piece: int) -> bool:
    """The service has taken it; what becomes of it then is told."""
    row = texts.find_piece(connection, message_id, piece)
    return row is not None and row.sid is not None
