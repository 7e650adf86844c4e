"""One turn: store the message, screen it, ask Rasa, hold the answer against the screen, store and reply."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass, replace
from typing import Any, Protocol

from sqlalchemy.engine import Connection

from bot import metrics
from bot.conversation.attachments import with_attachments
from bot.conversation.contact import Certainty
from bot.conversation.intake import Intake, Turn
from bot.conversation.interlock import Reason, judge, must_file, safe_replies
from bot.conversation.recovery.out_of_turn import reply_out_of_turn, reply_unfinished, reply_without_storage
from bot.conversation.recovery.spool import Spool
from bot.conversation.reply import TurnReply, read_reply
from bot.escalation import repository
from bot.escalation.model import Origin, Report
from bot.rasa_agent.runner import AgentFailed, AgentLoading, AgentRequest, AgentTurn
from bot.records import conversations, messages
from bot.records.conversations import StaleTurn
from bot.records.messages import Inbound, Reply
from bot.services import Services
from bot.triage.model import Disposition, Encounter, Question
from bot.triage.questions import follows_advice

log = logging.getLogger(__name__)

#: After this long the patient gets words, whatever hangs. Five seconds is what is promised.
ANSWER_SECONDS = 4.5
#: How long a message waits for the earlier ones of its conversation.
PATIENCE_SECONDS = 4.0
#: Turns wait for their turn, for Rasa and for the database, so they need threads of their own.
THREADS = 64
POLL_SECONDS = 0.02
#: Longer texts are screened and stored, but Rasa is not asked.
MAX_TEXT = 2000
#: The reply that says that a contact was taken.
TAKES_CONTACT = "utter_contact_noted"


class DialogueAgent(Protocol):
    """What a turn wants of Rasa; ``AgentRunner`` is it, tests have their own."""

    def handle(self, request: AgentRequest, deadline: float) -> AgentTurn: ...


@dataclass(frozen=True)
class _Answer:
    replies: Sequence[Reply]
    question: Question | None = None
    dialogue: Mapping[str, Any] | None = None
    reason: Reason | None = None
    #: The patient began anew: what earlier messages said of the procedure is forgotten.
    start_over: bool = False


@dataclass
class _Progress:
    """How far a message has come, for whoever must answer it in the turn's place."""

    #: Set when the message is stored and its turn has begun: the sweep finishes what the turn does not.
    turn: Turn | None = None


