"""Questions behind the advice, and what earlier messages add: nothing of it delays or withdraws advice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.triage.engine import assess
from bot.triage.model import Disposition, Encounter, Findings, QuestionKind
from bot.triage.protocol import Protocol
from tests.triage.findings import STIFF, f
from tests.triage.test_questions import HEADACHE, LEG, NOBODY, WARM, ask, reply, say

# Onset, after the advice


@pytest.mark.parametrize("new", [True, False, None])
def test_the_onset_answer_is_noted_and_withdraws_nothing(protocol: Protocol, new: bool | None) -> None:
    answer = f("leg_symptom", new=new, text="had it before" if new is False else "")
    decision = reply(protocol, ask(protocol, LEG), answer)
    assert (decision.disposition, decision.response) == (Disposition.URGENT, "utter_noted")
    assert decision.question is None
    assert decision.criteria[0].id == "onset.answered"


def test_what_comes_with_the_onset_answer_leads(protocol: Protocol) -> None:
    decision = reply(protocol, ask(protocol, LEG), f("leg_symptom", new=False), f("fever"))
    assert (decision.criteria[0].id, decision.response) == ("fever.reported", "utter_urgent")
    assert reply(protocol, ask(protocol, LEG), f("paralysis")).disposition is Disposition.EMERGENCY


def test_silence_after_the_onset_question_is_nothing(protocol: Protocol) -> None:
    decision = say(protocol, ask(protocol, LEG))
    assert decision.disposition is Disposition.NONE
    assert decision.question is None


def test_the_onset_question_is_not_asked_twice(protocol: Protocol) -> None:
    decision = say(protocol, ask(protocol, LEG), LEG)
    assert decision.disposition is Disposition.URGENT
    assert decision.question is None


def test_after_the_onset_question_the_count_starts_anew(protocol: Protocol) -> None:
    question = say(protocol, ask(protocol, LEG, asked=2), HEADACHE).question
    assert question is not None
    assert (question.kind, question.asked) == (QuestionKind.DURATION, 1)


def test_what_else_was_reported_is_asked_after_the_advice(protocol: Protocol) -> None:
    decision = assess(Findings((HEADACHE, f("fever"))), None, NOBODY, protocol)
    assert decision.disposition is Disposition.URGENT
    assert decision.question is not None
    assert (decision.question.kind, decision.question.symptoms) == (QuestionKind.DURATION, ("headache",))
    assert decision.question.after_advice


@pytest.mark.parametrize("hours", [1.0, 48.0])
def test_its_answer_is_noted_and_withdraws_nothing(protocol: Protocol, hours: float) -> None:
    question = assess(Findings((HEADACHE, f("fever"))), None, NOBODY, protocol).question
    assert question is not None
    decision = reply(protocol, question, f("headache", duration_hours=hours))
    assert (decision.disposition, decision.response, decision.question) == (Disposition.URGENT, "utter_noted", None)


def test_silence_after_it_is_nothing(protocol: Protocol) -> None:
    question = assess(Findings((WARM, f("chills"))), None, NOBODY, protocol).question
    assert question is not None
    assert say(protocol, replace(question, asked=protocol.questions_in_a_row)).disposition is Disposition.NONE


def test_a_symptom_that_is_urgent_itself_is_not_asked_about(protocol: Protocol) -> None:
    decision = assess(Findings((HEADACHE, f("headache", persistent=True))), None, NOBODY, protocol)
    assert (decision.disposition, decision.question) == (Disposition.URGENT, None)


# Earlier messages of the episode


def test_an_earlier_finding_and_a_new_one_mean_what_they_mean_together(protocol: Protocol) -> None:
    known = Encounter(earlier=(f("overdose", "accident"),))
    decision = assess(Findings((f("other", "drowsy"),)), None, known, protocol)
    assert (decision.disposition, decision.criteria[0].id) == (Disposition.EMERGENCY, "overdose.drowsy")


def test_earlier_findings_alone_fire_nothing_again(protocol: Protocol) -> None:
    known = Encounter(earlier=(f("fever"), STIFF))
    assert assess(Findings(), None, known, protocol).disposition is Disposition.NONE
    cough = assess(Findings((f("other"),)), None, known, protocol)
    assert cough.disposition is Disposition.ROUTINE
