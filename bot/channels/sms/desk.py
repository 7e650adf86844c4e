"""What becomes of a text: a wish for no more of them, a message that is heard and not answered, or a turn."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Protocol, TypeVar

from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from bot.channels.inbound import Answer, BadRequest
from bot.channels.sms.incoming import CHANNEL, IncomingText, part_of
from bot.channels.sms.outgoing import Outgoing
from bot.channels.sms.services import TextServices
from bot.channels.sms.wishes import Said, Wish, Wishes
from bot.conversation.reply import TurnReply
from bot.records import messages
from bot.records.messages import Inbound, StoredMessage
from bot.records.texting import consents
from bot.records.texting.consents import How
from bot.texting.keywords import Keyword

log = logging.getLogger(__name__)

#: Twilio waits 15 seconds for TwiML. A turn ends within 7; what is later has advice by the screen, or comes later.
PATIENCE_SECONDS = 7.5
#: What is looked up around a turn waits no longer than this: a stuck database must not cost the patient more time than
#: the turn, which has its own limits.
LOOK_SECONDS = 1.0
#: So long a wish that is all of a text may take to be stored; then it is kept for later.
WISH_SECONDS = 2.0
#: A turn gets no longer where the database did not even answer the look-up: the patient has waited for that already.
STUCK_SECONDS = 3.0
#: Parts of one text arrive within this time.
PARTS_WITHIN = timedelta(minutes=5)
PHONE_ONLY = "opted out of texts: phone, do not text"
T = TypeVar("T")


class Hears(Protocol):
    """Messages that get no turn; ``bot.conversation.listening.Listener`` is it."""

    def hear(self, inbound: Inbound, note: str) -> None: ...

    def hurry(self, inbound: Inbound) -> TurnReply | None: ...

    def advise(self, inbound: Inbound) -> TurnReply: ...

    def keep(self, inbound: Inbound) -> None: ...

    def is_urgent(self, reply: TurnReply) -> bool: ...


@dataclass(frozen=True)
class _Known:
    """What is stored before a text. The defaults are for a database that is away: then a red flag must get its
    advice."""

    #: What the same text was answered before. Twilio asks again when our answer did not reach it.
    reply: Said | None = None
    opted_out: bool = False
    recent: Sequence[StoredMessage] = ()
    #: The database did not answer.
    stuck: bool = False


class Desk:
    def __init__(
        self, services: TextServices, answer: Answer, hears: Hears, wishes: Wishes, outgoing: Outgoing
    ) -> None:
        self._services = services
        self._answer = answer
        self._hears = hears
        self._wishes = wishes
        self._outgoing = outgoing

    async def take(self, text: IncomingText) -> list[tuple[str, str]]:
        """The texts that answer it, each with the address for news of its delivery. Never raises."""
        try:
            return await self._take(text)
        except Exception as error:
            log.error("text failed", extra={"error": type(error).__name__})
            return [(self._safe().text, "")]

    async def take_later(self, text: IncomingText) -> list[tuple[str, str]]:
        """The texts for one whose webhook has failed: it is kept, for the sweep to answer unless that webhook has
        answered it after all, and the patient is told whom to call."""
        inbound = self._inbound(text)
        await run_in_threadpool(self._hears.keep, inbound)
        known = await self._in_time(lambda: self._look_up(text, inbound), _Known())
        return [] if known.opted_out else [(self._services.say("utter_texts_fallback", CHANNEL).text, "")]

    async def _take(self, text: IncomingText) -> list[tuple[str, str]]:
        inbound = self._inbound(text)
        known = await self._in_time(lambda: self._look_up(text, inbound), _Known(stuck=True))
        if known.reply is not None:
            return await self._hand_over(inbound, known.reply, again=True)
        inbound = replace(inbound, read_as=self._all_parts(text.body, known.recent))
        wish = self._wishes.of(text, known.opted_out)
        if wish is not None and not text.media:
            return await self._hand_over(inbound, await self._take_wish(text, inbound, wish, known))
        if wish is not None and wish.keyword is Keyword.STOP:
            # What came with it may be the wound: a person looks at it, and phones.
            await run_in_threadpool(self._hears.hear, inbound, PHONE_ONLY)
            stopped = await self._take_beside(text, inbound, wish)
            if stopped is None and not known.opted_out:
                stopped = [self._safe()]
            return await self._hand_over(inbound, stopped)
        if known.opted_out:
            await run_in_threadpool(self._hears.hear, inbound, PHONE_ONLY)
            return []
        reply = await self._turn(inbound, STUCK_SECONDS if known.stuck else PATIENCE_SECONDS)
        beside = self._wishes.within(text)
        if beside is not None:
            # Both were said: the advice, and that it is the last text.
            told = {said.id for said in reply or []} - {0}
            last = await self._take_beside(text, inbound, beside) or []
            reply = [*(reply or []), *(said for said in last if said.id not in told)]
        return await self._hand_over(inbound, reply)

    async def _hand_over(self, inbound: Inbound, reply: Said | None, again: bool = False) -> list[tuple[str, str]]:
        if not reply:
            return []
        return await run_in_threadpool(self._outgoing.answer, inbound, reply, again)

    async def _in_time(self, work: Callable[[], T], otherwise: T, seconds: float = LOOK_SECONDS) -> T:
        """The result; ``otherwise`` where the database is away, or has not done it in time."""
        task = asyncio.ensure_future(run_in_threadpool(work))
        done, _ = await asyncio.wait({task}, timeout=seconds)
        if not done:
            # It goes on; nobody waits for it any more.
            task.add_done_callback(_read_error)
            log.error("database is slow", extra={"error": "TimeoutError"})
            return otherwise
        try:
            return task.result()
        except SQLAlchemyError as error:
            log.error("database is away", extra={"error": type(error).__name__})
            return otherwise

    # A turn

    async def _turn(self, inbound: Inbound, patience: float) -> Said | None:
        turn = asyncio.ensure_future(self._answer(inbound))
        done, _ = await asyncio.wait({turn}, timeout=patience)
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
        turn.add_done_callback(_read_error)
        if patience == STUCK_SECONDS:
            return (await run_in_threadpool(self._hears.advise, inbound)).messages
        hurried = await run_in_threadpool(self._hears.hurry, inbound)
        if hurried is not None:
            return hurried.messages
        return None if await self._comes_later(inbound) else [self._safe()]

    def _safe(self) -> StoredMessage:
        said = self._services.say("utter_safe_reply", CHANNEL)
        return StoredMessage(0, "bot", said.text, self._services.now(), response=said.response)

    async def _comes_later(self, inbound: Inbound) -> bool:
        return await self._in_time(lambda: self._outgoing.later(inbound), False)

    def _inbound(self, text: IncomingText) -> Inbound:
        conversation_id = text.conversation_id(str(self._services.settings.secret_key))
        return Inbound(conversation_id, text.body, CHANNEL, text.sid, text.sender, media=text.media)

    def _all_parts(self, text: str, recent: Sequence[StoredMessage]) -> str:
        """The parts of a cut text that are here by now, in their order; "" for a whole one."""
        part = part_of(text)
        if part is None:
            return ""
        number, count, words = part
        parts = {number: words}
        for message in recent:
            earlier = part_of(message.text) if message.author == "patient" else None
            if earlier is None or earlier[1] != count or self._services.now() - message.at > PARTS_WITHIN:
                continue
            parts.setdefault(earlier[0], earlier[2])
        return " ".join(parts[place] for place in sorted(parts))

    # What is stored

    def _look_up(self, text: IncomingText, inbound: Inbound) -> _Known:
        with self._services.database.read() as connection:
            return _Known(
                self._read_reply(connection, inbound),
                consents.opted_out(connection, text.sender),
                messages.history(connection, inbound.conversation_id, limit=20) if part_of(text.body) else (),
            )

    def _read_reply(self, connection: Connection, inbound: Inbound) -> Said | None:
        message_id = messages.find(connection, CHANNEL, inbound.message_id)
        if message_id is None or messages.answered_at(connection, message_id) is None:
            return None
        return messages.replies_to(connection, message_id)

    # Wishes

    async def _take_wish(self, text: IncomingText, inbound: Inbound, wish: Wish, known: _Known) -> Said:
        none: Said | None = None
        said = await self._in_time(lambda: self._wishes.take(text, inbound, wish), none, WISH_SECONDS)
        if said is not None:
            return said
        # It is taken when the database is back; whom to call is said now, to who may be told.
        as_taken = replace(inbound, text=wish.keyword.value) if wish.how is How.SERVICE else inbound
        await run_in_threadpool(self._hears.keep, as_taken)
        return [] if known.opted_out or wish.silent else [self._safe()]

    async def _take_beside(self, text: IncomingText, inbound: Inbound, wish: Wish) -> Said | None:
        """What confirms the wish; None where it could not be stored, and is taken when the database is back."""
        none: Said | None = None
        said = await self._in_time(lambda: self._wishes.take_beside(text, inbound, wish), none)
        if said is None:
            await run_in_threadpool(self._hears.keep, inbound)
        return said


def _read_error(finished: asyncio.Future[Any]) -> None:
    if not finished.cancelled():
        finished.exception()
