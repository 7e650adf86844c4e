"""The figures of a tiny set, counted by hand."""

from __future__ import annotations

import json

import pytest

from bot.evaluation.label_keys import Expected
from bot.evaluation.labels import Refusal
from bot.evaluation.measures import Measures, measure
from bot.evaluation.wilson import Rate
from bot.triage.model import Disposition, Finding
from tests.evaluation.cases import case

FEVER, HEADACHE = Finding("fever"), Finding("headache")


@pytest.fixture
def measures() -> Measures:
    pos, neg, past = ("redflag_positive.jsonl", "negated.jsonl", "past_resolved.jsonl")
    return measure(
        [
            case("urgent", FEVER, expect=["fever"], file=pos),
            case("self_care", expect=["fever"], hedged=True, file=pos),
            case("clarify", HEADACHE, expect=["headache", "fever"], file=pos),
            case("emergency", Finding("breathing"), expect=["emergency"], file=pos),
            case("urgent", Finding("breathing"), expect=["emergency"], file=pos),
            case("none", Finding("fever", negated=True), expect={"absent": ["fever"]}, file=neg),
            case("urgent", FEVER, expect={"absent": ["fever"]}, file=neg),
            case("urgent", HEADACHE, expect={"absent": ["fever"], "present": ["headache"]}, file=neg),
            case("emergency", expect={"present": [], "resolved": ["nausea"]}, file=past),
            case("urgent", expect={"present": [], "improving": ["nausea"]}, optional=["nausea"], file=past),
        ],
        [Refusal("x.jsonl", 4, "not JSON")],
    )


def test_summary(measures: Measures) -> None:
    summary = measures.summary
    assert (summary.safe, summary.under_triage) == (Rate(4, 6), Rate(2, 6))
    assert (summary.emergency_at_least_urgent, summary.emergency_called) == (Rate(2, 2), Rate(1, 2))
    assert summary.over_triage == Rate(2, 3)
    assert summary.needless_emergency == Rate(1, 8)
    assert summary.unsure_as_present == Rate(0, 0)


def test_keys(measures: Measures) -> None:
    fever = measures.keys["fever"]
    assert (fever.sensitivity, fever.specificity) == (Rate(1, 3), Rate(2, 3))
    # The line that also reports a headache cannot be over-triaged.
    assert (fever.under_triage, fever.over_triage) == (Rate(2, 3), Rate(1, 2))
    # Clarify is too little for the fever of that line, and enough for its headache.
    assert (measures.keys["headache"].sensitivity, measures.keys["headache"].under_triage) == (Rate(2, 2), Rate(0, 2))
    assert measures.keys["nausea"].specificity == Rate(1, 1)
    assert measures.keys["chills"].sensitivity == Rate(0, 0)


def test_files_and_groups(measures: Measures) -> None:
    positive, negated, past = (
        measures.files[f"{name}.jsonl"] for name in ("redflag_positive", "negated", "past_resolved")
    )
    assert (positive.lines, positive.found, positive.under_triage, positive.alarms) == (
        5,
        Rate(4, 6),
        Rate(2, 5),
        Rate(3, 5),
    )
    assert (negated.unflagged, negated.over_triage, negated.alarms) == (Rate(2, 3), Rate(1, 2), Rate(2, 3))
    # The optional line counts as an alarm, and not against the screen.
    assert (past.over_triage, past.alarms) == (Rate(1, 1), Rate(2, 2))
    assert {name: group.lines for name, group in measures.groups.items()} == {"hedged": 1}


def test_confusion_counts_every_line_once(measures: Measures) -> None:
    assert sum(sum(row.values()) for row in measures.confusion.values()) == measures.lines == 10
    assert measures.confusion[Expected.EMERGENCY][Disposition.URGENT] == 1
    assert measures.confusion[Expected.NO_ALARM][Disposition.NONE] == 1
    assert measures.confusion[Expected.OPEN][Disposition.URGENT] == 1


def test_misses_begin_with_under_triage(measures: Measures) -> None:
    assert [item.problems for item in measures.misses] == [
        ("under-triage", "fever not found"),
        ("under-triage", "fever not found"),
        ("not called emergency",),
        ("over-triage", "fever flagged"),
        # Nothing was said of nausea: the disposition alone is wrong.
        ("over-triage", "911 without an emergency"),
    ]


def test_json_form_holds_it_all(measures: Measures) -> None:
    data = json.loads(json.dumps(measures.to_dict()))
    assert data["summary"]["safe"] == {"count": 4, "total": 6, "rate": 0.6667, "low": 0.3, "high": 0.9032}
    assert data["confusion"]["emergency"]["urgent"] == 1
    assert data["refused"] == [{"file": "x.jsonl", "line": 4, "reason": "not JSON"}]
    assert len(data["misses"]) == 5


def test_nothing_at_all_can_be_measured() -> None:
    assert measure([]).to_dict()["summary"]["safe"]["rate"] is None
