"""Clarifying questions: what a pending one is still about, whether it is answered, which is due next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.triage.conditions import duration, reading, status
from bot.triage.model import ALL_KEYS, Disposition, Encounter, Finding, Findings, Question, QuestionKind
from bot.triage.protocol import Advice, Criterion, Protocol

#: Asked after urgent advice too: the answers help the person who takes the call.
STILL_WORTH_ASKING = frozenset({QuestionKind.DURATION, QuestionKind.COURSE, QuestionKind.TEMPERATURE})


@dataclass(frozen=True)
class Hit:
    """A criterion that holds for a finding, or what follows from a question without an answer."""

    id: str
    advice: Advice
    finding: Finding
    #: The patient's words.
    evidence: str
    source: str
    #: Place of its advice among hits of one disposition; the lowest gives the response.
    order: int
    criterion: Criterion | None = None

    @property
    def general(self) -> bool:
        """It rests on a general question ("is fever normal?"), not on a report."""
        return status(self.finding) == "general"

    def asks(self, kind: QuestionKind) -> bool:
        return self.criterion is not None and self.criterion.ask is kind


def blocks(pending: Question | None) -> bool:
    """A symptom question that needs its answer: neither one after advice, nor one after a general question."""
    return pending is not None and not follows_advice(pending) and not pending.general


def follows_advice(pending: Question) -> bool:
    """Its answer delays and withdraws nothing. An onset question is never asked otherwise."""
    return pending.after_advice or pending.kind is QuestionKind.ONSET


def carried(pending: Question | None, findings: Findings) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """The findings the pending question is about, as far as this message leaves them standing.

    Returns:
        Those that the message does not mention, and those that it mentions again as present.
    """
    if pending is None or pending.kind is QuestionKind.PRESENCE:
        return (), ()
    about = pending.about or tuple(Finding(key) for key in pending.symptoms if key in ALL_KEYS)
    mentioned = {item.symptom for item in findings.items}
    present = {item.symptom for item in findings.present}
    return (
        tuple(finding for finding in about if finding.symptom not in mentioned),
        tuple(finding for finding in about if finding.symptom in present),
    )


def is_answered(pending: Question, findings: Findings) -> bool:
    """The reader took the message for an answer, or the message holds the answer in passing."""
    if findings.answered:
        return True
    if pending.kind is QuestionKind.PROCEDURE_DAY:
        return findings.procedure_day is not None
    spoken = (item for item in _asked_for(pending, findings) if status(item) in ("present", "resolved", "negated"))
    return any(_tells(pending.kind, item) for item in spoken)


def is_told(pending: Question, findings: Findings, encounter: Encounter) -> bool:
    """The answer brought what was asked for; False for "not sure"."""
    if pending.kind is QuestionKind.PROCEDURE_DAY:
        return encounter.days_since_procedure is not None
    return any(_tells(pending.kind, item) for item in _asked_for(pending, findings))


def _asked_for(pending: Question, findings: Findings) -> tuple[Finding, ...]:
    return tuple(item for item in findings.items if not pending.symptoms or item.symptom in pending.symptoms)


def _tells(kind: QuestionKind, finding: Finding) -> bool:
    """The finding holds what a question of this kind asks for, or says that there is nothing (any more)."""
    if kind is QuestionKind.PRESENCE or status(finding) in ("negated", "resolved", "historical"):
        return True
    if kind is QuestionKind.DURATION:
        return duration(finding) is not None or finding.persistent
    if kind is QuestionKind.COURSE:
        return finding.course is not None
    if kind is QuestionKind.TEMPERATURE:
        return reading(finding) is not None
    return finding.new is not None


def next_question(hits: Sequence[Hit], pending: Question | None, protocol: Protocol) -> Question | None:
    """The question that the clarify hits call for, the file's first row first.

    Args:
        hits: all hits of the message in the order of their advice.
        pending: the question that this message answered, if any.

    Returns:
        None when as many questions in a row as the protocol allows were asked already.
    """
    asking = [hit for hit in hits if hit.advice.disposition is Disposition.CLARIFY and hit.criterion]
    reported = [hit for hit in asking if not hit.general]
    chosen = reported or asking
    kind = chosen[0].criterion.ask if chosen and chosen[0].criterion else None
    if kind is None:
        return None
    asked = 1 + (pending.asked if pending is not None and reported else 0)
    if asked > protocol.questions_in_a_row:
        return None
    same = [hit.finding for hit in chosen if hit.asks(kind)]
    symptoms = tuple(dict.fromkeys(finding.symptom for finding in same))
    # What else waits (another question's finding, a complaint to file) rides along until the answer comes.
    waiting = [hit.finding for hit in hits if reported and not hit.general and (hit in reported or hit.advice.file)]
    wording = protocol.questions[kind].wording(symptoms)
    return Question(kind, symptoms, wording, _affirmed([*same, *waiting]), asked, general=not reported)


def repeated(pending: Question, hits: Sequence[Hit], protocol: Protocol) -> Question:
    """The pending question once more, now also about what the message added."""
    due = next_question(hits, None, protocol)
    added = due.about if due is not None and not due.general else ()
    names = {finding.symptom for finding in added}
    kept = tuple(finding for finding in pending.about if finding.symptom not in names)
    wording = pending.response or protocol.questions[pending.kind].wording(pending.symptoms)
    return replace(pending, asked=pending.asked + 1, about=(*kept, *added), response=wording)


def question_after_advice(hits: Sequence[Hit], protocol: Protocol) -> Question | None:
    """The question that may follow urgent advice: whether a limb symptom is new, or what another symptom of the
    message would have been asked."""
    asking = [hit.finding for hit in hits if hit.asks(QuestionKind.ONSET)]
    if asking:
        symptoms = tuple(dict.fromkeys(finding.symptom for finding in asking))
        wording = protocol.questions[QuestionKind.ONSET].wording(symptoms)
        return Question(QuestionKind.ONSET, symptoms, wording, _affirmed(asking), after_advice=True)
    told = {hit.finding.symptom for hit in hits if hit.advice.disposition.at_least(Disposition.URGENT)}
    open_hits = [hit for hit in hits if not hit.general and hit.finding.symptom not in told]
    due = next_question(open_hits, None, protocol)
    if due is None or due.kind not in STILL_WORTH_ASKING:
        return None
    about = tuple(finding for finding in due.about if finding.symptom in due.symptoms)
    return replace(due, about=about, after_advice=True)


def _affirmed(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each finding once, as a report: what a "yes" makes of a general question."""
    reports = (replace(f, hypothetical=False, question=False) if status(f) == "general" else f for f in findings)
    return tuple(dict.fromkeys(reports))
