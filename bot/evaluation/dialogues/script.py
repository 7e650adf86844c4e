"""A conversation as it is written down (format: docs/evaluation.md)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.escalation.model import Origin, Status
from bot.triage.model import Disposition, QuestionKind


@dataclass(frozen=True)
class ExpectedEscalation:
    """What must be on the worklist. What is None, or empty, may be anything."""

    #: False: this conversation has no open escalation.
    open: bool = True
    disposition: Disposition | None = None
    status: Status | None = None
    priority_at_least: int = 0
    origin: Origin | None = None
    #: Texts, each in one of its notes.
    notes: tuple[str, ...] = ()
    #: Symptom keys, each among its findings or criteria.
    symptoms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Expected:
    """What must come back. What is None, or empty, may be anything."""

    disposition: Disposition | None = None
    #: Names of responses, in this order; others may stand between them.
    responses: tuple[str, ...] = ()
    #: Names of responses, in this order and no others.
    exactly: tuple[str, ...] | None = None
    #: Names of responses that may not be there.
    without: tuple[str, ...] = ()
    #: Texts of the reply, capitals or not; ``{phone}`` and the clinic's other facts are filled in.
    contains: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    #: Kind of the question that is pending afterwards; "" where none may be.
    question: QuestionKind | str | None = None
    escalation: ExpectedEscalation | None = None
    #: Titles of the choices under the reply; () where there may be none.
    choices: tuple[str, ...] | None = None
    #: Texts, each in what is stored of the call-back name and number.
    contact: tuple[str, ...] = ()
    #: Texts, each in one of the questions that are stored as unanswered.
    unanswered: tuple[str, ...] = ()


@dataclass(frozen=True)
class Turn:
    line: int
    #: The patient's words; None where the bot speaks by itself, after a silence.
    says: str | None
    #: Time since the turn before.
    after: timedelta
    #: What is away in this turn: "", "model" (it fails) or "loading" (it is not there yet).
    broken: str
    expected: Expected

    @property
    def words(self) -> str:
        return "(silence)" if self.says is None else self.says


@dataclass(frozen=True)
class Dialogue:
    file: str
    line: int
    title: str
    channel: str
    #: When the first message comes, on the clinic's own clock; without a time zone.
    clock: datetime
    turns: tuple[Turn, ...]

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}"
