"""Filing a report: one open escalation for each conversation, stored before anything is said of it; and what staff
do with it, each step with its entry in the audit trail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from bot.escalation import audit, repository, steps
from bot.escalation.model import OFTEN_WITHIN, Escalation, Origin, Report, Status
from bot.escalation.notify.ladder import Ladder
from bot.escalation.steps import CallResult, NotAllowed, Outcome
from bot.records.conversations import TurnKey, hold_turn
from bot.records.database import Database

#: What else is written with a step of staff.
Then = Callable[[Connection, Escalation], None]

#: So often a report that finds its place taken looks for it again.
ATTEMPTS = 3


class NotFound(Exception):
    """There is no escalation with this reference."""


class Changed(Exception):
    """Somebody was first, or the patient has reported more; nothing was written. ``escalation`` is what it is now."""

    def __init__(self, escalation: Escalation) -> None:
        super().__init__("The escalation has changed.")
        self.escalation = escalation


class EscalationService:
    """The only writer of escalations."""

    def __init__(self, database: Database, now: Callable[[], datetime], ladder: Ladder) -> None:
        self._database = database
        self._now = now
        self._ladder = ladder

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
        new one is opened. With it goes the notification of staff, where the report is news to them."""
        escalation = self._join_or_open(connection, conversation_id, channel, report, message_id)
        if message_id is not None:
            repository.hold_message(connection, escalation.id, message_id)
        return escalation

    def _join_or_open(
        self, connection: Connection, conversation_id: str, channel: str, report: Report, message_id: int | None
    ) -> Escalation:
        for attempt in range(ATTEMPTS):
            existing = repository.find_open(connection, conversation_id, lock=True)
            if existing is not None:
                escalation = existing.join(report, message_id, self._now())
                repository.update(connection, escalation)
                if self._is_news(connection, existing, escalation, report):
                    self._ladder.begin(connection, escalation)
                return escalation
            earlier = repository.opened_since(connection, conversation_id, self._now() - OFTEN_WITHIN)
            escalation = Escalation.open(conversation_id, channel, report, message_id, self._now(), earlier)
            try:
                with connection.begin_nested():
                    repository.insert(connection, escalation)
                self._ladder.begin(connection, escalation)
                return escalation
            except IntegrityError:
                # Another copy has opened one at the same moment (or, once in a long life, has drawn this reference).
                if attempt == ATTEMPTS - 1:
                    raise
        raise AssertionError("the last attempt returns or raises")

    def _is_news(self, connection: Connection, before: Escalation, after: Escalation, report: Report) -> bool:
        """A person has to look anew: it is worse, is open again, the patient was not reached, or a red flag comes in
        when all who are to be told have been told, and nobody has acknowledged."""
        if after.disposition.acuity < before.disposition.acuity:
            return True
        if after.status is not Status.OPEN:
            return False
        if before.status is not Status.OPEN:
            return True
        if report.origin is Origin.CHANNEL:
            # Once: a ladder that begins again with every text that is lost would never come to its end.
            return not any(item["origin"] == Origin.CHANNEL.value for item in before.notes)
        return report.is_red and self._ladder.has_ended(connection, after.id)

    def acknowledge(self, escalation_id: str, by: str, version: int, then: Then | None = None) -> Escalation:
        """A named person has seen it.

        Args:
            then: what else belongs to it, in the same transaction: telling the patient.

        Raises, as every step of staff does:
            NotFound: there is no such escalation.
            Changed: its version is another one by now.
            NotAllowed: its state does not allow it, or something that is needed is missing.
            SQLAlchemyError: the database refused; whether it was written is unknown if that happened at the commit.
        """
        return self._step(
            escalation_id, by, "acknowledged", lambda held: steps.acknowledge(held, by, self._now()), version, then
        )

    def assign(self, escalation_id: str, by: str, to: str | None, version: int) -> Escalation:
        """Gives it to a member of staff, or with None back to all."""
        return self._step(
            escalation_id, by, "assigned", lambda held: steps.assign(held, to, self._now()), version, to=to
        )

    def note(self, escalation_id: str, by: str, text: str) -> Escalation:
        """Adds an internal note. It takes no version: a note is never refused for what happened meanwhile."""
        return self._step(escalation_id, by, "noted", lambda held: steps.note(held, by, text, self._now()))

    def log_call(self, escalation_id: str, by: str, result: CallResult, text: str = "") -> Escalation:
        """Adds an attempt to call the patient; without a version, like a note."""
        return self._step(
            escalation_id,
            by,
            "call_logged",
            lambda held: steps.log_call(held, by, result, text, self._now()),
            result=CallResult(result).value,
        )

    def set_priority(self, escalation_id: str, by: str, priority: int, reason: str, version: int) -> Escalation:
        """Raises or lowers its place among those of the same disposition."""
        return self._step(
            escalation_id,
            by,
            "priority_set",
            lambda held: steps.set_priority(held, by, priority, reason, self._now()),
            version,
            priority=priority,
        )

    def close(
        self, escalation_id: str, by: str, outcome: Outcome, comment: str, version: int, then: Then | None = None
    ) -> Escalation:
        """Ends it, and does ``then`` in the same transaction. A report of the patient that came after ``version`` makes
        this fail: it must be read first."""
        return self._step(
            escalation_id,
            by,
            "closed",
            lambda held: steps.close(held, by, outcome, comment, self._now()),
            version,
            then,
            outcome=Outcome(outcome).value,
        )

    def reopen(self, escalation_id: str, by: str, reason: str, version: int) -> Escalation:
        """Sets a closed one back to open, unless the conversation has an open one: there the work goes on."""
        try:
            return self._step(
                escalation_id, by, "reopened", lambda held: steps.reopen(held, by, reason, self._now()), version
            )
        except IntegrityError:
            raise NotAllowed("The patient has another open escalation: work on that one.") from None

    def _step(
        self,
        escalation_id: str,
        by: str,
        action: str,
        change: Callable[[Escalation], Escalation],
        version: int | None = None,
        then: Then | None = None,
        **data: Any,
    ) -> Escalation:
        """One step in one transaction: the row locked and checked, its next version and the audit entry written."""
        with self._database.write() as connection:
            held = repository.find(connection, escalation_id, lock=True)
            if held is None:
                raise NotFound
            if version is not None and version != held.version:
                raise Changed(held)
            escalation = change(held)
            repository.update(connection, escalation)
            if escalation.status is not Status.OPEN:
                self._ladder.end(connection, escalation)
            elif held.status is Status.CLOSED:
                self._ladder.begin(connection, escalation)
            if then is not None:
                then(connection, escalation)
            data = {"version": escalation.version, **data}
            audit.append(
                connection, by.strip(), f"escalation.{action}", f"escalation/{escalation_id}", data, self._now()
            )
        return escalation

    def find(self, escalation_id: str) -> Escalation:
        """
        Raises:
            NotFound: there is no escalation with this reference.
        """
        with self._database.read() as connection:
            escalation = repository.find(connection, escalation_id)
        if escalation is None:
            raise NotFound
        return escalation

    def list(self, open_only: bool = False) -> list[Escalation]:
        with self._database.read() as connection:
            return repository.list_escalations(connection, open_only)
