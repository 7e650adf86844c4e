"""Checks across the rows of a protocol: what no single row can show to be wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.triage.conditions import CONDITIONS, Condition
from bot.triage.model import ALL_KEYS, EMERGENCY_KEYS, Disposition, QuestionKind
from bot.triage.protocol import Criterion, Protocol, ProtocolError

Meaning = frozenset[tuple[str, Any]]


def check(protocol: Protocol, path: Path) -> None:
    """Raises ProtocolError for the first thing that is wrong."""
    _unique_ids(protocol, path)
    _known_partners(protocol, path)
    _no_contradiction(protocol, path)
    _every_question(protocol, path)
    _every_key(protocol, path)


def _unique_ids(protocol: Protocol, path: Path) -> None:
    first: dict[str, Criterion] = {}
    for row in protocol.criteria:
        if row.id in first:
            remedy = f"Give it another id; the first is at line {first[row.id].line}"
            raise ProtocolError(path, row.line, f"duplicate id {row.id!r}", remedy)
        first[row.id] = row


def _known_partners(protocol: Protocol, path: Path) -> None:
    for row in protocol.criteria:
        for word in sorted(_rows_named(row)):
            other = protocol.by_id.get(word)
            if other is None:
                problem = f"row {row.id} names {word!r} in together_with, and there is no such row"
                raise ProtocolError(path, row.line, problem, "Name a row's id, a symptom key or key:mark")
            if _rows_named(other):
                problem = f"row {row.id} names {word!r} in together_with, which itself names rows"
                raise ProtocolError(path, row.line, problem, "Name a row whose together_with holds symptom keys only")


def _rows_named(row: Criterion) -> set[str]:
    conditions = (*row.when, *row.unless)
    return {word for c in conditions if c.name == "together_with" for word in c.value if "." in word}


def _meaning(conditions: tuple[Condition, ...]) -> Meaning:
    """The conditions without those that exclude nothing."""
    return frozenset((c.name, c.value) for c in conditions if c.value != CONDITIONS[c.name].every_word)


def _no_contradiction(protocol: Protocol, path: Path) -> None:
    seen: dict[tuple[str, Meaning, Meaning], Criterion] = {}
    for row in protocol.criteria:
        for symptom in sorted(row.symptoms):
            same = seen.setdefault((symptom, _meaning(row.when), _meaning(row.unless)), row)
            if same is row:
                continue
            where = f"row {same.id} at line {same.line}"
            if same.disposition is not row.disposition:
                problem = (
                    f"row {row.id} contradicts {where}: {row.disposition.value} against "
                    f"{same.disposition.value} for {symptom} under the same conditions"
                )
            else:
                problem = f"row {row.id} repeats {where} for {symptom}"
            raise ProtocolError(path, row.line, problem, "Change the conditions of one, or remove one")


def _every_question(protocol: Protocol, path: Path) -> None:
    for kind in QuestionKind:
        if kind not in protocol.questions:
            problem = f"there is no question of the kind {kind.value!r}"
            raise ProtocolError(path, 1, problem, "Add it under questions; every kind must be there")


def _every_key(protocol: Protocol, path: Path) -> None:
    """Every key has a row; an emergency key has one without conditions, at least urgent."""
    for key in sorted(ALL_KEYS):
        present = [row for row in protocol.by_symptom.get(key, ()) if _plain(row) or key not in EMERGENCY_KEYS]
        safe = [row for row in present if row.disposition.at_least(Disposition.URGENT)]
        if key in EMERGENCY_KEYS and not safe:
            problem = f"the emergency key {key!r} has no row without conditions that is urgent or emergency"
            raise ProtocolError(path, 1, problem, "Add such a row: this key may never depend on a condition")
        if not any(_takes_present(row) for row in present):
            problem = f"no row covers the symptom key {key!r}"
            raise ProtocolError(path, 1, problem, f"Add a row with symptoms: [{key}]")


def _takes_present(row: Criterion) -> bool:
    return any(c.name == "status" and "present" in c.value for c in row.when) and not any(
        c.name == "language" for c in row.when
    )


def _plain(row: Criterion) -> bool:
    """Holds for every present finding of its symptoms."""
    return _takes_present(row) and not row.unless and all(c.name == "status" for c in row.when)
