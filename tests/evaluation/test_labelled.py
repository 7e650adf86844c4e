"""Rates on the repository's own labelled messages (tests/clinical/labelled): they must not fall.

Rates, not lines: a change of a rule may lose one message and win five. `aftercare evaluate tests/clinical/labelled`
shows the figures and every miss.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.evaluation.labels import label_files, read_labels
from bot.evaluation.measures import Measures, measure
from bot.evaluation.replay import replay
from bot.evaluation.wilson import Rate
from bot.screen import Screen

LABELLED = Path(__file__).resolve().parents[1] / "clinical" / "labelled"


@pytest.fixture(scope="module")
def measures() -> Measures:
    labels, refusals = read_labels(label_files(LABELLED))
    assert not refusals, "\n".join(map(str, refusals))
    return measure(replay(labels, Screen.default()))


def at_least(rate: Rate, percent: float) -> bool:
    return rate.total > 0 and 100 * rate.value >= percent


def test_red_flags_are_handled_safely(measures: Measures) -> None:
    assert at_least(measures.summary.safe, 98), measures.summary.safe
    assert at_least(measures.summary.emergency_at_least_urgent, 99), measures.summary.emergency_at_least_urgent
    assert at_least(measures.summary.emergency_called, 97), measures.summary.emergency_called
    assert at_least(measures.summary.unsure_as_present, 80), measures.summary.unsure_as_present


@pytest.mark.parametrize(
    ("key", "found", "unflagged"),
    [
        ("fever", 97, 97),
        ("chills", 97, 97),
        ("infection_sign", 97, 96),
        ("worsening_pain", 97, 92),
        ("leg_symptom", 97, 97),
        ("headache", 97, 92),
        ("nausea", 97, 87),
        ("emergency", 97, 97),
    ],
)
def test_each_red_flag_is_found_and_only_where_it_is(
    measures: Measures, key: str, found: float, unflagged: float
) -> None:
    rates = measures.keys[key]
    assert at_least(rates.sensitivity, found), rates.sensitivity
    assert at_least(rates.specificity, unflagged), rates.specificity


@pytest.mark.parametrize(
    ("file", "percent"),
    [
        ("figurative", 6),
        ("other_symptom", 4),
        ("out_of_scope", 4),
        ("hypothetical_or_question", 4),
        ("past_resolved", 9),
        ("other_person", 4),
        ("negated", 3),
        ("dialog_yesno", 4),
    ],
)
def test_false_alarms_are_few(measures: Measures, file: str, percent: float) -> None:
    rate = measures.files[f"{file}.jsonl"].over_triage
    assert rate.total > 0
    assert 100 * rate.value <= percent, rate


@pytest.mark.parametrize(
    ("file", "found", "unflagged"), [("dialog_yesno", 96, 96), ("es_clinical", 90, 90), ("negated", 94, 98)]
)
def test_files_with_both_sides(measures: Measures, file: str, found: float, unflagged: float) -> None:
    group = measures.files[f"{file}.jsonl"]
    assert at_least(group.found, found), group.found
    assert at_least(group.unflagged, unflagged), group.unflagged


def test_few_are_sent_to_911_for_nothing(measures: Measures) -> None:
    rate = measures.summary.needless_emergency
    assert rate.total > 0
    assert 100 * rate.value <= 1, rate
