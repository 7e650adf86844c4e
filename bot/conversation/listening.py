"""Messages that get no turn, or not in time: stored, screened, and filed where a person must know."""

from __future__ import annotations

import logging

from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from bot.conversation.choices import meant
from bot.conversation.interlock import must_file, screen_text
from bot.conversation.recovery.out_of_turn import advise_out_of_turn, reply_without_storage
from bot.conversation.recovery.spool import Spool
from bot.conversation.reply import TurnReply
from bot.escalation.model import Origin, Report
from bot.records import conversations, messages
from bot.records.messages import Inbound
from bot.records.texting import media
from bot.services import Services
from bot.triage.model import Disposition, Encounter

log = logging.getLogger(__name__)


class Listener:
    def __init__(self, services: Services, spool: Spool) -> None:
        self._services = services
        self._spool = spool

    def hear(self, inbound: Inbound, note: str) -> None:
        """Takes the message without a reply. Never raises.

        Args:
            note: for staff, on an escalation that it opens: how to reach the patient.
        """
        try:
            try:
                self._hear(inbound, note)
            except IntegrityError:
                # The same message, or another of the same conversation, was first: now it is a repeat, or the next.
                self._hear(inbound, note)
        except Exception as error:
            log.error("message not stored", extra={"error": type(error).__name__})
            # Its words are for somebody who may be answered; what it does besides is to keep the red flag.
            reply_without_storage(self._services, self._spool, inbound)

    def keep(self, inbound: Inbound) -> None:
        """Keeps a message for the sweep while the database is away. Never raises."""
        try:
            self._spool.append(inbound, self._services.now())
        except OSError as error:
            log.error("spool failed", extra={"error": type(error).__name__})

    def reads_red(self, text: str) -> bool:
        """The words alone report something that is, or could be, urgent."""
        return must_file(screen_text(self._services, text, None, Encounter()), None)

    def is_urgent(self, reply: TurnReply) -> bool:
        return reply.disposition.at_least(Disposition.URGENT)

    def advise(self, inbound: Inbound) -> TurnReply:
        """The advice of the screen, or the safe reply, without the database: the message is kept if it is red."""
        return reply_without_storage(self._services, self._spool, inbound)

    def hurry(self, inbound: Inbound) -> TurnReply | None:
        """The advice of the screen for a message whose turn takes too long; None if it can wait for its answer."""
        try:
            with self._services.database.read() as connection:
                message_id = messages.find(connection, inbound.channel, inbound.message_id)
            if message_id is None:
                return reply_without_storage(self._services, self._spool, inbound)
            return advise_out_of_turn(self._services, inbound, message_id)
        except Exception as error:
            log.error("late message not read", extra={"error": type(error).__name__})
            return reply_without_storage(self._services, self._spool, inbound)

    def _hear(self, inbound: Inbound, note: str) -> None:
        services, now = self._services, self._services.now()
        with services.database.write() as connection:
            conversations.ensure_conversation(connection, inbound, now)
            message_id, new = messages.accept_message(connection, inbound, now)
            if new:
                self._file(connection, inbound, message_id, note)
                messages.store_replies(connection, message_id, inbound.conversation_id, inbound.channel, [], now)

    def _file(self, connection: Connection, inbound: Inbound, message_id: int, note: str) -> None:
        services = self._services
        state = conversations.read_state(connection, inbound.conversation_id, services.today())
        _, last = messages.just_before(connection, inbound.conversation_id, message_id)
        text = meant(inbound.words, state.question, last, inbound.channel)
        screen = screen_text(services, text, state.question, state.encounter)
        messages.store_screen(connection, message_id, screen.decision.disposition.value, screen.to_dict())
        if media.to_look_at(inbound.media) or must_file(screen, state.question):
            report = Report.of(screen.findings, screen.decision, Origin.ACTION, at_least=Disposition.URGENT, note=note)
            services.escalations.file_within(connection, inbound.conversation_id, inbound.channel, report, message_id)
