"""How further reports change an escalation."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.escalation.model import Escalation, Origin, Report, Status, new_reference
from bot.triage.model import ALL_KEYS, Decision, Disposition, Finding, Findings, FiredCriterion

NOW = datetime(2026, 6, 9, 15, 0, tzinfo=timezone.utc)


def report(disposition: Disposition, *symptoms: str, note: str = "") -> Report:
    findings = tuple(Finding(symptom, symptom) for symptom in symptoms)
    criteria = tuple(FiredCriterion(f"{symptom}.x", disposition, symptom, "utter_urgent") for symptom in symptoms)
    return Report.of(Findings(findings), Decision(disposition, criteria), Origin.ACTION, note=note)


def acknowledged(*symptoms: str, disposition: Disposition = Disposition.URGENT) -> Escalation:
    opened = Escalation.open("c", "website", report(disposition, *symptoms), 1, NOW)
    return Escalation(**{**opened.__dict__, "status": Status.ACKNOWLEDGED, "acknowledged_by": "nurse"})


def test_two_red_flags_at_once_raise_the_priority() -> None:
    one = Escalation.open("c", "website", report(Disposition.URGENT, "fever"), 1, NOW)
    two = Escalation.open("c", "website", report(Disposition.URGENT, "fever", "chills"), 1, NOW)
    assert (one.priority, two.priority) == (0, 1)


def test_new_symptom_sets_it_back_to_open() -> None:
    joined = acknowledged("fever").join(report(Disposition.URGENT, "chills"), 2, NOW)
    assert (joined.status, joined.acknowledged_by) == (Status.OPEN, None)


def test_higher_disposition_sets_it_back_to_open() -> None:
    joined = acknowledged("fever").join(report(Disposition.EMERGENCY, "fever"), 2, NOW)
    assert (joined.status, joined.disposition) == (Status.OPEN, Disposition.EMERGENCY)


def test_same_red_flag_again_raises_priority_and_stays_acknowledged() -> None:
    joined = acknowledged("fever").join(report(Disposition.URGENT, "fever"), 2, NOW)
    assert (joined.status, joined.priority) == (Status.ACKNOWLEDGED, 1)


def test_same_message_again_raises_nothing() -> None:
    joined = acknowledged("fever").join(report(Disposition.URGENT, "fever"), 1, NOW)
    assert joined.priority == 0


def test_denied_findings_are_no_evidence() -> None:
    findings = Findings((Finding("fever", "no fever", negated=True), Finding("chills", "chills")))
    made = Report.of(findings, Decision(Disposition.URGENT), Origin.ACTION)
    assert [finding.symptom for finding in made.findings] == ["chills"]


@pytest.mark.parametrize("note", ["", "asked for a person"])
def test_note_is_kept_with_its_message(note: str) -> None:
    opened = Escalation.open("c", "website", report(Disposition.ROUTINE, note=note), 7, NOW)
    assert [item["note"] for item in opened.notes] == ([note] if note else [])


DISPOSITIONS = st.sampled_from(list(Disposition))
SYMPTOMS = st.lists(st.sampled_from(sorted(ALL_KEYS)), max_size=3)
REPORTS = st.builds(lambda disposition, symptoms: report(disposition, *symptoms), DISPOSITIONS, SYMPTOMS)


@given(st.lists(REPORTS, min_size=1, max_size=6))
def test_joining_loses_no_symptom_and_never_lowers_anything(reports: list[Report]) -> None:
    escalation = Escalation.open("c", "website", reports[0], 0, NOW)
    for number, item in enumerate(reports[1:], start=1):
        joined = escalation.join(item, number, NOW)
        assert joined.disposition.at_least(escalation.disposition)
        assert joined.disposition.at_least(item.disposition)
        assert joined.priority >= escalation.priority
        assert joined.symptoms >= escalation.symptoms | {finding.symptom for finding in item.findings}
        assert joined.id == escalation.id
        escalation = joined


def test_the_same_report_for_weeks_stays_small() -> None:
    escalation = Escalation.open("c", "website", report(Disposition.URGENT, "fever"), 0, NOW)
    for number in range(1, 400):
        escalation = escalation.join(report(Disposition.URGENT, "fever" if number % 2 else "chills"), number, NOW)
    held = [item["message_id"] for item in escalation.findings]
    assert len(held) < 20
    assert held[0] == 0
    assert held[-1] == 399


def test_references_are_short_and_hard_to_guess() -> None:
    references = {new_reference() for _ in range(1000)}
    assert len(references) == 1000
    assert all(len(reference) == 9 and not set(reference) & set("AEIOU01IL") for reference in references)


def test_a_phone_that_nobody_answers_raises_the_priority() -> None:
    pressing = Report(Disposition.ROUTINE, Origin.ACTION, note="nobody answers the phone", presses=True)
    joined = acknowledged("fever").join(pressing, 2, NOW)
    assert (joined.priority, joined.disposition, joined.status) == (1, Disposition.URGENT, Status.ACKNOWLEDGED)
    assert Escalation.open("c", "website", pressing, 2, NOW).priority == 1


def test_an_answer_after_the_advice_raises_nothing() -> None:
    criterion = FiredCriterion("onset.answered", Disposition.URGENT, "leg_symptom", "utter_noted")
    answer = Report(Disposition.URGENT, Origin.ACTION, criteria=(criterion,))
    assert acknowledged("leg_symptom").join(answer, 2, NOW).priority == 0


def test_the_third_contact_raises_the_priority() -> None:
    opened = [
        Escalation.open("c", "website", report(Disposition.URGENT, "fever"), 1, NOW, earlier) for earlier in range(4)
    ]
    assert [escalation.priority for escalation in opened] == [0, 0, 1, 1]
