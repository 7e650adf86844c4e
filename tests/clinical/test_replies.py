"""Short answers to our own questions, and to somebody else's."""

from __future__ import annotations

import pytest

from bot.clinical import ClinicalReader
from bot.triage.model import Course, Finding, Question, QuestionKind

FEVER = Question(QuestionKind.PRESENCE, ("fever",), "utter_ask_presence")
HEADACHE = Finding("headache", "headache", 0, 8, "headache.word")
DURATION = Question(QuestionKind.DURATION, ("headache",), "utter_ask_headache_duration", (HEADACHE,))
PAIN = Finding("back_pain", "back hurts", 3, 13, "back_pain.pain")
COURSE = Question(QuestionKind.COURSE, ("back_pain",), "utter_ask_back_pain_course", (PAIN,))
WARM = Finding("fever", "feel warm", 2, 11, "fever.warm", marks=("warm",))
TEMPERATURE = Question(QuestionKind.TEMPERATURE, ("fever",), "utter_ask_temperature", (WARM,))
DAY = Question(QuestionKind.PROCEDURE_DAY, ("back_pain",), "utter_ask_procedure_day", (PAIN,))
LEG = Finding("leg_symptom", "leg is numb", 3, 14, "leg_symptom.numbness")
ONSET = Question(QuestionKind.ONSET, ("leg_symptom",), "utter_ask_leg_onset", (LEG,))


@pytest.mark.parametrize(
    "text",
    ["yes", "Yep", "yeah", "uh yes", "a little", "kind of", "I do", "yes please", "1", "sometimes", "👍", "SURE DO"],
)
def test_yes_is_present(reader: ClinicalReader, text: str) -> None:
    findings = reader.read(text, FEVER)
    assert findings.answered
    assert [item.symptom for item in findings.present] == ["fever"]


@pytest.mark.parametrize(
    "text",
    ["no", "nope", "Nah", "not really", "not at all", "um no, not that I noticed", "I don't think so",
        "I have not", "2",
     "none of that", "no, nothing like that", "thankfully no", "no no no", "not right now"],
)  # fmt: skip
def test_no_is_denied(reader: ClinicalReader, text: str) -> None:
    findings = reader.read(text, FEVER)
    assert findings.answered
    assert not findings.present
    assert [(item.symptom, item.negated) for item in findings.items] == [("fever", True)]


@pytest.mark.parametrize("text", ["idk", "not sure", "maybe", "I don't know", "hard to say", "3"])
def test_doubt_is_present_and_uncertain(reader: ClinicalReader, text: str) -> None:
    findings = reader.read(text, FEVER)
    assert findings.answered
    assert [(item.symptom, item.uncertain) for item in findings.present] == [("fever", True)]


@pytest.mark.parametrize("text", ["can I drive?", "what time do you open", "ok thanks a lot for that", ""])
def test_something_else_is_no_answer(reader: ClinicalReader, text: str) -> None:
    findings = reader.read(text, FEVER)
    assert not findings.present or findings.answered
    assert not findings.answered or text.startswith("ok")


def test_no_but_something_else(reader: ClinicalReader) -> None:
    findings = reader.read("no but my leg is numb", FEVER)
    assert findings.answered
    assert [item.symptom for item in findings.present] == ["leg_symptom"]


def test_the_reply_names_one_of_two(reader: ClinicalReader) -> None:
    both = Question(QuestionKind.PRESENCE, ("fever", "chills"), "utter_ask_presence")
    assert {item.symptom for item in reader.read("both", both).present} == {"fever", "chills"}
    assert {item.symptom for item in reader.read("just chills", both).present} == {"chills"}


def test_a_reading_answers_a_question_for_fever(reader: ClinicalReader) -> None:
    (finding,) = reader.read("101.2", FEVER).present
    assert finding.value == 101.2


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("since yesterday", 24), ("2 days", 48), ("a few hours", 3), ("20 minutes", 1 / 3), ("since Monday", 48),
        ("more than a day", 24), ("2", 24), ("all day", 24), ("about a week", 168), ("an hour ago", 1),
    ],
)  # fmt: skip
def test_duration(reader: ClinicalReader, text: str, hours: float) -> None:
    findings = reader.read(text, DURATION)
    (finding,) = findings.present
    assert findings.answered
    assert finding.symptom == "headache"
    assert finding.duration_hours == pytest.approx(hours)


@pytest.mark.parametrize("text", ["less than a day", "1", "it just started", "no"])
def test_short_duration(reader: ClinicalReader, text: str) -> None:
    (finding,) = reader.read(text, DURATION).present
    assert finding.duration_hours is not None
    assert finding.duration_hours < 24


@pytest.mark.parametrize("text", ["not sure", "idk", "3"])
def test_unknown_duration(reader: ClinicalReader, text: str) -> None:
    findings = reader.read(text, DURATION)
    assert findings.answered
    assert findings.present[0].uncertain
    assert findings.present[0].duration_hours is None