class Conversations:
    """Takes patients' messages, from any thread. One turn at a time for each conversation, in order."""

    def __init__(self, services: Services, agent: DialogueAgent, spool: Spool) -> None:
        self._services = services
        self._agent = agent
        self._spool = spool
        self._intake = Intake(services)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="turn")

    def take(self, inbound: Inbound) -> TurnReply:
        """Answers a message within ``ANSWER_SECONDS``. Never raises for anything that a patient sent or a part of the
        system broke. What is late goes on: its reply is stored, and given when the message is sent again."""
        progress = _Progress()
        turn = self._threads.submit(self._take_or_fail, inbound, progress)
        try:
            return turn.result(ANSWER_SECONDS)
        except FutureTimeout:
            return self._late(inbound, progress)

    async def answer(self, inbound: Inbound) -> TurnReply:
        """As ``take``, for an event loop: no thread waits."""
        progress = _Progress()
        turn = asyncio.wrap_future(self._threads.submit(self._take_or_fail, inbound, progress))
        try:
            return await asyncio.wait_for(asyncio.shield(turn), ANSWER_SECONDS)
        except asyncio.TimeoutError:
            return await asyncio.get_running_loop().run_in_executor(None, self._late, inbound, progress)

    def close(self) -> None:
        """Finishes the turns under way."""
        self._threads.shutdown(wait=True)

    def may_refuse(self, inbound: Inbound) -> bool:
        """True if the message may go unanswered in a flood: no red flag, and no answer to a symptom question."""
        try:
            return not self._intake.must_hear(inbound)
        except Exception as error:
            log.error("flood not judged", extra={"error": type(error).__name__})
            return False

    def _late(self, inbound: Inbound, progress: _Progress) -> TurnReply:
        log.error("turn is late", extra={"conversation": inbound.conversation_id})
        return self._unfinished(inbound, progress)

    def _unfinished(self, inbound: Inbound, progress: _Progress) -> TurnReply:
        if progress.turn is None:
            # Whether the message is stored is unknown, so it counts as not stored.
            return reply_without_storage(self._services, self._spool, inbound)
        return reply_unfinished(self._services, inbound, progress.turn.screen, progress.turn.state.question)

    def _take_or_fail(self, inbound: Inbound, progress: _Progress) -> TurnReply:
        try:
            return self._take(inbound, progress)
        except Exception as error:
            # The database, or a fault of ours.
            log.error("turn failed", extra={"error": type(error).__name__})
            return self._unfinished(inbound, progress)

    def _take(self, inbound: Inbound, progress: _Progress) -> TurnReply:
        patience = time.monotonic() + PATIENCE_SECONDS
        accepted = self._intake.accept(inbound)
        while accepted.waits and time.monotonic() < patience:
            time.sleep(POLL_SECONDS)
            accepted = self._intake.begin_waiting(accepted)
        if accepted.answered:
            return self._stored_reply(inbound, accepted.message_id)
        if accepted.turn is None:
            return reply_out_of_turn(self._services, accepted.inbound, accepted.message_id)
        progress.turn = accepted.turn
        try:
            answer = self._answer(accepted.turn)
            said = with_attachments(self._services, accepted.turn, answer.replies)
            return self._finish(accepted.turn, replace(answer, replies=said))
        except StaleTurn:
            log.warning("turn lost its conversation", extra={"conversation": inbound.conversation_id})
            return reply_out_of_turn(self._services, accepted.inbound, accepted.message_id)

    # Answering

    def _answer(self, turn: Turn) -> _Answer:
        text, pending = turn.text, turn.state.question
        if not text or len(text) > MAX_TEXT:
            if must_file(turn.screen, pending):
                return self._safe(turn, None)
            response = "utter_too_long" if text else "utter_empty"
            return _Answer([self._services.say(response, turn.inbound.channel)])
        if turn.state.with_staff(self._services.now()) and not turn.reports_red:
            return self._quiet(turn)
        if turn.inbound.hurried:
            return self._safe(turn, None)
        try:
            request = AgentRequest(
                sender_id=str(turn.key),
                text=text,
                metadata={
                    "screen": turn.screen.to_dict(),
                    "message_id": turn.message_id,
                    "contact": turn.contact.certainty.value if turn.contact else None,
                },
                dialogue=turn.state.dialogue,
                slots=_slots(pending, turn.open_disposition),
                channel=turn.inbound.channel,
            )
            result = self._agent.handle(request, self._services.settings.rasa_deadline)
            stored = result.slots.get("question") if result.slots.get("question_pending") else None
            question = Question.from_dict(stored) if stored else None
        except AgentLoading:
            return self._safe(turn, Reason.LOADING)
        except Exception as error:
            cause = error if isinstance(error, AgentFailed) else type(error).__name__
            log.error("rasa failed", extra={"conversation": turn.inbound.conversation_id, "error": str(cause)})
            return self._safe(turn, Reason.FAILURE)
        start_over = bool(result.slots.get("start_over"))
        return self._guard(turn, _Answer(result.replies, question, result.dialogue, start_over=start_over))

    def _quiet(self, turn: Turn) -> _Answer:
        """Staff have the conversation: the answer is theirs. What could be urgent is pointed out to them."""
        if must_file(turn.screen, turn.state.question):
            known = turn.open_disposition.at_least(Disposition.URGENT)
            report = Report.of(
                turn.screen.findings,
                turn.screen.decision,
                Origin.ACTION,
                at_least=Disposition.CLARIFY if known else Disposition.URGENT,
                note="could be urgent, and the bot asked nothing: staff have the conversation",
            )
            self._services.escalations.file(turn.key, turn.inbound.channel, report, turn.message_id)
        return _Answer([self._services.say("utter_care_team_here", turn.inbound.channel)])

    def _guard(self, turn: Turn, answer: _Answer) -> _Answer:
        claimed = turn.reports_red or any(
            Disposition(item.disposition).at_least(Disposition.URGENT) for item in answer.replies
        )
        stored = claimed and self._held(turn)
        phone = self._services.clinic.facts(self._services.now())["phone"]
        objection = judge(turn.screen, answer.replies, answer.question, stored, phone)
        if not objection:
            return answer
        log.error(
            "interlock disagrees",
            extra={"conversation": turn.inbound.conversation_id, "objection": objection},
        )
        reason = Reason.FAILURE if objection == "empty" else Reason.DISAGREEMENT
        return self._safe(turn, reason)

    def _held(self, turn: Turn) -> bool:
        with self._services.database.read() as connection:
            return repository.holding(connection, turn.message_id) is not None

    def _safe(self, turn: Turn, reason: Reason | None) -> _Answer:
        """The safe reply, and the escalation that comes with it, filed before a word is said of it."""
        filing = must_file(turn.screen, turn.state.question)
        reference = None
        if filing:
            report = Report.of(
                turn.screen.findings,
                turn.screen.decision,
                Origin.INTERLOCK,
                at_least=Disposition.URGENT,
                note=reason.value if reason else "not read by the bot",
            )
            reference = self._services.escalations.file(turn.key, turn.inbound.channel, report, turn.message_id).id
        replies = safe_replies(
            self._services.say, turn.inbound.channel, turn.screen, reference=reference, filing=filing
        )
        return _Answer(replies, reason=reason)

    # Finishing

    def _finish(self, turn: Turn, answer: _Answer) -> TurnReply:
        now = self._services.now()
        conversation_id = turn.inbound.conversation_id
        with self._services.database.write() as connection:
            known = Encounter() if answer.start_over else turn.state.encounter
            conversations.finish_turn(
                connection,
                turn.key,
                question=answer.question,
                encounter=known.learn(turn.screen.findings),
                now=now,
                today=self._services.today(),
                dialogue=answer.dialogue,
            )
            told = messages.store_replies(
                connection,
                turn.message_id,
                conversation_id,
                turn.inbound.channel,
                self._with_notice(turn, answer.replies),
                now,
                interlock=answer.reason.value if answer.reason else None,
            )
            if not told:
                # The message came again meanwhile, waited for this turn too long, and was answered out of turn.
                conversations.withdraw_question(connection, conversation_id)
            _store_contact(connection, turn, answer)
            reply = read_reply(connection, conversation_id, turn.message_id)
        if answer.reason:
            metrics.INTERLOCK.labels(answer.reason.value).inc()
        metrics.TURNS.labels(turn.inbound.channel, reply.disposition.value).inc()
        metrics.TURN_SECONDS.observe(time.monotonic() - turn.began)
        return reply

    def _with_notice(self, turn: Turn, replies: Sequence[Reply]) -> list[Reply]:
        """When an episode begins, one sentence on what this is; after the advice, never before it."""
        if not turn.begins_episode:
            return list(replies)
        notice = self._services.say("utter_notice", turn.inbound.channel)
        red = any(Disposition(reply.disposition).at_least(Disposition.CLARIFY) for reply in replies)
        return [*replies, notice] if red else [notice, *replies]

    def _stored_reply(self, inbound: Inbound, message_id: int) -> TurnReply:
        with self._services.database.read() as connection:
            return read_reply(connection, inbound.conversation_id, message_id)


def _slots(pending: Question | None, open_disposition: Disposition) -> dict[str, Any]:
    """What the conversation knows, as Rasa's slots. A question that followed the advice is asked once: it does
    not come back."""
    waits = pending is not None and not follows_advice(pending)
    return {
        "question": pending.to_dict() if pending else None,
        "question_pending": waits,
        "open_disposition": open_disposition.value,
        "start_over": False,
    }


def _store_contact(connection: Connection, turn: Turn, answer: _Answer) -> None:
    """Keeps a telephone number whatever else was said; a bare name only where the reply took it for one."""
    contact = turn.contact
    if contact is None or contact.certainty is Certainty.INCOMPLETE:
        return
    taken = any(reply.response == TAKES_CONTACT for reply in answer.replies)
    if contact.certainty is Certainty.GIVEN or taken:
        conversations.store_contact(connection, turn.key, contact.name, contact.phone)
