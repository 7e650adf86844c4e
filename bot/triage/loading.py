"""Reads a protocol file strictly: what is unknown, missing, mistyped or contradictory is refused."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from bot.triage.conditions import CONDITIONS, Condition
from bot.triage.model import ALL_KEYS, EMERGENCY_KEYS, Disposition, QuestionKind
from bot.triage.protocol import Advice, Criterion, Protocol, QuestionRow
from bot.triage.protocol_checks import check
from bot.triage.yaml_rows import Row, read_yaml

#: Words for many keys at once, in a row's ``symptoms``.
GROUPS = {"any": ALL_KEYS, "emergency_keys": frozenset(EMERGENCY_KEYS)}


def load_protocol(path: Path) -> Protocol:
    """See ``Protocol.load``."""
    content, top = read_yaml(path)
    procedure = top.text("procedure")
    version = top.text("version")
    reviewed_by = top.text("reviewed_by", empty=True)
    sources = top.texts("sources")
    in_a_row = top.whole_number("questions_in_a_row", at_least=1)
    uncovered = _advice(top.row("uncovered"))
    rows = [_criterion(row, i, sources, version, reviewed_by) for i, row in enumerate(top.rows("criteria"))]
    questions: dict[QuestionKind, QuestionRow] = {}
    for row in top.rows("questions"):
        question = _question(row, sources, version, reviewed_by)
        if question.kind in questions:
            raise row.error(
                "kind",
                f"there are two questions of the kind {question.kind.value!r}",
                f"Keep one; the other is at line {questions[question.kind].line}",
            )
        questions[question.kind] = question
    top.done()
    protocol = Protocol(
        procedure=procedure,
        version=version,
        reviewed_by=reviewed_by,
        hash=hashlib.sha256(content).hexdigest(),
        sources=sources,
        questions_in_a_row=in_a_row,
        uncovered=uncovered,
        criteria=tuple(rows),
        questions=questions,
    )
    check(protocol, path)
    return protocol


def _criterion(row: Row, order: int, sources: dict[str, str], version: str, reviewed_by: str) -> Criterion:
    identifier = row.text("id")
    if "." not in identifier:
        raise row.error("id", f"the id {identifier!r} has no dot", "Write it as symptom.what, for example fever.high")
    disposition = row.choice("disposition", [d.value for d in Disposition if d is not Disposition.NONE])
    asks = row.choice("ask", [kind.value for kind in QuestionKind], default="")
    if disposition == Disposition.CLARIFY.value and not asks:
        raise row.error("disposition", f"row {identifier} is clarify and asks nothing", "Add ask: with a kind")
    if asks and disposition != Disposition.CLARIFY.value and (disposition, asks) != ("urgent", "onset"):
        raise row.error(
            "ask",
            f"row {identifier} is {disposition} and asks {asks!r}",
            "Only clarify rows ask before advice, and only an urgent row may ask onset after it",
        )
    criterion = Criterion(
        id=identifier,
        means=row.text("means"),
        symptoms=_symptoms(row),
        when=_conditions(row, "when"),
        unless=_conditions(row, "unless"),
        disposition=Disposition(disposition),
        response=row.response("response", optional=bool(asks) and disposition == Disposition.CLARIFY.value),
        ask=QuestionKind(asks) if asks else None,
        file=row.yes_no("file", default=False),
        source=row.choice("source", list(sources)),
        version=row.text("version", default=version),
        reviewed_by=row.text("reviewed_by", default=reviewed_by, empty=True),
        order=order,
        line=row.line,
    )
    row.done()
    return criterion


def _question(row: Row, sources: dict[str, str], version: str, reviewed_by: str) -> QuestionRow:
    response_for: dict[str, str] = {}
    if row.has("response_for"):
        wordings = row.row("response_for")
        for key in wordings.names():
            if key not in ALL_KEYS:
                raise wordings.unknown_word(key, "symptom key", sorted(ALL_KEYS))
            response_for[key] = wordings.response(key)
    question = QuestionRow(
        kind=QuestionKind(row.choice("kind", [kind.value for kind in QuestionKind])),
        response=row.response("response"),
        response_for=response_for,
        unanswered=_advice(row.row("unanswered")) if row.has("unanswered") else None,
        answered=_advice(row.row("answered")) if row.has("answered") else None,
        source=row.choice("source", list(sources)),
        version=row.text("version", default=version),
        reviewed_by=row.text("reviewed_by", default=reviewed_by, empty=True),
        line=row.line,
    )
    row.done()
    wanted, other = ("answered", "unanswered") if question.kind is QuestionKind.ONSET else ("unanswered", "answered")
    if getattr(question, wanted) is None:
        raise row.error("kind", f"the question {question.kind.value} lacks {wanted!r}", f"Add {wanted}: to it")
    if getattr(question, other) is not None:
        remedy = "Only onset, which follows advice, has answered; every other kind has unanswered"
        raise row.error(other, f"the question {question.kind.value} has {other!r}", remedy)
    return question


def _advice(row: Row) -> Advice:
    given = [d.value for d in Disposition if d not in (Disposition.NONE, Disposition.CLARIFY)]
    advice = Advice(
        disposition=Disposition(row.choice("disposition", given)),
        response=row.response("response"),
        means=row.text("means"),
        file=row.yes_no("file", default=False),
    )
    row.done()
    return advice


def _symptoms(row: Row) -> frozenset[str]:
    keys: set[str] = set()
    for word in row.words("symptoms"):
        if word not in ALL_KEYS and word not in GROUPS:
            raise row.unknown_word(word, "symptom key", sorted(ALL_KEYS) + sorted(GROUPS), under="symptoms")
        keys |= GROUPS.get(word, {word})
    return frozenset(keys)


def _conditions(row: Row, name: str) -> tuple[Condition, ...]:
    """The conditions under ``when`` or ``unless``; a ``when`` without ``status`` means present findings."""
    found: list[Condition] = []
    if row.has(name):
        block = row.row(name)
        for key in block.names():
            if key not in CONDITIONS:
                raise block.unknown_word(key, "condition", list(CONDITIONS))
            raw: Any = block.take(key)
            try:
                found.append(Condition(key, CONDITIONS[key].parse(raw)))
            except ValueError as error:
                raise block.error(key, f"the condition {key!r} has a wrong value", str(error)) from None
    if name == "when" and not any(condition.name == "status" for condition in found):
        found.insert(0, Condition("status", frozenset({"present"})))
    return tuple(found)
