"""The clarifying questions: which is asked, what an answer decides, what silence and "not sure" lead to."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import pytest

from bot.triage.engine import assess
from bot.triage.model import Course, Decision, Disposition, Encounter, Finding, Findings, Question, QuestionKind
from bot.triage.protocol import Protocol
from tests.triage.findings import GENERAL, SORE, SORE_SAME, STIFF, f

HEADACHE, WARM, PAIN, LEG = f("headache"), f("fever", "warm"), f("back_pain"), f("leg_symptom")
NOBODY = Encounter()


def ask(protocol: Protocol, *items: Finding, asked: int = 1) -> Question:
    """The question that these findings lead to."""
    question = assess(Findings(items), None, NOBODY, protocol).question
    assert question is not None
    return replace(question, asked=asked)


def reply(protocol: Protocol, question: Question, *items: Finding, day: int | None = None) -> Decision:
    """What an answer with these findings decides."""
    return assess(Findings(items, answered=True, procedure_day=day), question, NOBODY, protocol)


def say(protocol: Protocol, question: Question, *items: Finding) -> Decision:
    """What a message that does not answer decides."""
    return assess(Findings(items), question, NOBODY, protocol)


@pytest.mark.parametrize(
    ("items", "kind", "symptoms", "response"),
    [
        ((HEADACHE,), "duration", ("headache",), "utter_ask_headache_duration"),
        ((f("nausea"),), "duration", ("nausea",), "utter_ask_nausea_duration"),
        ((HEADACHE, f("nausea")), "duration", ("headache", "nausea"), "utter_ask_duration"),
        ((WARM,), "temperature", ("fever",), "utter_ask_temperature"),
        ((PAIN,), "course", ("back_pain",), "utter_ask_back_pain_course"),
        ((SORE,), "procedure_day", ("back_pain",), "utter_ask_procedure_day"),
        ((LEG,), "onset", ("leg_symptom",), "utter_ask_leg_onset"),
        ((f("chills", **GENERAL),), "presence", ("chills",), "utter_ask_presence"),
    ],
)
def test_what_is_asked(
    protocol: Protocol, items: tuple[Finding, ...], kind: str, symptoms: tuple[str, ...], response: str
) -> None:
    question = ask(protocol, *items)
    assert (question.kind.value, question.symptoms, question.response) == (kind, symptoms, response)
    assert question.asked == 1
    assert question.general is (kind == "presence")


class Answer(NamedTuple):
    name: str
    about: Finding
    answer: Finding
    disposition: str
    response: str
    day: int | None = None


ANSWERS = [
    Answer("since breakfast", HEADACHE, f("headache", duration_hours=4.0), "self_care", "utter_self_care_headache"),
    Answer("for two days", HEADACHE, f("headache", duration_hours=48.0), "urgent", "utter_urgent"),
    Answer("it won't stop", f("nausea"), f("nausea", persistent=True), "urgent", "utter_urgent"),
    Answer("it is gone", HEADACHE, f("headache", resolved=True), "self_care", "utter_self_care_headache"),
    Answer("no headache", HEADACHE, f("headache", negated=True), "none", ""),
    Answer("98.6", WARM, f("fever", "warm", fahrenheit=98.6), "self_care", "utter_self_care_temperature"),
    Answer("101", WARM, f("fever", "warm", fahrenheit=101.0), "urgent", "utter_urgent"),
    Answer("worse", PAIN, f("back_pain", course=Course.WORSE), "urgent", "utter_urgent"),
    Answer("better", PAIN, f("back_pain", course=Course.BETTER), "self_care", "utter_self_care_soreness"),
    Answer("the same, day 2", PAIN, f("back_pain", course=Course.SAME), "self_care", "utter_self_care_soreness", 2),
    Answer("the same, day 6", PAIN, f("back_pain", course=Course.SAME), "routine", "utter_routine", 6),
]


@pytest.mark.parametrize("case", ANSWERS, ids=[case.name for case in ANSWERS])
def test_an_answer_decides(case: Answer, protocol: Protocol) -> None:
    decision = reply(protocol, ask(protocol, case.about), case.answer, day=case.day)
    assert (decision.disposition.value, decision.response) == (case.disposition, case.response)
    assert decision.question is None


@pytest.mark.parametrize(
    ("about", "disposition", "criterion"),
    [
        (HEADACHE, "urgent", "duration.unanswered"),
        (WARM, "urgent", "temperature.unanswered"),
        (PAIN, "urgent", "course.unanswered"),
        (SORE, "routine", "procedure_day.unanswered"),
    ],
)
def test_not_sure(protocol: Protocol, about: Finding, disposition: str, criterion: str) -> None:
    question = ask(protocol, about)
    unsure = replace(about, uncertain=True)
    for decision in (reply(protocol, question, unsure), reply(protocol, question)):
        assert (decision.disposition.value, decision.criteria[0].id) == (disposition, criterion)
        assert decision.question is None
        assert protocol.means(criterion)


def test_the_day_alone_answers_for_the_soreness(protocol: Protocol) -> None:
    question = ask(protocol, SORE)
    assert reply(protocol, question, day=1).response == "utter_self_care_soreness"
    later = reply(protocol, question, day=5)
    assert later.question is not None
    assert (later.question.kind, later.question.asked) == (QuestionKind.COURSE, 2)
    assert reply(protocol, later.question, replace(SORE, course=Course.SAME), day=5).response == "utter_routine"
    assert reply(protocol, ask(protocol, SORE_SAME), day=5).response == "utter_routine"


def test_a_day_told_in_passing_is_an_answer(protocol: Protocol) -> None:
    told = Findings((), procedure_day=2)
    assert assess(told, ask(protocol, SORE), NOBODY, protocol).response == "utter_self_care_soreness"


def test_the_attribute_told_in_passing_is_an_answer(protocol: Protocol) -> None:
    decision = say(protocol, ask(protocol, HEADACHE), f("headache", duration_hours=2.0))
    assert decision.disposition is Disposition.SELF_CARE


@pytest.mark.parametrize("about", [HEADACHE, f("nausea"), WARM, PAIN])
def test_no_answer_is_asked_again_once_then_urgent(protocol: Protocol, about: Finding) -> None:
    first = ask(protocol, about)
    decision = say(protocol, first)
    assert decision.disposition is Disposition.CLARIFY
    assert decision.question == replace(first, asked=2)
    second = say(protocol, decision.question)
    assert second.disposition is Disposition.URGENT
    assert second.question is None
    assert second.criteria[0].evidence == about.text


def test_an_unknown_day_is_routine_at_last(protocol: Protocol) -> None:
    assert say(protocol, ask(protocol, SORE, asked=2)).disposition is Disposition.ROUTINE


def test_a_red_flag_does_not_wait_for_the_answer(protocol: Protocol) -> None:
    for asked in (1, 2):
        decision = say(protocol, ask(protocol, HEADACHE, asked=asked), f("chills"))
        assert (decision.disposition, decision.criteria[0].id) == (Disposition.URGENT, "chills.present")
        # The advice comes first; the question may follow it, and then waits for nothing.
        assert decision.question is not None
        assert decision.question.after_advice


def test_an_answer_and_a_red_flag(protocol: Protocol) -> None:
    decision = reply(protocol, ask(protocol, HEADACHE), f("headache", duration_hours=1.0), f("chest_pain"))
    assert decision.disposition is Disposition.EMERGENCY


def test_a_second_question_may_follow_and_no_third(protocol: Protocol) -> None:
    first = ask(protocol, HEADACHE, WARM, PAIN)
    assert first.kind is QuestionKind.TEMPERATURE
    second = reply(protocol, first, f("fever", "warm", fahrenheit=98.6)).question
    assert second is not None
    assert (second.kind, second.asked) == (QuestionKind.DURATION, 2)
    third = reply(protocol, second, f("headache", duration_hours=1.0))
    assert (third.disposition, third.criteria[0].id) == (Disposition.URGENT, "course.unanswered")


def test_what_waits_for_another_question_is_not_forgotten(protocol: Protocol) -> None:
    again = say(protocol, ask(protocol, HEADACHE), WARM).question
    assert again is not None
    assert (again.kind, again.asked) == (QuestionKind.DURATION, 2)
    decision = reply(protocol, again, f("headache", duration_hours=1.0))
    assert (decision.disposition, decision.criteria[0].id) == (Disposition.URGENT, "temperature.unanswered")


def test_a_complaint_to_file_waits_with_the_question(protocol: Protocol) -> None:
    question = ask(protocol, HEADACHE, f("other", text="cough"))
    decision = reply(protocol, question, f("headache", duration_hours=1.0))
    assert (decision.disposition, decision.response) == (Disposition.ROUTINE, "utter_routine_other")
    assert decision.file
    assert decision.criteria[0].evidence == "cough"


def test_combinations_reach_over_a_question(protocol: Protocol) -> None:
    assert say(protocol, ask(protocol, STIFF), f("fever")).disposition is Disposition.EMERGENCY
    assert say(protocol, ask(protocol, STIFF), f("fever"), f("back_pain")).disposition is Disposition.EMERGENCY
    assert say(protocol, ask(protocol, LEG), f("urinary")).disposition is Disposition.EMERGENCY
    assert say(protocol, ask(protocol, LEG), f("urinary"), f("leg_symptom", negated=True)).criteria[0].id == (
        "urinary.present"
    )


def test_a_detail_from_before_the_advice_combines(protocol: Protocol) -> None:
    onset = Question(QuestionKind.ONSET, ("leg_symptom",), about=(STIFF,))
    assert say(protocol, onset, f("fever")).disposition is Disposition.EMERGENCY


# Presence


def test_yes_to_a_general_question_is_a_report(protocol: Protocol) -> None:
    question = ask(protocol, f("fever", **GENERAL))
    assert [item.present for item in question.about] == [True]
    assert reply(protocol, question, *question.about).disposition is Disposition.URGENT
    follow_up = reply(protocol, ask(protocol, f("headache", **GENERAL)), HEADACHE).question
    assert follow_up is not None
    assert (follow_up.kind, follow_up.asked, follow_up.general) == (QuestionKind.DURATION, 2, False)


def test_no_or_nothing_to_a_general_question_files_nothing(protocol: Protocol) -> None:
    question = ask(protocol, f("fever", **GENERAL))
    for decision in (
        reply(protocol, question, f("fever", negated=True)),
        say(protocol, question),
        say(protocol, replace(question, asked=2)),
    ):
        assert decision.disposition is Disposition.NONE
        assert (decision.question, decision.response, decision.file) == (None, "", False)


@pytest.mark.parametrize("asked", [1, 2])
def test_general_questions_may_go_on(protocol: Protocol, asked: int) -> None:
    question = ask(protocol, f("fever", **GENERAL), asked=asked)
    decision = reply(protocol, question, f("fever", negated=True), f("chills", **GENERAL))
    assert decision.question is not None
    assert (decision.question.general, decision.question.asked) == (True, 1)
    assert decision.response == "utter_general_red_flag"


def test_a_report_after_an_unanswered_general_question_starts_the_count(protocol: Protocol) -> None:
    question = say(protocol, ask(protocol, f("fever", **GENERAL), asked=2), HEADACHE).question
    assert question is not None
    assert (question.kind, question.asked) == (QuestionKind.DURATION, 1)


def test_a_general_question_is_asked_about_when_the_report_no_longer_is(protocol: Protocol) -> None:
    answered = ask(protocol, HEADACHE, asked=2)
    decision = reply(protocol, answered, f("headache", duration_hours=1.0), SORE, f("fever", **GENERAL))
    assert [criterion.id for criterion in decision.criteria] == [
        "general.red_flag",
        "procedure_day.unanswered",
        "headache.short",
    ]
    assert decision.question is not None
    assert (decision.question.general, decision.question.asked) == (True, 1)


def test_a_report_is_asked_about_before_a_general_question(protocol: Protocol) -> None:
    decision = assess(Findings((f("fever", **GENERAL), HEADACHE)), None, NOBODY, protocol)
    assert decision.response == "utter_general_red_flag"
    assert decision.question is not None
    assert decision.question.kind is QuestionKind.DURATION
    assert decision.question.about == (HEADACHE,)


def test_a_question_of_somebody_else_counts(protocol: Protocol) -> None:
    question = Question(QuestionKind.PRESENCE, ("fever",))
    assert reply(protocol, question, f("fever")).disposition is Disposition.URGENT
    assert reply(protocol, question, f("fever", uncertain=True)).disposition is Disposition.URGENT
    assert reply(protocol, question, f("fever", negated=True)).disposition is Disposition.NONE
    again = say(protocol, question)
    assert again.question is not None
    assert (again.question.asked, again.question.response) == (2, "utter_ask_presence")
    assert say(protocol, again.question).disposition is Disposition.URGENT


def test_an_answer_that_names_nothing_is_asked_for_again(protocol: Protocol) -> None:
    decision = reply(protocol, Question(QuestionKind.PRESENCE, ("fever",)))
    assert decision.question is not None
    assert decision.question.asked == 2


def test_a_question_about_an_unknown_key(protocol: Protocol) -> None:
    question = Question(QuestionKind.DURATION, ("no such key",))
    assert reply(protocol, question).criteria[0].symptom == "other"


def test_a_duration_question_of_somebody_else(protocol: Protocol) -> None:
    question = Question(QuestionKind.DURATION, ("headache",))
    assert reply(protocol, question, f("headache", duration_hours=30.0)).disposition is Disposition.URGENT
    assert reply(protocol, question).disposition is Disposition.URGENT
    again = say(protocol, question).question
    assert again is not None
    assert (again.response, again.about) == ("utter_ask_headache_duration", (Finding("headache"),))
