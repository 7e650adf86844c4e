"""What a patient wishes of texts: no more of them, texts again, or help; and the record of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from bot.channels.sms.incoming import CHANNEL, IncomingText
from bot.channels.sms.services import TextServices
from bot.records import conversations, messages
from bot.records.messages import Inbound, StoredMessage
from bot.records.texting import consents
from bot.records.texting.consents import Consent, How, State
from bot.texting.keywords import Keyword, Keywords

STOPPED = "utter_texts_stopped"
#: Twilio takes it like START from a number that has opted out, where it answers keywords itself.
_AGREES = "yes"
_CONFIRMED = {Keyword.STOP: STOPPED, Keyword.START: "utter_texts_started", Keyword.HELP: "utter_texts_help"}
Said = Sequence[StoredMessage]


@dataclass(frozen=True)
class Wish:
    keyword: Keyword
    how: How
    wording: str
    #: Who took it answers it.
    silent: bool = False


class Wishes:
    def __init__(self, services: TextServices, reads_red: Callable[[str], bool]) -> None:
        """
        Args:
            reads_red: the words alone report something that is, or could be, urgent.
        """
        self._services = services
        self._reads_red = reads_red
        self._keywords = Keywords.default()

    def of(self, text: IncomingText, opted_out: bool) -> Wish | None:
        """The wish that is all that the text says; None for every other text.

        Args:
            opted_out: the number wants no texts until now.
        """
        if text.service_took in ("STOP", "START", "HELP"):
            taken = Keyword(text.service_took.lower())
            # "YES" opts in where it had opted out; anywhere else it answers a question.
            if taken is not Keyword.START or self._keywords.of(text.body) is taken or opted_out:
                return Wish(taken, How.SERVICE, text.body, silent=True)
            return None
        by_service = self._services.settings.twilio_answers_keywords
        if by_service and opted_out and text.body.strip().casefold() == _AGREES:
            return Wish(Keyword.START, How.KEYWORD, text.body, silent=True)
        alone = self._keywords.alone(text.body)
        if alone is not None:
            return Wish(alone, How.KEYWORD, text.body, silent=by_service and self._keywords.is_carriers(text.body))
        keyword = self._keywords.of(text.body)
        if keyword is None or self._reads_red(text.body):
            return None
        return Wish(keyword, How.WORDS, text.body)

    def within(self, text: IncomingText) -> Wish | None:
        """The wish for no more texts that stands beside something else."""
        wording = self._keywords.opt_out_within(text.body)
        return Wish(Keyword.STOP, How.WORDS, wording) if wording else None

    def take(self, text: IncomingText, inbound: Inbound, wish: Wish, at: datetime | None = None) -> Said:
        """Stores the text and the wish that it is; what answers it.

        Args:
            at: when the text came, if not now; what the number has wished since then stands.

        Raises:
            SQLAlchemyError: nothing was stored.
        """
        at = at or self._services.now()
        try:
            return self._take(text, inbound, wish, at)
        except IntegrityError:
            # The same text came twice at once and the other copy was first.
            return self._take(text, inbound, wish, at)

    def take_beside(self, text: IncomingText, inbound: Inbound, wish: Wish, at: datetime | None = None) -> Said:
        """Stores a wish for no more texts of a text that is heard, or answered, for what else it brings; the one
        confirmation, or nothing where there is none to give.

        Raises:
            SQLAlchemyError: nothing was stored.
        """
        now = self._services.now()
        with self._services.database.write() as connection:
            message_id = messages.find(connection, CHANNEL, inbound.message_id)
            if consents.opted_out(connection, text.sender):
                # Perhaps by this very text, that has come twice at once.
                own = [] if message_id is None else messages.replies_to(connection, message_id)
                return [said for said in own if said.response == STOPPED]
            if at is not None and consents.changed_after(connection, text.sender, at):
                return []
            self._record(connection, text, State.OUT, wish, at or now)
            if wish.silent:
                return []
            stopped = self._services.say(STOPPED, CHANNEL)
            if message_id is None:
                return [StoredMessage(0, "bot", stopped.text, now, response=stopped.response)]
            messages.store_further_reply(connection, message_id, inbound.conversation_id, CHANNEL, stopped, now)
            return messages.replies_to(connection, message_id)[-1:]

    def take_spooled(self, inbound: Inbound, at: datetime) -> bool:
        """Takes the wish of a text that could not be stored when it came; its confirmation would come too late.

        Returns:
            True if the text says nothing else, and is stored with its wish.

        Raises:
            SQLAlchemyError: nothing was stored.
        """
        if inbound.channel != CHANNEL:
            return False
        text = IncomingText(inbound.message_id, inbound.address, "", inbound.text)
        wish = self.of(text, opted_out=False)
        if wish is not None and not inbound.media:
            self.take(text, inbound, replace(wish, silent=True), at)
            return True
        beside = wish if wish is not None and wish.keyword is Keyword.STOP else self.within(text)
        if beside is not None:
            self.take_beside(text, inbound, replace(beside, silent=True), at)
        return False

    def _take(self, text: IncomingText, inbound: Inbound, wish: Wish, at: datetime) -> Said:
        now = self._services.now()
        with self._services.database.write() as connection:
            conversations.ensure_conversation(connection, inbound, now)
            message_id, new = messages.accept_message(connection, inbound, now)
            if new:
                out = consents.opted_out(connection, text.sender)
                change = {Keyword.STOP: State.OUT, Keyword.START: State.IN}.get(wish.keyword)
                is_newest = not consents.changed_after(connection, text.sender, at)
                if change is not None and out != (change is State.OUT) and is_newest:
                    self._record(connection, text, change, wish, at)
                # After the one confirmation there is silence: a second STOP, or HELP, gets none.
                quiet = wish.silent or (out and wish.keyword is not Keyword.START)
                replies = [] if quiet else [self._services.say(_CONFIRMED[wish.keyword], CHANNEL)]
                messages.store_replies(connection, message_id, inbound.conversation_id, CHANNEL, replies, now)
            return messages.replies_to(connection, message_id)

    def _record(self, connection: Connection, text: IncomingText, state: State, wish: Wish, at: datetime) -> None:
        consents.record(connection, Consent(text.sender, text.to, state, wish.how, wish.wording, at))
