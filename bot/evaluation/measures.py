"""The figures: every rate with its numerator and denominator."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from bot.evaluation.label_keys import Expected
from bot.evaluation.labels import LABEL_KEYS, Refusal
from bot.evaluation.replay import Case
from bot.evaluation.wilson import Rate
from bot.triage.model import Disposition


@dataclass(frozen=True)
class KeyMeasures:
    """Rates of one label key. Sensitivity and under-triage: where the label says present. Specificity and
    over-triage: where the label names the key as denied, asked about, past or somebody else's."""

    sensitivity: Rate
    specificity: Rate
    under_triage: Rate
    #: Of those lines only the ones where nothing at all is present.
    over_triage: Rate


@dataclass(frozen=True)
class GroupMeasures:
    """Rates of one file, or of one group of lines."""

    lines: int
    #: Keys that the labels say are present, found. Several to a line.
    found: Rate
    #: Keys that the labels name as not there, left unflagged.
    unflagged: Rate
    under_triage: Rate
    over_triage: Rate
    #: All lines, whatever the label: called urgent or worse.
    alarms: Rate


@dataclass(frozen=True)
class Summary:
    #: Lines with something present that were given what they need; the rest is under-triage.
    safe: Rate
    under_triage: Rate
    #: Lines with nothing present that were called urgent or worse.
    over_triage: Rate
    emergency_at_least_urgent: Rate
    emergency_called: Rate
    #: Lines without an emergency in the label that were sent to 911.
    needless_emergency: Rate
    #: "Not sure" about a key, taken as present.
    unsure_as_present: Rate


@dataclass(frozen=True)
class Measures:
    summary: Summary
    keys: dict[str, KeyMeasures]
    files: dict[str, GroupMeasures]
    groups: dict[str, GroupMeasures]
    #: Expected -> given -> lines.
    confusion: dict[Expected, dict[Disposition, int]]
    misses: tuple[Case, ...]
    lines: int
    refusals: tuple[Refusal, ...] = ()
    protocol_version: str = ""
    protocol_hash: str = ""

    def to_dict(self) -> dict[str, Any]:
        """JSON form; rates as {"count", "total", "rate", "low", "high"}."""
        return {
            "lines": self.lines,
            "protocol": {"version": self.protocol_version, "hash": self.protocol_hash},
            "summary": _dict_of(self.summary),
            "keys": {name: _dict_of(item) for name, item in self.keys.items()},
            "files": {name: _dict_of(item) for name, item in self.files.items()},
            "groups": {name: _dict_of(item) for name, item in self.groups.items()},
            "confusion": {
                wanted.value: {given.value: count for given, count in row.items()}
                for wanted, row in self.confusion.items()
            },
            "misses": [_miss(case) for case in self.misses],
            "refused": [{"file": item.file, "line": item.line, "reason": item.reason} for item in self.refusals],
        }


def measure(cases: list[Case], refusals: list[Refusal] | None = None) -> Measures:
    """All figures of a replay."""
    decision = cases[0].result.decision if cases else None
    return Measures(
        summary=_summary(cases),
        keys={key: _key(key, cases) for key in LABEL_KEYS},
        files={name: _group([c for c in cases if c.label.file == name]) for name in _in_order(cases)},
        groups={name: _group([c for c in cases if name in c.label.groups]) for name in _group_names(cases)},
        confusion=_confusion(cases),
        misses=tuple(sorted((case for case in cases if case.problems), key=_severity)),
        lines=len(cases),
        refusals=tuple(refusals or ()),
        protocol_version=decision.protocol_version if decision else "",
        protocol_hash=decision.protocol_hash if decision else "",
    )


def _summary(cases: list[Case]) -> Summary:
    flags = [case for case in cases if case.label.present | case.label.unsure]
    emergencies = [case for case in cases if case.expected is Expected.EMERGENCY]
    others = [case for case in cases if case.expected is not Expected.EMERGENCY]
    return Summary(
        safe=Rate.of([not case.under for case in flags]),
        under_triage=_under(cases),
        over_triage=_over(cases),
        emergency_at_least_urgent=Rate.of([case.alarm for case in emergencies]),
        emergency_called=Rate.of([not case.emergency_missed for case in emergencies]),
        needless_emergency=Rate.of(
            [case.needless_emergency for case in others if "emergency" not in case.label.optional]
        ),
        unsure_as_present=Rate.of([key in case.found for case in cases for key in case.label.unsure]),
    )


def _key(key: str, cases: list[Case]) -> KeyMeasures:
    present = [case for case in cases if key in case.label.present]
    named = [case for case in cases if key in case.label.named_only]
    return KeyMeasures(
        sensitivity=Rate.of([key not in case.missed for case in present]),
        specificity=Rate.of([key not in case.false_flags for case in named]),
        under_triage=Rate.of([case.under_for(key) for case in present]),
        over_triage=_over(named),
    )


def _group(cases: list[Case]) -> GroupMeasures:
    return GroupMeasures(
        lines=len(cases),
        found=Rate.of([key not in case.missed for case in cases for key in case.label.present]),
        unflagged=Rate.of([key not in case.false_flags for case in cases for key in case.label.named_only]),
        under_triage=_under(cases),
        over_triage=_over(cases),
        alarms=Rate.of([case.alarm for case in cases]),
    )


def _under(cases: list[Case]) -> Rate:
    return Rate.of([case.under for case in cases if case.label.present | case.label.unsure])


def _over(cases: list[Case]) -> Rate:
    return Rate.of([case.over for case in cases if case.expected is Expected.NO_ALARM])


def _confusion(cases: list[Case]) -> dict[Expected, dict[Disposition, int]]:
    counts = Counter((case.expected, case.given) for case in cases)
    return {wanted: {given: counts[wanted, given] for given in Disposition} for wanted in Expected}


def _in_order(cases: list[Case]) -> list[str]:
    return list(dict.fromkeys(case.label.file for case in cases))


def _group_names(cases: list[Case]) -> list[str]:
    return sorted({name for case in cases for name in case.label.groups})


def _severity(case: Case) -> tuple[bool, bool, bool, str, int]:
    """Sorts misses: under-triage first, then unfound red flags, then the false alarms; else as in the files."""
    return not case.under, not (case.missed or case.emergency_missed), not case.over, case.label.file, case.label.line


def _dict_of(item: Any) -> dict[str, Any]:
    return {name: value.to_dict() if isinstance(value, Rate) else value for name, value in vars(item).items()}


def _miss(case: Case) -> dict[str, Any]:
    label, decision = case.label, case.result.decision
    return {
        "file": label.file,
        "line": label.line,
        "id": label.id,
        "text": label.text,
        "prev": label.prev,
        "problems": list(case.problems),
        "expected": case.expected.value,
        "expected_present": sorted(label.present),
        "given": case.given.value,
        "criteria": [criterion.id for criterion in decision.criteria],
        "findings": [finding.to_dict() for finding in case.result.findings.items],
    }
