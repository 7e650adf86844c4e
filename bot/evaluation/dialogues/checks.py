"""Holds what came back against what the script expects: the differences, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bot.escalation.model import Escalation
from bot.evaluation.dialogues.script import Expected, ExpectedEscalation, Turn
from bot.evaluation.dialogues.stage import Outcome


def differences(turn: Turn, outcome: Outcome, interlock_before: Mapping[str, int]) -> Iterator[str]:
    """What is not as written.

    Args:
        interlock_before: the interlock's counts after the turn before; in a turn that breaks nothing they stay.
    """
    expected = turn.expected
    if not turn.broken and outcome.interlock != interlock_before:
        reasons = sorted(name for name, count in outcome.interlock.items() if count != interlock_before.get(name))
        yield f"the interlock answered in Rasa's place ({', '.join(reasons)})"
    if turn.says is not None and not outcome.text.strip():
        yield "there is no reply"
    if expected.disposition is not None and outcome.disposition is not expected.disposition:
        yield f"disposition: expected {expected.disposition.value}, got {outcome.disposition.value}"
    yield from _responses(expected, outcome.responses)
    yield from _texts(expected, outcome)
    if expected.question is not None and outcome.question != expected.question:
        yield f"question: expected {expected.question or 'none'}, got {outcome.question or 'none'}"
    if expected.choices is not None and outcome.choices != expected.choices:
        yield f"choices: expected {_listed(expected.choices)}, got {_listed(outcome.choices)}"
    yield from (f"contact: {text!r} is not in it" for text in expected.contact if text not in outcome.contact)
    for text in expected.unanswered:
        if not any(text.casefold() in asked for asked in outcome.unanswered):
            yield f"unanswered: {text!r} is not stored"
    if expected.escalation is not None:
        yield from _escalation(expected.escalation, outcome.escalation)


def _responses(expected: Expected, given: Sequence[str]) -> Iterator[str]:
    left = iter(given)
    for name in expected.responses:
        if name not in left:
            yield f"responses: {name} is missing or out of order, got {_listed(given)}"
            break
    if expected.exactly is not None and tuple(given) != expected.exactly:
        yield f"exactly: expected {_listed(expected.exactly)}, got {_listed(given)}"
    for name in expected.without:
        if name in given:
            yield f"without: {name} is there"


def _texts(expected: Expected, outcome: Outcome) -> Iterator[str]:
    words = outcome.text.casefold()
    for text in expected.contains:
        if _filled(text, outcome) not in words:
            yield f"contains: {text!r} is not in the reply"
    for text in expected.lacks:
        if _filled(text, outcome) in words:
            yield f"lacks: {text!r} is in the reply"


def _filled(text: str, outcome: Outcome) -> str:
    for name, value in outcome.facts.items():
        text = text.replace(f"{{{name}}}", value)
    return text.casefold()


def _escalation(expected: ExpectedEscalation, given: Escalation | None) -> Iterator[str]:
    if given is None or not expected.open:
        if expected.open:
            yield "escalation: none is open"
        elif given is not None:
            yield f"escalation: one is open ({given.disposition.value}), expected none"
        return
    for name in ("disposition", "status", "origin"):
        wanted, got = getattr(expected, name), getattr(given, name)
        if wanted is not None and got is not wanted:
            yield f"escalation: expected {name} {wanted.value}, got {got.value}"
    if given.priority < expected.priority_at_least:
        yield f"escalation: expected a priority of {expected.priority_at_least} or more, got {given.priority}"
    for note in expected.notes:
        if not any(note.casefold() in row["note"].casefold() for row in given.notes):
            yield f"escalation: no note says {note!r}, got {_listed([row['note'] for row in given.notes])}"
    for symptom in expected.symptoms:
        if symptom not in given.symptoms:
            yield f"escalation: {symptom} is not in it, got {_listed(sorted(given.symptoms))}"


def _listed(items: Sequence[str]) -> str:
    return "[" + ", ".join(items) + "]"
