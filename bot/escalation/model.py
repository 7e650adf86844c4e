"""What an escalation is and how new reports change it. No SQL here."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from bot.triage.model import Decision, Disposition, Finding, Findings, FiredCriterion

# No vowels, no 0/O or 1/I/L: easy to read out on the phone and never a word.
_REFERENCE_ALPHABET = "23456789BCDFGHJKMNPQRSTVWXZ"


#: The third contact within this time raises the priority.
OFTEN = 3
OFTEN_WITHIN = timedelta(hours=72)


#: So many findings and criteria are kept whatever they say; of older ones the first of each kind.
NEWEST_KEPT = 12


class Status(str, Enum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


class Origin(str, Enum):
    """Which part of the system filed it."""

    ACTION = "action"
    INTERLOCK = "interlock"
    RECOVERY = "recovery"
    SILENCE = "silence"
    CHANNEL = "channel"


def new_reference() -> str:
    """A random reference such as ``K7QX-4MZP``; it says nothing about the patient."""
    letters = "".join(secrets.choice(_REFERENCE_ALPHABET) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def filed_response(disposition: Disposition) -> str:
    """Name of the response that says what is on the care team's list, with what to do meanwhile."""
    if disposition is Disposition.EMERGENCY:
        return "utter_filed_emergency"
    return "utter_filed" if disposition.at_least(Disposition.URGENT) else "utter_filed_routine"


def unread_response(disposition: Disposition) -> str:
    """Name of the response that says that nobody has acknowledged it, with what to do."""
    if disposition is Disposition.EMERGENCY:
        return "utter_unread_emergency"
    return "utter_unread" if disposition.at_least(Disposition.URGENT) else "utter_unread_routine"


@dataclass(frozen=True)
class Report:
    """One reason to have a person look: what a message said, and why that matters."""

    disposition: Disposition
    origin: Origin
    findings: tuple[Finding, ...] = ()
    criteria: tuple[FiredCriterion, ...] = ()
    #: For staff, where no finding says it: "asked for a person", "question not answered".
    note: str = ""
    #: More pressing than its disposition says: nobody answers the patient's call.
    presses: bool = False
    protocol_version: str = ""
    protocol_hash: str = ""

    @property
    def is_red(self) -> bool:
        """It tells of a red flag; the answer to a question that followed the advice tells nothing new."""
        if not self.disposition.at_least(Disposition.URGENT):
            return False
        return not self.criteria or any(not item.id.endswith(".answered") for item in self.criteria)

    @classmethod
    def of(
        cls,
        findings: Findings,
        decision: Decision,
        origin: Origin,
        at_least: Disposition = Disposition.NONE,
        note: str = "",
    ) -> Report:
        """The report of a screened message; its disposition is never below ``at_least``."""
        return cls(
            disposition=Disposition.worst([decision.disposition, at_least]),
            origin=origin,
            findings=tuple(item for item in findings.items if item.present or item.resolved),
            criteria=decision.criteria,
            note=note,
            protocol_version=decision.protocol_version,
            protocol_hash=decision.protocol_hash,
        )


