"""The conditions that a protocol row can set: their words in the file, and when each of them holds.

A row of the protocol counts when all conditions under ``when`` hold, and not all of those under
``unless``. Every condition looks at one finding and at the situation around it. No threshold is written
here: numbers and words come from the protocol file.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from typing import Protocol as Interface

from bot.triage.model import ALL_KEYS, Course, Encounter, Finding, Severity

UNKNOWN = "unknown"
STATUSES = ("present", "resolved", "general", "hypothetical", "negated", "historical", "other_person")
LANGUAGES = ("en", "es", "und")


def status(finding: Finding) -> str:
    """ConText's assertion in one word; ``general`` is a question such as "is fever normal?"."""
    if finding.experiencer != "patient":
        return "other_person"
    # Gone since the procedure is news, whatever word ("no fever any more") carries it.
    if finding.resolved and not finding.hypothetical:
        return "resolved"
    if finding.negated:
        return "negated"
    if finding.hypothetical:
        return "general" if finding.question else "hypothetical"
    return "historical" if finding.historical else "present"


def reading(finding: Finding) -> float | None:
    """Temperature in °F, or None without a usable one."""
    known = finding.unit == "F" and finding.value is not None and math.isfinite(finding.value)
    return finding.value if known else None


def score(finding: Finding) -> float | None:
    """Pain score from 0 to 10."""
    known = finding.unit == "/10" and finding.value is not None and math.isfinite(finding.value)
    return finding.value if known else None


def duration(finding: Finding) -> float | None:
    """Hours since the symptom began; NaN and negative numbers say nothing."""
    return finding.duration_hours if finding.duration_hours is not None and finding.duration_hours >= 0 else None


@dataclass(frozen=True)
class Situation:
    """What surrounds a finding: the other findings, the encounter, the language, the rows by id."""

    #: Present findings of the message, and those that the pending question is about.
    present: tuple[Finding, ...]
    encounter: Encounter
    language: str
    rows: Mapping[str, Row]


@dataclass(frozen=True)
class Condition:
    """One condition of a row: its name in ``CONDITIONS`` and the value that the file gives it."""

    name: str
    value: Any

    def holds(self, finding: Finding, situation: Situation) -> bool:
        return CONDITIONS[self.name].holds(self.value, finding, situation)


class Row(Interface):
    """What ``together_with`` needs to know of another row."""

    def holds(self, finding: Finding, situation: Situation) -> bool: ...


# Shapes: how a value is written in the file. Each raises ValueError with the remedy for a wrong one.


def _number(raw: Any) -> float:
    if isinstance(raw, bool) or not isinstance(raw, (int, float)) or not math.isfinite(raw):
        raise ValueError("Write a number, for example 100.0")
    return float(raw)


def _yes_no(raw: Any) -> bool:
    if raw not in ("yes", "no"):
        raise ValueError("Write yes or no")
    return bool(raw == "yes")


def _list(raw: Any, example: str) -> list[str]:
    if not isinstance(raw, list) or not raw or not all(isinstance(item, str) for item in raw):
        raise ValueError(f"Write a list of words, for example [{example}]")
    return [str(item) for item in raw]


def _words(*allowed: str) -> Callable[[Any], frozenset[str]]:
    def parse(raw: Any) -> frozenset[str]:
        words = _list(raw, allowed[0])
        for word in words:
            if word not in allowed:
                raise ValueError(f"{word!r} is not one of: {', '.join(allowed)}. Use only these words")
        return frozenset(words)

    return parse


def _free_words(raw: Any) -> frozenset[str]:
    return frozenset(_list(raw, "medicine"))


def _days(raw: Any) -> tuple[int | None, int | None, bool]:
    """``{from: 3, to: 28, unknown: yes}`` as (3, 28, True); an open end is None."""
    remedy = "Write for example {from: 3, to: 28} or {to: 7, unknown: yes}; days are whole numbers"
    if not isinstance(raw, dict) or not raw or set(raw) - {"from", "to", "unknown"}:
        raise ValueError(remedy)
    first, last = raw.get("from"), raw.get("to")
    for day in (first, last):
        if day is not None and (isinstance(day, bool) or not isinstance(day, int)):
            raise ValueError(remedy)
    if first is not None and last is not None and first > last:
        raise ValueError("The range is empty: write the smaller day under from")
    if first is None and last is None and "unknown" not in raw:
        raise ValueError(remedy)
    return first, last, _yes_no(raw.get("unknown", "no"))


