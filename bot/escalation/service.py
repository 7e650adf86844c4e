"""Filing a report: one open escalation for each conversation, stored before anything is said of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.engine import Connection

from bot.escalation import repository
from bot.escalation.model import OFTEN_WITHIN, Escalation, Report
from bot.records.conversations import TurnKey, hold_turn
from bot.records.database import Database


class EscalationService:
    """The only writer of escalations."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def file(self, turn: TurnKey, channel: str, report: Report, message_id: int | None) -> Escalation:
        """Files the report in a transaction of its own; when this returns, it is on disk.

        Raises:
            StaleTurn: the turn has lost its conversation; nothing was written.
            SQLAlchemyError: the database refused; nothing was written.
        """
        with self._database.write() as connection:
            hold_turn(connection, turn)
            return self.file_within(connection, turn.conversation_id, channel, report, message_id)

    def file_within(
        self,
        connection: Connection,
        conversation_id: str,
        channel: str,
        report: Report,
        message_id: int | None,
    ) -> Escalation:
        """Files the report in the caller's transaction: the conversation's open escalation takes it in, or a
        new one is opened."""
        existing = repository.find_open(connection, conversation_id)
        if existing is None:
            earlier = repository.opened_since(connection, conversation_id, self._now() - OFTEN_WITHIN)
            escalation = Escalation.open(conversation_id, channel, report, message_id, self._now(), earlier)
            repository.insert(connection, escalation)
        else:
            escalation = existing.join(report, message_id, self._now())
            repository.update(connection, escalation)
        if message_id is not None:
            repository.hold_message(connection, escalation.id, message_id)
        return escalation

    def list(self, open_only: bool = False) -> list[Escalation]:
        with self._database.read() as connection:
            return repository.list_escalations(connection, open_only)
