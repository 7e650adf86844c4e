"""The conditions by themselves, where no row of the shipped protocol shows their edges."""

from __future__ import annotations

from typing import Any

import pytest

from bot.triage.conditions import CONDITIONS, Condition, Situation, status
from bot.triage.model import Encounter, Finding
from tests.triage.findings import f


def holds(name: str, raw: Any, finding: Finding, *others: Finding, encounter: Encounter | None = None) -> bool:
    situation = Situation((finding, *others), encounter or Encounter(), "fr", {})
    return Condition(name, CONDITIONS[name].parse(raw)).holds(finding, situation)


@pytest.mark.parametrize(
    ("attributes", "word"),
    [
        ({}, "present"),
        ({"uncertain": True}, "present"),
        ({"question": True}, "present"),
        ({"resolved": True}, "resolved"),
        ({"resolved": True, "negated": True}, "resolved"),
        ({"resolved": True, "historical": True}, "resolved"),
        ({"resolved": True, "hypothetical": True}, "hypothetical"),
        ({"negated": True}, "negated"),
        ({"negated": True, "hypothetical": True}, "negated"),
        ({"hypothetical": True}, "hypothetical"),
        ({"hypothetical": True, "question": True}, "general"),
        ({"historical": True}, "historical"),
        ({"experiencer": "other", "resolved": True}, "other_person"),
    ],
)
def test_status(attributes: dict[str, Any], word: str) -> None:
    finding = f("fever", **attributes)
    assert status(finding) == word
    assert finding.present is (word == "present")


def test_a_finding_is_not_its_own_partner() -> None:
    warm = f("fever", "warm")
    assert not holds("together_with", ["fever", "fever:warm"], warm)
    assert holds("together_with", ["fever"], warm, f("fever"))
    assert holds("together_with", ["other:faint"], warm, f("other", "faint"))
    assert not holds("together_with", ["other:faint"], warm, f("other"))


def test_alone() -> None:
    assert holds("alone", "yes", f("fever"))
    assert holds("alone", "no", f("fever"), f("chills"))


@pytest.mark.parametrize(
    ("days", "inside", "outside"),
    [
        ({"from": 3, "to": 28}, [3, 28], [2, 29, None]),
        ({"from": 4}, [4, 400], [3, None]),
        ({"to": 7, "unknown": "yes"}, [-1, 0, 7, None], [8]),
        ({"unknown": "yes"}, [None], [0, 5]),
        ({"unknown": "no"}, [], [None, 0]),
    ],
)
def test_days(days: dict[str, Any], inside: list[int | None], outside: list[int | None]) -> None:
    def within(day: int | None) -> bool:
        return holds("days_since_procedure", days, f("rash"), encounter=Encounter(day))

    assert [within(day) for day in inside] == [True] * len(inside)
    assert [within(day) for day in outside] == [False] * len(outside)


@pytest.mark.parametrize(
    ("name", "raw", "yes", "no"),
    [
        ("language", ["und"], f("fever"), None),
        ("reading_known", "yes", f("fever", fahrenheit=99.0), f("fever", value=99.0)),
        ("score_at_least", 8, f("back_pain", score=8), f("back_pain", fahrenheit=99.0)),
        ("duration_known", "no", f("headache", duration_hours=float("nan")), f("headache", duration_hours=0.0)),
        ("question", "yes", f("fever", question=True), f("fever")),
        ("uncertain", "no", f("fever"), f("fever", uncertain=True)),
        ("marks", ["site", "warm"], f("fever", "x", "warm"), f("fever", "x")),
        ("procedure_level", ["unknown"], f("arm_symptom"), None),
    ],
)
def test_one_condition(name: str, raw: Any, yes: Finding, no: Finding | None) -> None:
    assert holds(name, raw, yes)
    assert no is None or not holds(name, raw, no)