def _partners(raw: Any) -> frozenset[str]:
    """Symptom keys, ``key:mark``, or ids of other rows (they hold a dot); the loader checks the ids."""
    words = _list(raw, "fever")
    for word in words:
        if "." not in word and word.split(":")[0] not in ALL_KEYS:
            raise ValueError(f"{word!r} is neither a symptom key, nor key:mark, nor the id of a row. Use one of these")
    return frozenset(words)


# Tests: does the value hold for this finding in this situation?


def partners(wanted: frozenset[str], finding: Finding, situation: Situation) -> list[Finding]:
    """The other present findings that ``together_with`` accepts."""

    def accepted(other: Finding) -> bool:
        if other.symptom in wanted or any(f"{other.symptom}:{mark}" in wanted for mark in other.marks):
            return True
        return any(word in situation.rows and situation.rows[word].holds(other, situation) for word in wanted)

    return [other for other in situation.present if other is not finding and accepted(other)]


def _in_days(wanted: tuple[int | None, int | None, bool], day: int | None) -> bool:
    first, last, unknown = wanted
    if day is None:
        return unknown
    if first is None and last is None:
        return False
    return (first is None or day >= first) and (last is None or day <= last)


def _three(value: bool | None) -> str:
    return UNKNOWN if value is None else ("yes" if value else "no")


def _alone(wanted: bool, finding: Finding, situation: Situation) -> bool:
    return wanted is not any(other is not finding for other in situation.present)


def _within(value: float | None, accept: Callable[[float], bool]) -> bool:
    return value is not None and accept(value)


@dataclass(frozen=True)
class ConditionKind:
    #: Value from the file → checked value; raises ValueError with the remedy.
    parse: Callable[[Any], Any]
    holds: Callable[[Any, Finding, Situation], bool]
    #: The words that together exclude nothing, where there are such.
    every_word: frozenset[str] = frozenset()


def _choice(words: tuple[str, ...], read: Callable[[Finding, Situation], str]) -> ConditionKind:
    return ConditionKind(_words(*words), lambda v, f, s: read(f, s) in v, frozenset(words))


CONDITIONS: dict[str, ConditionKind] = {
    "status": ConditionKind(_words(*STATUSES), lambda v, f, s: status(f) in v),
    "language": _choice(LANGUAGES, lambda f, s: s.language if s.language in LANGUAGES else "und"),
    "reading_known": ConditionKind(_yes_no, lambda v, f, s: v is (reading(f) is not None)),
    "reading_at_least": ConditionKind(_number, lambda v, f, s: _within(reading(f), lambda x: bool(x >= v))),
    "reading_below": ConditionKind(_number, lambda v, f, s: _within(reading(f), lambda x: bool(x < v))),
    "score_at_least": ConditionKind(_number, lambda v, f, s: _within(score(f), lambda x: bool(x >= v))),
    "marks": ConditionKind(_free_words, lambda v, f, s: not v.isdisjoint(f.marks)),
    "concepts": ConditionKind(_free_words, lambda v, f, s: f.concept in v),
    "course": _choice((*(c.value for c in Course), UNKNOWN), lambda f, s: f.course.value if f.course else UNKNOWN),
    "severity": _choice(
        (*(c.value for c in Severity), UNKNOWN), lambda f, s: f.severity.value if f.severity else UNKNOWN
    ),
    "duration_known": ConditionKind(_yes_no, lambda v, f, s: v is (duration(f) is not None)),
    "duration_at_least_hours": ConditionKind(_number, lambda v, f, s: _within(duration(f), lambda x: bool(x >= v))),
    "duration_below_hours": ConditionKind(_number, lambda v, f, s: _within(duration(f), lambda x: bool(x < v))),
    "persistent": ConditionKind(_yes_no, lambda v, f, s: v is f.persistent),
    "uncertain": ConditionKind(_yes_no, lambda v, f, s: v is f.uncertain),
    "question": ConditionKind(_yes_no, lambda v, f, s: v is f.question),
    "new": _choice(("yes", "no", UNKNOWN), lambda f, s: _three(f.new)),
    "steroid": _choice(("yes", "no", UNKNOWN), lambda f, s: _three(s.encounter.steroid)),
    "procedure_level": _choice(
        ("lumbar", "thoracic", "cervical", UNKNOWN), lambda f, s: s.encounter.procedure_level or UNKNOWN
    ),
    "days_since_procedure": ConditionKind(_days, lambda v, f, s: _in_days(v, s.encounter.days_since_procedure)),
    "together_with": ConditionKind(_partners, lambda v, f, s: bool(partners(v, f, s))),
    "alone": ConditionKind(_yes_no, _alone),
}
