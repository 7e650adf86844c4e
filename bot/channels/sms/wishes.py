"""What a patient wishes of texts: no more of them, texts again, or help; and the record of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

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
        alone = self._keywords.alone(text.body)
        if alone is not None:
            by_service = self._services.settings.twilio_answers_keywords and self._keywords.is_carriers(text.body)
            return Wish(alone, How.KEYWORD, text.body, silent=by_service)
        keyword = self._keywords.of(text.body)
        if keyword is None or self._reads_red(text.body):
            return None
        return Wish(keyword, How.WORDS, text.body)

    def within(self, text: IncomingText) -> Wish | None:
        """The wish for no more texts that stands beside something else."""
        wording = self._keywords.opt_out_within(text.body)
        return Wish(Keyword.STOP, How.WORDS, wording) if wording else None

    def take(self, text: IncomingText, inbound: Inbound, wish: Wish) -> Said:
        """Stores the text and the wish that it is; what answers it.

        Raises:
            SQLAlchemyError: nothing was stored.
        """
        try:
            return self._take(text, inbound, wish)
        except IntegrityError:
            # The same text came twice at once and the other copy was first.
            return self._take(text, inbound, wish)

    def take_beside(self, text: IncomingText, inbound: Inbound, wish: Wish) -> Said:
        """Stores a wish for no more texts of a text that is heard, or answered, for what else it brings; the one
        confirmation, or nothing where there is none to give.

        Raises:
            SQLAlchemyError: nothing was stored.
        """
        now = self._services.now()
        with self._services.database.write() as connection:
            if consents.opted_out(connection, text.sender):
                return []
            self._record(connection, text, State.OUT, wish)
            if wish.silent:
                return []
            stopped = self._services.say(STOPPED, CHANNEL)
            message_id = messages.find(connection, CHANNEL, inbound.message_id)
            if message_id is None:
                return [StoredMessage(0, "bot", stopped.text, now, response=stopped.response)]
            messages.store_further_reply(connection, message_id, inbound.conversation_id, CHANNEL, stopped, now)
            return messages.replies_to(connection, message_id)[-1:]

    def take_spooled(self, inbound: Inbound) -> bool:
        """A wish that could not be stored when it came, and whose confirmation would come too late; False for every
        other message.

        Raises:
            SQLAlchemyError: nothing was stored.
        """
        if inbound.channel != CHANNEL or inbound.media:
            return False
        text = IncomingText(inbound.message_id, inbound.address, "", inbound.text)
        wish = self.of(text, opted_out=False)
        if wish is None:
            return False
        self.take(text, inbound, replace(wish, silent=True))
        return True

    def _take(self, text: IncomingText, inbound: Inbound, wish: Wish) -> Said:
        now = self._services.now()
        with self._services.database.write() as connection:
            conversations.ensure_conversation(connection, inbound, now)
            message_id, new = messages.accept_message(connection, inbound, now)
            if new:
                out = consents.opted_out(connection, text.sender)
                change = {Keyword.STOP: State.OUT, Keyword.START: State.IN}.get(wish.keyword)
                if change is not None and out != (change is State.OUT):
                    self._record(connection, text, change, wish)
                # After the one confirmation there is silence: a second STOP, or HELP, gets none.
                quiet = wish.silent or (out and wish.keyword is not Keyword.START)
                replies = [] if quiet else [self._services.say(_CONFIRMED[wish.keyword], CHANNEL)]
                messages.store_replies(connection, message_id, inbound.conversation_id, CHANNEL, replies, now)
            return messages.replies_to(connection, message_id)

    def _record(self, connection: Connection, text: IncomingText, state: State, wish: Wish) -> None:
        now = self._services.now()
        consents.record(connection, Consent(text.sender, text.to, state, wish.how, wish.wording, now))
