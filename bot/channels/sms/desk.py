"""What becomes of a text: a wish for no more of them, a message that is heard and not answered, or a turn."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from bot.channels.inbound import Answer, BadRequest
from bot.channels.sms.incoming import CHANNEL, IncomingText, part_of
from bot.channels.sms.outgoing import Outgoing
from bot.conversation.reply import TurnReply
from bot.records import conversations, messages
from bot.records.database import Database
from bot.records.messages import Inbound, Reply, StoredMessage
from bot.records.texting import consents
from bot.records.texting.consents import Consent, How, State
from bot.settings import Settings
from bot.texting.keywords import Keyword, Keywords

log = logging.getLogger(__name__)

#: Twilio waits 15 seconds for TwiML. A turn ends within 7; what is later has advice by the screen, or comes later.
PATIENCE_SECONDS = 7.5
#: Parts of one text arrive within this time.
PARTS_WITHIN = timedelta(minutes=5)
PHONE_ONLY = "opted out of texts: phone, do not text"
STOPPED = "utter_texts_stopped"
_CONFIRMED = {Keyword.STOP: STOPPED, Keyword.START: "utter_texts_started", Keyword.HELP: "utter_texts_help"}
Said = Sequence[StoredMessage]
T = TypeVar("T")


class TextServices(Protocol):
    """What the channel wants of the composition root."""

    @property
    def settings(self) -> Settings: ...

    @property
    def database(self) -> Database: ...

    @property
    def clinic(self) -> Any: ...

    @property
    def escalations(self) -> Any: ...

    def now(self) -> datetime: ...

    def say(self, response: str, channel: str, **facts: str) -> Reply: ...


class Hears(Protocol):
    """Messages that get no turn; ``bot.conversation.listening.Listener`` is it."""

    def hear(self, inbound: Inbound, note: str) -> None: ...

    def hurry(self, inbound: Inbound) -> TurnReply | None: ...

    def reads_red(self, text: str) -> bool: ...

    def is_urgent(self, reply: TurnReply) -> bool: ...


@dataclass(frozen=True)
class _Wish:
    keyword: Keyword
    how: How
    wording: str
    #: Who took it answers it.
    silent: bool = False


class Desk:
    def __init__(self, services: TextServices, answer: Answer, hears: Hears, outgoing: Outgoing) -> None:
        self._services = services
        self._answer = answer
        self._hears = hears
        self._outgoing = outgoing
        self._keywords = Keywords.default()

    async def take(self, text: IncomingText) -> list[tuple[str, str]]:
        """The texts that answer it, each with the address for news of its delivery. Never raises."""
        try:
            return await self._take(text)
        except Exception as error:
            log.error("text failed", extra={"error": type(error).__name__})
            return [(self._services.say("utter_safe_reply", CHANNEL).text, "")]

    async def _take(self, text: IncomingText) -> list[tuple[str, str]]:
        inbound = await run_in_threadpool(self._inbound, text)
        before = await run_in_threadpool(self._stored_reply, inbound)
        if before is not None:
            return await self._hand_over(inbound, before)
        wish = await run_in_threadpool(self._wish, text)
        if wish is not None:
            return await self._hand_over(inbound, await run_in_threadpool(self._take_wish, text, inbound, wish))
        if await run_in_threadpool(self._opted_out, text.sender):
            await run_in_threadpool(self._hears.hear, inbound, PHONE_ONLY)
            return []
        reply = await self._turn(inbound)
        wording = self._keywords.opt_out_within(text.body)
        if wording and reply is not None:
            # Both were said: the advice, and that it is the last text.
            try:
                reply = await run_in_threadpool(self._opt_out_beside, text, inbound, reply, wording)
            except SQLAlchemyError as error:
                # The wish is not taken, and nothing says that it was; the advice stands.
                log.error("wish not stored", extra={"error": type(error).__name__})
        return await self._hand_over(inbound, reply)

    async def _hand_over(self, inbound: Inbound, reply: Said | None) -> list[tuple[str, str]]:
        if reply is None:
            return []
        return await run_in_threadpool(self._outgoing.answer, inbound.conversation_id, reply)

    # A turn

    async def _turn(self, inbound: Inbound) -> Said | None:
        turn = asyncio.ensure_future(self._answer(inbound))
        done, _ = await asyncio.wait({turn}, timeout=PATIENCE_SECONDS)
        if done:
            try:
                reply = turn.result()
            except BadRequest:
                # A flood of messages that are not red.
                return None
            if all(said.id for said in reply.messages) or self._hears.is_urgent(reply):
                return reply.messages
            # The turn hangs or nothing can be stored, and it can wait for its answer, if that comes.
            return None if await self._comes_later(inbound) else reply.messages
        # Its result is read from the database later; here nobody waits for it any more.
        turn.add_done_callback(lambda finished: finished.exception())
        hurried = await run_in_threadpool(self._hears.hurry, inbound)
        if hurried is not None:
            return hurried.messages
        if await self._comes_later(inbound):
            return None
        said = self._services.say("utter_safe_reply", CHANNEL)
        return [StoredMessage(0, "bot", said.text, self._services.now(), response=said.response)]

    async def _comes_later(self, inbound: Inbound) -> bool:
        try:
            return await run_in_threadpool(self._outgoing.later, inbound)
        except SQLAlchemyError:
            return False

    def _inbound(self, text: IncomingText) -> Inbound:
        conversation_id = text.conversation_id(str(self._services.settings.secret_key))
        return Inbound(
            conversation_id,
            text.body,
            CHANNEL,
            text.sid,
            text.sender,
            media=text.media,
            read_as=self._all_parts(conversation_id, text.body),
        )

    def _all_parts(self, conversation_id: str, text: str) -> str:
        """The parts of a cut text that are here by now, in their order; "" for a whole one."""
        part = part_of(text)
        if part is None:
            return ""
        number, count, words = part
        parts = {number: words}
        try:
            with self._services.database.read() as connection:
                recent = messages.history(connection, conversation_id, limit=20)
        except SQLAlchemyError:
            recent = []
        for message in recent:
            earlier = part_of(message.text) if message.author == "patient" else None
            if earlier is None or earlier[1] != count or self._services.now() - message.at > PARTS_WITHIN:
                continue
            parts.setdefault(earlier[0], earlier[2])
        return " ".join(parts[place] for place in sorted(parts))

    # What is stored

    def _stored_reply(self, inbound: Inbound) -> Said | None:
        """What the same text was answered before. Twilio asks again when our answer did not reach it."""
        return self._unless_away(lambda connection: self._read_reply(connection, inbound), None)

    def _read_reply(self, connection: Connection, inbound: Inbound) -> Said | None:
        message_id = messages.find(connection, CHANNEL, inbound.message_id)
        if message_id is None or messages.answered_at(connection, message_id) is None:
            return None
        return messages.replies_to(connection, message_id)

    def _opted_out(self, number: str) -> bool:
        """False if that cannot be read: then a red flag must get its advice."""
        return self._unless_away(lambda connection: consents.opted_out(connection, number), False)

    def _unless_away(self, read: Callable[[Connection], T], otherwise: T) -> T:
        try:
            with self._services.database.read() as connection:
                return read(connection)
        except SQLAlchemyError:
            return otherwise

    # Wishes

    def _wish(self, text: IncomingText) -> _Wish | None:
        if text.media:
            return None
        if text.service_took in ("STOP", "START", "HELP"):
            taken = Keyword(text.service_took.lower())
            # "YES" opts in where it had opted out; anywhere else it answers a question.
            if taken is not Keyword.START or self._keywords.of(text.body) is taken or self._opted_out(text.sender):
                return _Wish(taken, How.SERVICE, text.body, silent=True)
            return None
        alone = self._keywords.alone(text.body)
        if alone is not None:
            return _Wish(alone, How.KEYWORD, text.body, silent=self._services.settings.twilio_answers_keywords)
        keyword = self._keywords.of(text.body)
        if keyword is None or self._hears.reads_red(text.body):
            return None
        return _Wish(keyword, How.WORDS, text.body)

    def _take_wish(self, text: IncomingText, inbound: Inbound, wish: _Wish) -> Said:
        try:
            return self._take_wish_once(text, inbound, wish)
        except IntegrityError:
            # The same text came twice at once and the other copy was first.
            return self._take_wish_once(text, inbound, wish)

    def _take_wish_once(self, text: IncomingText, inbound: Inbound, wish: _Wish) -> Said:
        now = self._services.now()
        with self._services.database.write() as connection:
            conversations.ensure_conversation(connection, inbound, now)
            message_id, new = messages.accept_message(connection, inbound, now)
            if new:
                out = consents.opted_out(connection, text.sender)
                change = {Keyword.STOP: State.OUT, Keyword.START: State.IN}.get(wish.keyword)
                if change is not None and out != (change is State.OUT):
                    self._record(connection, text, change, wish.how, wish.wording)
                # After the one confirmation there is silence: a second STOP, or HELP, gets none.
                quiet = wish.silent or (out and wish.keyword is not Keyword.START)
                replies = [] if quiet else [self._services.say(_CONFIRMED[wish.keyword], CHANNEL)]
                messages.store_replies(connection, message_id, inbound.conversation_id, CHANNEL, replies, now)
            return messages.replies_to(connection, message_id)

    def _opt_out_beside(self, text: IncomingText, inbound: Inbound, reply: Said, wording: str) -> Said:
        """Takes the wish that stood beside something else; its confirmation goes with the reply."""
        now = self._services.now()
        with self._services.database.write() as connection:
            message_id = messages.find(connection, CHANNEL, inbound.message_id)
            if message_id is None:
                return reply
            if not consents.opted_out(connection, text.sender):
                self._record(connection, text, State.OUT, How.WORDS, wording)
                stopped = self._services.say(STOPPED, CHANNEL)
                messages.store_further_reply(connection, message_id, inbound.conversation_id, CHANNEL, stopped, now)
            return messages.replies_to(connection, message_id)

    def _record(self, connection: Connection, text: IncomingText, state: State, how: How, wording: str) -> None:
        now = self._services.now()
        consents.record(connection, Consent(text.sender, text.to, state, how, wording, now))