@dataclass(frozen=True)
class Escalation:
    id: str
    conversation_id: str
    channel: str
    status: Status
    disposition: Disposition
    #: For staff: order within one disposition, higher first.
    priority: int
    origin: Origin
    #: Findings in their JSON form, each with the ``message_id`` that it comes from.
    findings: tuple[Mapping[str, Any], ...]
    criteria: tuple[Mapping[str, Any], ...]
    notes: tuple[Mapping[str, Any], ...]
    protocol_version: str
    protocol_hash: str
    opened_at: datetime
    updated_at: datetime
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None
    outcome: str | None = None
    close_comment: str | None = None
    #: The member of staff who has it.
    assigned_to: str | None = None
    #: Counts every change, a patient's further reports too.
    version: int = 1

    @property
    def symptoms(self) -> frozenset[str]:
        """The keys of its findings and of the criteria that fired: a combination is news in itself."""
        return frozenset(item["symptom"] for item in (*self.findings, *self.criteria))

    @classmethod
    def open(
        cls, conversation_id: str, channel: str, report: Report, message_id: int | None, now: datetime, earlier: int = 0
    ) -> Escalation:
        """A new escalation.

        Args:
            earlier: escalations that the same conversation had within ``OFTEN_WITHIN``.
        """
        return cls(
            id=new_reference(),
            conversation_id=conversation_id,
            channel=channel,
            status=Status.OPEN,
            disposition=report.disposition,
            priority=int(_red_symptoms(report) >= 2) + int(report.presses) + int(earlier >= OFTEN - 1),
            origin=report.origin,
            findings=_evidence(report, message_id),
            criteria=_fired(report, message_id),
            notes=_notes(report, message_id),
            protocol_version=report.protocol_version,
            protocol_hash=report.protocol_hash,
            opened_at=now,
            updated_at=now,
        )

    def join(self, report: Report, message_id: int | None, now: datetime) -> Escalation:
        """This escalation with a further report of the same conversation.

        A new symptom key, a higher disposition or advice that did not arrive sets it back to ``open``; the same red
        flag again, or a phone that nobody answers, raises its priority. A lower disposition never lowers it.
        """
        reported = {item.symptom for item in report.findings} | {item.symptom for item in report.criteria}
        worse = report.disposition.acuity < self.disposition.acuity
        news = worse or bool(reported - self.symptoms) or report.origin is Origin.CHANNEL
        again = (report.is_red or report.presses) and not self._holds(message_id) and not self.is_known(report)
        joined = replace(
            self,
            disposition=Disposition.worst([self.disposition, report.disposition]),
            priority=self.priority + int(again),
            findings=_bounded(self.findings + _evidence(report, message_id)),
            criteria=_bounded(self.criteria + _fired(report, message_id)),
            notes=self.notes if self.is_known(report) else self.notes + _notes(report, message_id),
            protocol_version=report.protocol_version or self.protocol_version,
            protocol_hash=report.protocol_hash or self.protocol_hash,
            updated_at=now,
            version=self.version + 1,
        )
        if news:
            joined = replace(joined, status=Status.OPEN, acknowledged_at=None, acknowledged_by=None)
        return joined

    def is_known(self, report: Report) -> bool:
        """It says that the patient was not reached, and why, which stands here already."""
        return report.origin is Origin.CHANNEL and any(
            item["origin"] == Origin.CHANNEL.value and item["note"] == report.note for item in self.notes
        )

    def _holds(self, message_id: int | None) -> bool:
        """The message has been reported already: its action filed it and the turn failed afterwards."""
        held = {item["message_id"] for item in (*self.findings, *self.criteria, *self.notes)}
        return message_id is not None and message_id in held


def _red_symptoms(report: Report) -> int:
    return len({item.symptom for item in report.criteria if item.disposition.at_least(Disposition.URGENT)})


def _evidence(report: Report, message_id: int | None) -> tuple[Mapping[str, Any], ...]:
    return tuple({**item.to_dict(), "message_id": message_id} for item in report.findings)


def _fired(report: Report, message_id: int | None) -> tuple[Mapping[str, Any], ...]:
    return tuple({**item.to_dict(), "message_id": message_id} for item in report.criteria)


def _bounded(rows: tuple[Mapping[str, Any], ...]) -> tuple[Mapping[str, Any], ...]:
    """The newest rows, and the first of every kind: who reports the same for weeks does not make each turn slower.
    The messages themselves are kept, each with its screen."""
    older: dict[tuple[Any, ...], Mapping[str, Any]] = {}
    for row in rows[:-NEWEST_KEPT]:
        older.setdefault((row["symptom"], row.get("concept", row.get("id")), str(row.get("marks"))), row)
    return (*older.values(), *rows[-NEWEST_KEPT:])


def _notes(report: Report, message_id: int | None) -> tuple[Mapping[str, Any], ...]:
    if not report.note:
        return ()
    return ({"note": report.note, "origin": report.origin.value, "message_id": message_id},)
