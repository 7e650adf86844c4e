"""Replies when there is no turn to be had: another one holds the conversation, or nothing can be stored."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from sqlalchemy.engine import Connection

from bot import metrics
from bot.conversation.choices import meant
from bot.conversation.interlock import Reason, must_file, safe_replies, screen_text
from bot.conversation.recovery.spool import Spool
from bot.conversation.reply import TurnReply, read_reply
from bot.escalation.model import Origin, Report
from bot.records import conversations, messages
from bot.records.messages import Inbound, Reply, StoredMessage
from bot.records.texting import media
from bot.screen import ScreenResult
from bot.services import Services
from bot.triage.model import Disposition, Encounter, Question

log = logging.getLogger(__name__)

#: A text of no more words than this may be the answer to a question.
SHORT_ANSWER_WORDS = 4


def reply_out_of_turn(services: Services, inbound: Inbound, message_id: int) -> TurnReply:
    """The message is stored, but another turn has held its conversation for too long: the screen's advice becomes its
    stored reply."""
    with services.database.write() as connection:
        conversations.lock(connection, inbound.conversation_id)
        if messages.answered_at(connection, message_id) is None:
            _advise(connection, services, inbound, message_id, calm_waits=False)
        return read_reply(connection, inbound.conversation_id, message_id)


def advise_out_of_turn(services: Services, inbound: Inbound, message_id: int) -> TurnReply | None:
    """As ``reply_out_of_turn`` where the patient must call; None where the message can wait for its turn."""
    with services.database.write() as connection:
        conversations.lock(connection, inbound.conversation_id)
        if messages.answered_at(connection, message_id) is None:
            _advise(connection, services, inbound, message_id, calm_waits=True)
        reply = read_reply(connection, inbound.conversation_id, message_id)
    return reply if reply.disposition.at_least(Disposition.URGENT) else None


def _advise(connection: Connection, services: Services, inbound: Inbound, message_id: int, *, calm_waits: bool) -> None:
    """Files what is due and stores the reply; with ``calm_waits`` not where nothing is due."""
    state = conversations.read_state(connection, inbound.conversation_id, services.today())
    _, last = messages.just_before(connection, inbound.conversation_id, message_id)
    text = meant(inbound.words, state.question, last, inbound.channel)
    screen = screen_text(services, text, state.question, state.encounter)
    filing = must_file(screen, state.question) or media.to_look_at(inbound.media)
    if calm_waits and not filing:
        return
    reference = None
    if filing:
        report = Report.of(
            screen.findings, screen.decision, Origin.INTERLOCK, at_least=Disposition.URGENT, note="failure"
        )
        reference = services.escalations.file_within(
            connection, inbound.conversation_id, inbound.channel, report, message_id
        ).id
    replies = safe_replies(services.say, inbound.channel, screen, reference=reference, filing=filing)
    messages.store_replies(
        connection,
        message_id,
        inbound.conversation_id,
        inbound.channel,
        replies,
        services.now(),
        interlock=Reason.FAILURE.value,
    )
    metrics.INTERLOCK.labels(Reason.FAILURE.value).inc()


def reply_unfinished(services: Services, inbound: Inbound, screen: ScreenResult, pending: Question | None) -> TurnReply:
    """The message is stored and screened, and its turn failed or hangs: the screen's advice. The sweep files what is
    due; until then nobody has been reached, and that is what is said."""
    filing = must_file(screen, pending) or media.to_look_at(inbound.media)
    replies = safe_replies(services.say, inbound.channel, screen, reference=None, filing=filing)
    return _unstored(services, replies)


def reply_without_storage(services: Services, spool: Spool, inbound: Inbound) -> TurnReply:
    """Nothing can be stored: the screen's advice, and the plain truth that nobody has been reached."""
    screen = screen_text(services, inbound.words, None, Encounter())
    filing = must_file(screen, None) or _may_answer(inbound.words) or media.to_look_at(inbound.media)
    if filing:
        try:
            spool.append(inbound, services.now())
        except OSError as error:
            # Then only the patient can tell the clinic, and the reply says so in any case.
            log.error("spool failed", extra={"error": type(error).__name__})
    replies = safe_replies(services.say, inbound.channel, screen, reference=None, filing=filing)
    return _unstored(services, replies)


def _may_answer(text: str) -> bool:
    """A few words, such as "yes" or "since Monday", may answer a symptom question that cannot be looked up now."""
    return "?" not in text and 0 < len(text.split()) <= SHORT_ANSWER_WORDS


def _unstored(services: Services, replies: Sequence[Reply]) -> TurnReply:
    metrics.INTERLOCK.labels(Reason.FAILURE.value).inc()
    now = services.now()
    shown = [
        StoredMessage(0, "bot", reply.text, now, reply.buttons, reply.disposition, reply.response) for reply in replies
    ]
    return TurnReply(shown, Disposition.worst([Disposition(reply.disposition) for reply in replies]))
