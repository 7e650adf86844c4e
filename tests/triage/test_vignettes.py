"""Every row of the protocol against written cases; the cases themselves are in ``vignettes.py``."""

from __future__ import annotations

import itertools

import pytest

from bot.triage.engine import assess
from bot.triage.model import ALL_KEYS, Course, Disposition, Encounter, Finding, Findings, Severity
from bot.triage.protocol import Protocol
from tests.triage.findings import Vignette, f
from tests.triage.vignettes import VIGNETTES


@pytest.mark.parametrize("case", VIGNETTES, ids=[case.name for case in VIGNETTES])
def test_vignette(case: Vignette, protocol: Protocol) -> None:
    decision = assess(case.message(), None, case.encounter, protocol)
    assert decision.disposition.value == case.disposition
    assert (decision.criteria[0].id if decision.criteria else "") == case.criterion
    if case.response:
        assert decision.response == case.response
    assert (decision.question.kind.value if decision.question else "") == case.asks
    assert decision.file is case.file
    assert (decision.protocol_version, decision.protocol_hash) == (protocol.version, protocol.hash)


def test_every_row_is_reached_by_a_vignette(protocol: Protocol) -> None:
    fired = {
        criterion.id
        for case in VIGNETTES
        for criterion in assess(case.message(), None, case.encounter, protocol).criteria
    }
    assert {row.id for row in protocol.criteria} - fired == set()


def test_no_present_finding_is_left_without_a_row(protocol: Protocol) -> None:
    """Whatever is known or unknown about a symptom, some row speaks of it."""
    uncovered = set()
    for key, course, severity, persistent, hours, new, encounter in itertools.product(
        sorted(ALL_KEYS),
        (None, *Course),
        (None, *Severity),
        (False, True),
        (None, 1.0, 48.0),
        (None, True, False),
        (Encounter(), Encounter(-2), Encounter(0), Encounter(5, "lumbar", True), Encounter(40, "cervical", False)),
    ):
        finding = Finding(key, course=course, severity=severity, persistent=persistent, duration_hours=hours, new=new)
        decision = assess(Findings((finding,)), None, encounter, protocol)
        if decision.criteria[0].id == "uncovered":
            uncovered.add((key, course, severity, persistent, hours, new, encounter))
        assert decision.response or decision.question
    assert uncovered == set()


def test_evidence_holds_the_words_of_a_combination(protocol: Protocol) -> None:
    findings = Findings((f("urinary", text="hard to pee"), f("leg_symptom", text="leg is numb"), f("fever")))
    criterion = assess(findings, None, Encounter(), protocol).criteria[0]
    assert criterion.evidence == "hard to pee + leg is numb"
    assert protocol.means(criterion.id) == "Trouble peeing together with leg or back symptoms"


def test_criteria_stand_worst_first_and_all_are_kept(protocol: Protocol) -> None:
    findings = Findings((f("other"), f("headache"), f("fever"), f("chest_pain")))
    decision = assess(findings, None, Encounter(), protocol)
    assert [criterion.id for criterion in decision.criteria] == [
        "chest_pain.present",
        "fever.reported",
        "headache_nausea.duration_unknown",
        "other.present",
    ]
    assert decision.question is None


def test_a_message_teaches_the_encounter(protocol: Protocol) -> None:
    sore = f("back_pain", severity=Severity.MILD)
    assert assess(Findings((sore,), procedure_day=1), None, Encounter(), protocol).disposition is Disposition.SELF_CARE
    flushed = Findings((f("steroid_effect"),), steroid=True)
    assert assess(flushed, None, Encounter(), protocol).response == "utter_self_care_steroid"


def test_a_correction_withdraws_nothing_by_itself(protocol: Protocol) -> None:
    findings = Findings((f("fever", negated=True),), correction=True)
    assert assess(findings, None, Encounter(), protocol).disposition is Disposition.NONE
