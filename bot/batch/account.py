"""A readable account of one message's triage, for `aftercare triage --explain`."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from bot.batch.message import Message
from bot.clinical.explain import Explanation, Reason, explain
from bot.screen import Screen
from bot.triage.engine import assess
from bot.triage.model import Encounter, Finding

_STATES = ("negated", "hypothetical", "historical", "resolved")
_TITLES = {
    "experiencer": "somebody else",
    "question": "asked in general",
    "historical": "in the past",
    "resolved": "over",
    "duration_hours": "hours so far",
    "new": "new since the procedure",
    "value": "reading",
}


def account(screen: Screen, message: Message) -> str:
    """Findings with the words behind them, then the criteria that fired with what they mean and their source."""
    text, question = message.text, message.question
    findings, explanations = explain(screen.reader, text, question)
    decision = assess(findings, question, Encounter().learn(findings), screen.protocol)
    lines = [*(f"{name}: {value}" for name, value in message.label), f"message: {text}"]
    if question is not None:
        about = ", ".join(question.symptoms) or "nothing named"
        answered = "answered" if findings.answered else "not answered"
        lines.append(f"question: {question.kind.value} ({question.sense.value}) of {about}: {answered}")
    lines += [line for item in explanations for line in _finding(item)]
    if not explanations:
        lines.append("finding: none")
    for fired in decision.criteria:
        means = screen.protocol.means(fired.id) or fired.symptom
        source = f"source {fired.source}" if fired.source else "no source"
        lines.append(f"criterion: {fired.id} -> {fired.disposition.value} ({source})")
        lines.append(f"    means: {means}")
        if fired.evidence:
            lines.append(f"    words: {fired.evidence!r}")
    if decision.question is not None:
        lines.append(f"asks: {decision.question.response}")
    lines.append(f"disposition: {decision.disposition.value}")
    return "\n".join(lines)


def _finding(item: Explanation) -> Iterator[str]:
    finding = item.finding
    yield f"finding: {finding.symptom}, {_state(finding)}"
    yield f"    concept: {finding.concept} from {finding.text!r}"
    for reason in item.reasons:
        yield f"    {_TITLES.get(reason.name, reason.name)}{_value(reason, finding)}: {_origin(reason)}"


def _state(finding: Finding) -> str:
    if finding.present:
        return "present, not certain" if finding.uncertain else "present"
    said = [name for name in _STATES if getattr(finding, name)]
    return ", ".join(["not present", *(_TITLES.get(name, name) for name in said)])


def _value(reason: Reason, finding: Finding) -> str:
    if reason.value is True or reason.name == "experiencer":
        return ""
    value = reason.value.value if isinstance(reason.value, Enum) else reason.value
    if isinstance(value, tuple):
        value = ", ".join(value)
    if isinstance(value, float):
        value = f"{value:g}"
    return f" = {value}{finding.unit if reason.name == 'value' else ''}"


def _origin(reason: Reason) -> str:
    if reason.origin == "answer":
        return f"the answer {reason.words!r} ({reason.scope})"
    if reason.origin == "concept":
        return "what the concept itself says"
    if reason.origin == "sentence":
        return f"the form of the sentence {reason.words!r}"
    origin = f"{reason.origin} {reason.words!r}"
    return f"{origin}, scope {reason.scope!r}" if reason.scope and reason.scope != reason.words else origin
