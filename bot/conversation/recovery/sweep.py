"""The sweep: finishes what a dead process left, and files the questions that nobody answered."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot import metrics
from bot.conversation.choices import meant
from bot.conversation.interlock import broken_screen, must_file, safe_replies, screen_text
from bot.conversation.recovery.spool import Spool
from bot.escalation import repository
from bot.escalation.model import Origin, Report, filed_response
from bot.escalation.patient import send_answer, tell
from bot.records import conversations, messages
from bot.records.conversations import LEASE_SECONDS
from bot.records.messages import Inbound, Reply
from bot.records.texting import media
from bot.screen import ScreenResult
from bot.services import Services
from bot.triage.model import Disposition

log = logging.getLogger(__name__)

INTERVAL_SECONDS = 5.0
IN_FLIGHT = timedelta(seconds=LEASE_SECONDS)


class Sweep:
    """Runs at the start and every few seconds; copies of the app may sweep at once, leases keep them apart."""

    def __init__(
        self, services: Services, spool: Spool, takes: Callable[[Inbound, datetime], bool] = lambda inbound, at: False
    ) -> None:
        """
        Args:
            takes: stores a spooled message in its own way and returns True, where it is a channel's own business.
        """
        self._services = services
        self._spool = spool
        self._takes = takes
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sweep", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def _run(self) -> None:
        while True:
            try:
                self.run_once()
            except SQLAlchemyError as error:
                log.error("sweep failed", extra={"error": type(error).__name__})
            except Exception as error:
                # Whatever it was, the next round must come.
                log.error("sweep failed", extra={"error": type(error).__name__})
            if self._stop.wait(INTERVAL_SECONDS):
                return

    def run_once(self) -> None:
        try:
            metrics.RECOVERED.labels("spooled").inc(self._spool.drain(self._store_spooled))
        except OSError as error:
            # What is in the database can be finished all the same.
            log.error("spool cannot be read", extra={"error": type(error).__name__})
        now = self._services.now()
        self._finish_messages(now - IN_FLIGHT)
        self._file_silence(now - timedelta(minutes=self._services.settings.silence_minutes), now)

    # What a crash left out

    def _finish_messages(self, before: datetime) -> None:
        with self._services.database.read() as connection:
            waiting = messages.unfinished(connection, before, IN_FLIGHT)
            red = messages.red_without_escalation(connection, before, IN_FLIGHT)
        _each(waiting, self._finish_message)
        _each(red, self._file_red)

    def _finish_message(self, row: sa.engine.Row) -> None:
        now = self._services.now()
        with self._services.database.write() as connection:
            conversations.lock(connection, row.conversation_id)
            if messages.answered_at(connection, row.id) is not None:
                return
            turn = conversations.seize_turn(connection, row.conversation_id, now)
            if turn is None:
                return
            state = conversations.read_state(connection, row.conversation_id, self._services.today())
            screen = ScreenResult.from_dict(row.screen) if row.screen else broken_screen()
            attached = media.of_messages(connection, [row.id]).get(row.id, ())
            filing = must_file(screen, state.question) or media.to_look_at([(a.url, a.content_type) for a in attached])
            reference = None
            if filing:
                reference = self._file(connection, row.conversation_id, row.channel, row.id, screen, "turn was cut off")
            replies = safe_replies(self._services.say, row.channel, screen, reference=reference, filing=filing)
            messages.store_replies(connection, row.id, row.conversation_id, row.channel, replies, now)
            send_answer(connection, row.conversation_id, row.channel, row.id, now)
            conversations.finish_turn(
                connection,
                turn,
                question=None,
                encounter=state.encounter.learn(screen.findings),
                now=now,
                today=self._services.today(),
            )
        metrics.RECOVERED.labels("message").inc()

    def _file_red(self, row: sa.engine.Row) -> None:
        with self._services.database.write() as connection:
            conversations.lock(connection, row.conversation_id)
            if repository.holding(connection, row.id) is not None:
                return
            screen = ScreenResult.from_dict(row.screen)
            self._file(connection, row.conversation_id, row.channel, row.id, screen, "escalation was missing")
        metrics.RECOVERED.labels("escalation").inc()

    def _file(
        self,
        connection: Connection,
        conversation_id: str,
        channel: str,
        message_id: int,
        screen: ScreenResult,
        note: str,
    ) -> str:
        report = Report.of(screen.findings, screen.decision, Origin.RECOVERY, at_least=Disposition.URGENT, note=note)
        return self._services.escalations.file_within(connection, conversation_id, channel, report, message_id).id

    def _store_spooled(self, inbound: Inbound, at: datetime) -> None:
        """As a message of a turn that was cut off: the next step finishes it, with the conversation its own."""
        if self._takes(inbound, at):
            return
        with self._services.database.write() as connection:
            conversations.ensure_conversation(connection, inbound, at)
            message_id, new = messages.accept_message(connection, inbound, at)
            if not new:
                return
            # As it would have been read with the database there: with the question that it may answer.
            state = conversations.read_state(connection, inbound.conversation_id, self._services.today())
            _, last = messages.just_before(connection, inbound.conversation_id, message_id)
            text = meant(inbound.words, state.question, last, inbound.channel)
            screen = screen_text(self._services, text, state.question, state.encounter)
            messages.store_screen(connection, message_id, screen.decision.disposition.value, screen.to_dict())

    # Silence

    def _file_silence(self, asked_before: datetime, now: datetime) -> None:
        with self._services.database.read() as connection:
            silent = conversations.silent_questions(connection, asked_before, now)
        _each(silent, lambda row: self._close_question(row.id, row.channel, asked_before))

    def _close_question(self, conversation_id: str, channel: str, asked_before: datetime) -> None:
        now = self._services.now()
        with self._services.database.write() as connection:
            turn = conversations.seize_turn(connection, conversation_id, now)
            if turn is None:
                return
            state = conversations.read_state(connection, conversation_id, self._services.today())
            waits = conversations.question_waits(connection, conversation_id, asked_before, now)
            if state.question is None or not waits:
                conversations.end_turn(connection, turn)
                return
            decision = self._services.screen.unanswered(state.question, state.encounter)
            if decision.disposition is not Disposition.NONE:
                report = Report(
                    disposition=decision.disposition,
                    origin=Origin.SILENCE,
                    findings=state.question.about,
                    criteria=decision.criteria,
                    note="question not answered",
                    protocol_version=decision.protocol_version,
                    protocol_hash=decision.protocol_hash,
                )
                reference = self._services.escalations.file_within(
                    connection, conversation_id, channel, report, None
                ).id
                filed = filed_response(decision.disposition)
                replies: list[Reply] = [
                    self._services.say(decision.response, channel),
                    self._services.say(filed, channel, reference=reference),
                ]
                tell(connection, conversation_id, channel, replies, "bot", now)
            conversations.finish_turn(
                connection,
                turn,
                question=None,
                encounter=state.encounter,
                now=now,
                today=self._services.today(),
            )
        metrics.RECOVERED.labels("question").inc()


def _each(rows: Sequence[sa.engine.Row], work: Callable[[sa.engine.Row], None]) -> None:
    """One row that cannot be worked on must not keep the others waiting."""
    for row in rows:
        try:
            work(row)
        except Exception as error:
            log.error("sweep failed at one row", extra={"error": type(error).__name__})