def test_gone_answers_since_when(reader: ClinicalReader) -> None:
    findings = reader.read("it's gone now", DURATION)
    assert findings.answered
    assert findings.items[0].resolved


@pytest.mark.parametrize(
    ("text", "course"),
    [
        ("worse", Course.WORSE), ("much worse", Course.WORSE), ("the same", Course.SAME),
        ("about the same", Course.SAME),
        ("a bit better", Course.BETTER), ("improving", Course.BETTER), ("not worse", Course.SAME),
        ("not better", Course.SAME),
        ("1", Course.WORSE), ("2", Course.SAME), ("3", Course.BETTER), ("it is unbearable", Course.WORSE),
    ],
)  # fmt: skip
def test_course(reader: ClinicalReader, text: str, course: Course) -> None:
    findings = reader.read(text, COURSE)
    assert findings.answered
    assert findings.present[0].course is course


def test_unknown_course(reader: ClinicalReader) -> None:
    findings = reader.read("not sure", COURSE)
    assert findings.answered
    assert findings.present[0].uncertain


@pytest.mark.parametrize(
    ("text", "value"), [("98.4", 98.4), ("101", 101.0), ("38.1", 100.6), ("its one oh one", 101.0)]
)
def test_temperature(reader: ClinicalReader, text: str, value: float) -> None:
    findings = reader.read(text, TEMPERATURE)
    assert findings.answered
    assert [(item.value, item.unit) for item in findings.present] == [(value, "F")]


@pytest.mark.parametrize("text", ["I can't check it", "no thermometer", "I don't have one", "1", "not sure"])
def test_no_thermometer(reader: ClinicalReader, text: str) -> None:
    findings = reader.read(text, TEMPERATURE)
    assert findings.answered
    assert findings.present[0].value is None
    assert findings.present[0].uncertain


@pytest.mark.parametrize(
    ("text", "day"),
    [("Monday", 2), ("yesterday", 1), ("today", 0), ("3", 3), ("3 days ago", 3), ("last week", 7), ("last night", 1)],
)
def test_procedure_day(reader: ClinicalReader, text: str, day: int) -> None:
    findings = reader.read(text, DAY)
    assert (findings.answered, findings.procedure_day) == (True, day)


@pytest.mark.parametrize(
    ("text", "new"),
    [("it is new", True), ("new", True), ("yes", True), ("1", True), ("same as before", False),
     ("had it for years", False),
     ("no", False), ("2", False)],
)  # fmt: skip
def test_onset(reader: ClinicalReader, text: str, new: bool) -> None:
    findings = reader.read(text, ONSET)
    assert findings.answered
    assert findings.items[0].new is new


@pytest.mark.parametrize(
    ("text", "kind", "symptoms"),
    [
        ("Do you have a fever?", QuestionKind.PRESENCE, ("fever",)),
        ("Any nausea or vomiting?", QuestionKind.PRESENCE, ("nausea",)),
        ("How about numbness or chills?", QuestionKind.PRESENCE, ("leg_symptom", "chills")),
        ("Do you have a temperature?", QuestionKind.PRESENCE, ("fever",)),
        ("How long have you had the headache?", QuestionKind.DURATION, ("headache",)),
        ("Is your back pain worse, the same or better?", QuestionKind.COURSE, ("back_pain",)),
        ("Can you take your temperature now?", QuestionKind.TEMPERATURE, ("fever",)),
        ("When was your discogram?", QuestionKind.PROCEDURE_DAY, ()),
        ("Is the numbness new since the discogram?", QuestionKind.ONSET, ("leg_symptom",)),
    ],
)
def test_question_from_text(reader: ClinicalReader, text: str, kind: QuestionKind, symptoms: tuple[str, ...]) -> None:
    question = reader.question_from_text(text)
    assert question is not None
    assert (question.kind, question.symptoms) == (kind, symptoms)


@pytest.mark.parametrize("text", ["How can I help?", "What is your name?", "", "Thanks for your message."])
def test_no_question(reader: ClinicalReader, text: str) -> None:
    assert reader.question_from_text(text) is None


def test_a_number_is_no_choice_of_somebody_elses_question(reader: ClinicalReader) -> None:
    question = reader.question_from_text("Do you have a fever?")
    assert not reader.read("2", question).answered


@pytest.mark.parametrize(
    "text", ["never mind", "nvm", "forget it", "skip", "I'd rather not say", "never mind, it's fine"]
)
@pytest.mark.parametrize(
    ("kind", "symptom"),
    [(QuestionKind.PRESENCE, "leg_symptom"), (QuestionKind.DURATION, "headache"), (QuestionKind.COURSE, "back_pain")],
)
def test_who_does_not_want_to_answer_has_not_answered(
    reader: ClinicalReader, kind: QuestionKind, symptom: str, text: str
) -> None:
    findings = reader.read(text, Question(kind, (symptom,), about=(Finding(symptom),)))
    assert not findings.answered
    assert findings.items == ()
