"""The triage engine: findings and a protocol in, a disposition with its criteria out. Pure and total."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.triage.conditions import Situation, partners, status
from bot.triage.model import (
    ALL_KEYS,
    Decision,
    Disposition,
    Encounter,
    Finding,
    Findings,
    FiredCriterion,
    Question,
    QuestionKind,
)
from bot.triage.protocol import Criterion, Protocol
from bot.triage.questions import (
    Hit,
    blocks,
    carried,
    follows_advice,
    is_answered,
    is_told,
    next_question,
    question_after_advice,
    repeated,
)

#: Advice that is no row of the file comes after that of the rows.
AFTER_ROWS = 1_000_000


def assess(findings: Findings, pending: Question | None, encounter: Encounter, protocol: Protocol) -> Decision:
    """What the patient should do now, or what to ask; the worst finding wins.

    Args:
        findings: what this message says.
        pending: the question that waits for its answer, if any.
        encounter: what earlier messages said; what this message adds is taken from ``findings``.
        protocol: the clinic's reviewed rows.

    Returns:
        The decision with every criterion that held, worst first. Never raises.
    """
    known = encounter.learn(findings)
    waiting, renewed = carried(pending, findings)
    present = tuple(item for item in (*findings.items, *waiting) if item.present)
    mentioned = {item.symptom for item in findings.items}
    earlier = tuple(item for item in known.earlier if item.present and item.symptom not in mentioned)
    situation = Situation((*present, *earlier), known, findings.language, protocol.by_id)
    hits = [hit for item in findings.items for hit in _hits(item, situation, protocol)]
    brought = [hit for item in waiting for hit in _hits(item, situation, protocol)]
    # The new mention counts instead, but a detail of the first ("stiff") still combines with other findings.
    hits += [hit for item in renewed for hit in _hits(item, situation, protocol) if _combines(hit)]
    hits += _joined_now(earlier, situation, known, protocol) if present else []
    if pending is None:
        return _decide(hits, None, findings, protocol)
    answered = is_answered(pending, findings)
    if not blocks(pending):
        # Advice on what it is about was given; news is only what that means together with this message.
        hits += [hit for hit in brought if _combines(hit)]
        if follows_advice(pending):
            return _after_advice(hits, pending, findings, protocol)
        return _decide(hits, pending if answered else None, findings, protocol)
    hits += brought
    if answered and is_told(pending, findings, known):
        return _decide(hits, pending, findings, protocol)
    unsure = answered and pending.kind is not QuestionKind.PRESENCE
    if not _red(hits):
        if not unsure and pending.asked < protocol.questions_in_a_row:
            return _decision(hits, Disposition.CLARIFY, repeated(pending, _in_order(hits), protocol), protocol)
        hits = [hit for hit in hits if not hit.asks(pending.kind)] + _follow_up(
            pending, "unanswered", findings, protocol
        )
    return _decide(hits, pending, findings, protocol)


def _hits(finding: Finding, situation: Situation, protocol: Protocol) -> list[Hit]:
    """The rows that hold for one finding; a present finding that none covers is not dropped."""
    hits = [
        Hit(row.id, row.advice, finding, _evidence(row, finding, situation), row.source, row.order, row)
        for row in protocol.by_symptom.get(finding.symptom, ())
        if row.holds(finding, situation)
    ]
    if not hits and status(finding) == "present":
        hits.append(Hit("uncovered", protocol.uncovered, finding, finding.text, "", AFTER_ROWS))
    return hits


def _joined_now(earlier: tuple[Finding, ...], situation: Situation, known: Encounter, protocol: Protocol) -> list[Hit]:
    """What earlier findings mean together with this message, and did not mean among themselves."""
    before = Situation(earlier, known, situation.language, protocol.by_id)
    told = {hit.id for item in earlier for hit in _hits(item, before, protocol)}
    hits = [hit for item in earlier for hit in _hits(item, situation, protocol)]
    return [hit for hit in hits if _combines(hit) and hit.id not in told]


def _evidence(row: Criterion, finding: Finding, situation: Situation) -> str:
    """The patient's words for the finding and for what a combination adds."""
    found = [finding.text]
    for condition in row.when:
        if condition.name == "together_with":
            found += [other.text for other in partners(condition.value, finding, situation)]
    return " + ".join(dict.fromkeys(text for text in found if text))


