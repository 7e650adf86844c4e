"""The protocol: rows of criteria and questions for one procedure, reviewed and versioned as data.

The words are those of nurse triage: a criterion is one line that can hold for one finding and names a
disposition and the response with its advice. Their order in the file is the order of their advice among
rows of one disposition. ``Protocol.load`` refuses a file that is not exactly right.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from bot.triage.conditions import Condition, Situation
from bot.triage.model import Disposition, Finding, QuestionKind


class ProtocolError(ValueError):
    """The protocol file is wrong. The text names file, line, what is wrong, and the remedy."""

    def __init__(self, path: Path, line: int, problem: str, remedy: str) -> None:
        super().__init__(f"{path}:{line}: {problem}. {remedy}.")
        self.path = path
        self.line = line
        self.problem = problem
        self.remedy = remedy


@dataclass(frozen=True)
class Advice:
    """A disposition and the name of the response that says it."""

    disposition: Disposition
    response: str
    #: What it stands for, in a nurse's words; shown to staff.
    means: str
    #: Filed for staff although it is below urgent.
    file: bool = False


@dataclass(frozen=True)
class Criterion:
    """One row: when it holds for a finding, its advice applies."""

    id: str
    #: What the row stands for, in a nurse's words; shown to staff.
    means: str
    symptoms: frozenset[str]
    disposition: Disposition
    #: Empty only for a row that asks before it advises.
    response: str
    source: str
    when: tuple[Condition, ...] = ()
    unless: tuple[Condition, ...] = ()
    #: The question that follows: before any advice (clarify), or after it (urgent, kind onset).
    ask: QuestionKind | None = None
    file: bool = False
    version: str = ""
    #: Empty: no clinician of this clinic has signed it yet.
    reviewed_by: str = ""
    #: Place in the file, from 0.
    order: int = 0
    line: int = 0

    @property
    def advice(self) -> Advice:
        return Advice(self.disposition, self.response, self.means, self.file)

    def holds(self, finding: Finding, situation: Situation) -> bool:
        if finding.symptom not in self.symptoms:
            return False
        if not all(condition.holds(finding, situation) for condition in self.when):
            return False
        return not (self.unless and all(condition.holds(finding, situation) for condition in self.unless))


@dataclass(frozen=True)
class QuestionRow:
    """How one kind of question is asked, and what holds when it brings no answer."""

    kind: QuestionKind
    response: str
    source: str
    #: Wordings for a question about one symptom alone.
    response_for: Mapping[str, str] = field(default_factory=dict)
    #: "not sure", or the second unclear answer. None: nothing follows.
    unanswered: Advice | None = None
    #: What the answer is met with, where it changes no advice.
    answered: Advice | None = None
    version: str = ""
    reviewed_by: str = ""
    line: int = 0

    def wording(self, symptoms: tuple[str, ...]) -> str:
        """Name of the response that asks about these symptoms."""
        alone = symptoms[0] if len(symptoms) == 1 else ""
        return self.response_for.get(alone, self.response)


@dataclass(frozen=True)
class Protocol:
    """All rows for one procedure, with the version and the content hash that make a decision replayable."""

    procedure: str
    version: str
    reviewed_by: str
    #: SHA-256 of the file's bytes, hexadecimal.
    hash: str
    #: Letter → where rows with this source come from.
    sources: Mapping[str, str]
    questions_in_a_row: int
    #: A present symptom that no row covers.
    uncovered: Advice
    criteria: tuple[Criterion, ...]
    questions: Mapping[QuestionKind, QuestionRow]

    @classmethod
    def load(cls, path: Path) -> Protocol:
        """Reads and checks the file.

        Raises:
            ProtocolError: it cannot be read, or any row is wrong; names file, line and remedy.
        """
        from bot.triage.loading import load_protocol  # the loader needs the classes above

        return load_protocol(path)

    @cached_property
    def by_id(self) -> Mapping[str, Criterion]:
        return {criterion.id: criterion for criterion in self.criteria}

    def means(self, fired: str) -> str:
        """What a fired criterion stands for, for staff; empty for an id that this version does not know.

        Args:
            fired: ``FiredCriterion.id``: a row's id, ``uncovered``, or a question's ``duration.unanswered``.
        """
        if fired in self.by_id:
            return self.by_id[fired].means
        advice = {"uncovered": self.uncovered}
        for kind, row in self.questions.items():
            advice |= {f"{kind.value}.unanswered": row.unanswered} if row.unanswered else {}
            advice |= {f"{kind.value}.answered": row.answered} if row.answered else {}
        return advice[fired].means if fired in advice else ""

    @cached_property
    def by_symptom(self) -> Mapping[str, tuple[Criterion, ...]]:
        """The rows that can hold for each symptom key, in the file's order."""
        keys = {key for criterion in self.criteria for key in criterion.symptoms}
        return {key: tuple(row for row in self.criteria if key in row.symptoms) for key in keys}
