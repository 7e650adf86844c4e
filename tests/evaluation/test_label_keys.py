"""What counts as found, as flagged, and as the right disposition."""

from __future__ import annotations

from typing import Any

import pytest

from bot.evaluation.label_keys import label_key
from bot.triage.model import ALL_KEYS, EMERGENCY_KEYS, Course, Finding, Severity
from tests.evaluation.cases import case

SEVERE = Finding("back_pain", severity=Severity.SEVERE)
PLAIN = Finding("back_pain")
PLAIN_LABEL: dict[str, Any] = {"expect": ["worsening_pain"], "back_pain_strength": "plain"}


def test_every_symptom_key_has_its_place() -> None:
    by_label: dict[str, set[str]] = {}
    for key in ALL_KEYS:
        by_label.setdefault(label_key(Finding(key)), set()).add(key)
    assert by_label == {
        "emergency": {*EMERGENCY_KEYS, "overdose"},
        "leg_symptom": {"leg_symptom", "arm_symptom", "calf"},
        "back_pain": {"back_pain"},
        "": {"rash", "steroid_effect", "urinary", "other"},
        **{key: {key} for key in ("fever", "chills", "infection_sign", "headache", "nausea")},
    }


@pytest.mark.parametrize(
    ("attributes", "key"),
    [
        ({}, "back_pain"),
        ({"course": Course.WORSE}, "worsening_pain"),
        ({"course": Course.SAME}, "back_pain"),
        ({"severity": Severity.SEVERE}, "worsening_pain"),
        ({"severity": Severity.MILD}, "back_pain"),
        ({"new": True}, "worsening_pain"),
        ({"new": False}, "back_pain"),
        ({"marks": ("new_kind",)}, "worsening_pain"),
        ({"value": 8.0, "unit": "/10"}, "worsening_pain"),
        ({"value": 7.5, "unit": "/10"}, "back_pain"),
    ],
)
def test_back_pain_is_worsening_by_what_is_said_about_it(attributes: dict[str, Any], key: str) -> None:
    assert label_key(Finding("back_pain", **attributes)) == key


def test_plain_back_pain_is_found_where_the_label_says_plain() -> None:
    assert not case("clarify", PLAIN, **PLAIN_LABEL).missed
    assert case("clarify", PLAIN, expect=["worsening_pain"]).missed == {"worsening_pain"}


def test_what_is_not_present_is_not_found() -> None:
    denied = Finding("fever", negated=True)
    assert case("none", denied, expect=["fever"]).missed == {"fever"}
    assert not case("none", denied, expect={"absent": ["fever"]}).false_flags


def test_an_emergency_by_combination_is_found() -> None:
    assert not case("emergency", Finding("rash"), Finding("other"), expect=["emergency"]).missed
    assert case("urgent", Finding("rash"), Finding("other"), expect=["emergency"]).missed == {"emergency"}


@pytest.mark.parametrize(
    ("finding", "flagged"),
    [
        (Finding("fever"), True),
        (Finding("fever", value=98.6, unit="F"), False),
        (Finding("fever", value=100.0, unit="F"), True),
        (Finding("fever", value=95.0, unit="F"), True),
    ],
)
def test_a_normal_reading_does_not_contradict_no_fever(finding: Finding, flagged: bool) -> None:
    assert bool(case("self_care", finding, expect={"absent": ["fever"]}).false_flags) is flagged


@pytest.mark.parametrize(
    ("finding", "flagged"),
    [
        (PLAIN, True),
        (SEVERE, True),
        (Finding("back_pain", course=Course.SAME), False),
        (Finding("back_pain", course=Course.BETTER), False),
        (Finding("back_pain", severity=Severity.MILD), False),
    ],
)
def test_no_worsening_pain_leaves_the_mild_and_the_unchanged(finding: Finding, flagged: bool) -> None:
    assert bool(case("self_care", finding, expect={"absent": ["worsening_pain"]}).false_flags) is flagged


NEGATED = {"expect": {"absent": ["fever"]}}
OPEN = {"expect": {"present": [], "improving": ["nausea"]}, "optional": ["nausea"]}
UNSURE = {"prev": "Any fever?", "expect": {"present": [], "unsure": ["fever"]}}


@pytest.mark.parametrize(
    ("entry", "given", "problems"),
    [
        ({"expect": ["fever"]}, "urgent", set()),
        ({"expect": ["fever"]}, "clarify", {"under-triage"}),
        ({"expect": ["fever"]}, "emergency", {"911 without an emergency"}),
        ({"expect": ["headache"]}, "clarify", set()),
        ({"expect": ["headache"]}, "urgent", set()),
        ({"expect": ["headache"]}, "self_care", {"under-triage"}),
        ({"expect": ["headache", "fever"]}, "clarify", {"under-triage"}),
        (PLAIN_LABEL, "clarify", set()),
        ({"expect": ["worsening_pain"]}, "clarify", {"under-triage"}),
        ({"expect": ["emergency"]}, "emergency", set()),
        ({"expect": ["emergency"]}, "urgent", {"not called emergency"}),
        ({"expect": ["emergency"]}, "routine", {"under-triage"}),
        ({"expect": ["emergency"], "least": "urgent"}, "urgent", set()),
        (UNSURE, "urgent", set()),
        (UNSURE, "none", {"under-triage"}),
        (NEGATED, "none", set()),
        (NEGATED, "clarify", set()),
        (NEGATED, "urgent", {"over-triage"}),
        (NEGATED, "emergency", {"over-triage", "911 without an emergency"}),
        (OPEN, "urgent", set()),
        ({"expect": [], "optional": ["emergency"]}, "emergency", set()),
    ],
)
def test_dispositions(entry: dict[str, Any], given: str, problems: set[str]) -> None:
    found = {problem for problem in case(given, **entry).problems if not problem.endswith(("found", "flagged"))}
    assert found == problems
