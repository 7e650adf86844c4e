"""Readiness: the whole path to a stored escalation is tried, not just whether the process is up."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.exc import SQLAlchemyError

from bot.escalation.model import Origin, Report
from bot.rasa_agent.runner import AgentFailed, AgentLoading
from bot.records import conversations
from bot.records.database import fault_of
from bot.records.messages import Inbound
from bot.services import Services
from bot.triage.model import Decision, Disposition, Encounter, Findings

#: A sentence whose answer is known; if any part reads it otherwise, nobody should rely on this copy.
KNOWN_RED_FLAG = "I have a fever of 102"
DEADLINE_SECONDS = 3.0


class Parser(Protocol):
    """What readiness wants of Rasa."""

    def parse(self, text: str, deadline: float) -> dict[str, Any]: ...


class _RollBack(Exception):
    """Undoes the trial escalation."""


class Readiness:
    def __init__(self, services: Services, agent: Parser) -> None:
        self._services = services
        self._agent = agent

    def problems(self) -> list[str]:
        """What keeps this copy from serving, in words for the operator; empty when it is ready."""
        checks = (self._content, self._database, self._model)
        return [problem for problem in (check() for check in checks) if problem]

    def _content(self) -> str:
        try:
            self._services.say("utter_urgent", "website")
            screen = self._services.screen.run(KNOWN_RED_FLAG, None, Encounter())
        except Exception as error:
            return f"content: {type(error).__name__}. Run: aftercare check"
        red = screen.decision.disposition is Disposition.URGENT
        return "" if red else "content: the clinical screen does not know a fever"

    def _database(self) -> str:
        try:
            if not self._services.database.is_current():
                return "database: its schema is not the newest. Run: aftercare db upgrade"
            self._try_escalation(self._services.now())
        except _RollBack:
            return ""
        except SQLAlchemyError as error:
            return f"database: {fault_of(error)}"
        return ""

    def _try_escalation(self, now: datetime) -> None:
        inbound = Inbound(conversations.new_conversation_id(), "", "readiness", "")
        report = Report.of(Findings(), Decision(Disposition.URGENT), Origin.ACTION, note="readiness")
        with self._services.database.write() as connection:
            conversations.ensure_conversation(connection, inbound, now)
            self._services.escalations.file_within(connection, inbound.conversation_id, inbound.channel, report, None)
            raise _RollBack()

    def _model(self) -> str:
        try:
            parsed = self._agent.parse(KNOWN_RED_FLAG, DEADLINE_SECONDS)
        except (AgentLoading, AgentFailed) as error:
            return f"model: {error}"
        found = parsed["intent"]["name"] == "report_symptom"
        return "" if found else "model: it does not know a reported fever. Run: aftercare train --force"