def _combines(hit: Hit) -> bool:
    return hit.criterion is not None and any(c.name == "together_with" for c in hit.criterion.when)


def _red(hits: Sequence[Hit]) -> bool:
    return any(hit.advice.disposition.at_least(Disposition.URGENT) for hit in hits)


def _in_order(hits: Sequence[Hit]) -> list[Hit]:
    return sorted(hits, key=lambda hit: (hit.advice.disposition.acuity, hit.order))


def _follow_up(pending: Question, what: str, findings: Findings, protocol: Protocol) -> list[Hit]:
    """The advice that the protocol ties to a question as ``answered`` or ``unanswered``."""
    row = protocol.questions[pending.kind]
    advice = row.answered if what == "answered" else row.unanswered
    if advice is None:
        return []
    symptom = next((key for key in pending.symptoms if key in ALL_KEYS), "other")
    said = (item for item in (*findings.items, *pending.about) if item.symptom == symptom)
    finding = next(said, Finding(symptom))
    return [Hit(f"{pending.kind.value}.{what}", advice, finding, finding.text, row.source, AFTER_ROWS)]


def _after_advice(hits: list[Hit], pending: Question, findings: Findings, protocol: Protocol) -> Decision:
    """A message after the advice and the question behind it: the answer is noted, the advice stays."""
    if findings.answered:
        asked_about = [hit for hit in hits if hit.finding.symptom in pending.symptoms]
        noted = _follow_up(replace(pending, kind=QuestionKind.ONSET), "answered", findings, protocol)
        # The rows for the same symptom would repeat, or take back, what was said.
        later = [replace(hit, order=AFTER_ROWS + 1) for hit in asked_about]
        hits = [hit for hit in hits if hit not in asked_about] + noted + later
    decision = _decide(hits, None, findings, protocol)
    # One question behind the advice is enough.
    again = decision.question is not None and follows_advice(decision.question)
    return replace(decision, question=None) if again else decision


def _decide(hits: list[Hit], answered: Question | None, findings: Findings, protocol: Protocol) -> Decision:
    """The decision on these hits; ``answered`` is the question this message replied to."""
    hits = _in_order(hits)
    worst = Disposition.worst([hit.advice.disposition for hit in hits])
    question: Question | None = None
    if worst is Disposition.CLARIFY:
        question = next_question(hits, answered, protocol)
        if question is None:
            hits = _in_order([_unasked(hit, protocol) for hit in hits])
            worst = Disposition.worst([hit.advice.disposition for hit in hits])
            # A general question is left, if any.
            question = next_question(hits, None, protocol) if worst is Disposition.CLARIFY else None
    elif worst is Disposition.URGENT and findings.language == "en":
        question = question_after_advice(hits, protocol)
    return _decision(hits, worst, question, protocol)


def _unasked(hit: Hit, protocol: Protocol) -> Hit:
    """A report that may not be asked about any more counts as unanswered."""
    kind = hit.criterion.ask if hit.criterion else None
    advice = protocol.questions[kind].unanswered if kind else None
    if kind is None or advice is None or hit.general or hit.advice.disposition is not Disposition.CLARIFY:
        return hit
    return replace(hit, id=f"{kind.value}.unanswered", advice=advice, order=AFTER_ROWS, criterion=None)


def _decision(hits: Sequence[Hit], worst: Disposition, question: Question | None, protocol: Protocol) -> Decision:
    ordered = _in_order(hits)
    fired = (
        FiredCriterion(
            hit.id, hit.advice.disposition, hit.finding.symptom, hit.advice.response, hit.evidence, hit.source
        )
        for hit in ordered
    )
    advice = (hit.advice for hit in ordered if hit.advice.disposition is worst and hit.advice.response)
    first = next(advice, None)
    # What waits for an answer is filed with it; what is urgent is filed anyway.
    below = worst in (Disposition.ROUTINE, Disposition.SELF_CARE)
    return Decision(
        disposition=worst,
        criteria=tuple(dict.fromkeys(fired)),
        question=question,
        response=first.response if first else "",
        file=below and any(hit.advice.file for hit in ordered),
        protocol_version=protocol.version,
        protocol_hash=protocol.hash,
    )
