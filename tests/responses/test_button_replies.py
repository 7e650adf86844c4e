"""A tapped button is plain words, so the text understanding must read each of them as the answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.clinical import ClinicalReader
from bot.triage.model import Finding, Question, QuestionKind
from bot.wording import Wording

DATA = Path(__file__).resolve().parents[2] / "data"
WORDING = Wording.load(DATA / "responses")

ASKED = {
    "utter_ask_headache_duration": (QuestionKind.DURATION, "headache"),
    "utter_ask_nausea_duration": (QuestionKind.DURATION, "nausea"),
    "utter_ask_duration": (QuestionKind.DURATION, "headache"),
    "utter_ask_back_pain_course": (QuestionKind.COURSE, "back_pain"),
    "utter_ask_temperature": (QuestionKind.TEMPERATURE, "fever"),
    "utter_ask_procedure_day": (QuestionKind.PROCEDURE_DAY, "back_pain"),
    "utter_ask_presence": (QuestionKind.PRESENCE, "fever"),
    "utter_ask_leg_onset": (QuestionKind.ONSET, "leg_symptom"),
}
#: They say "this", so that their text alone does not tell what they are about.
WITHOUT_A_SYMPTOM = {"utter_ask_duration", "utter_ask_leg_onset"}
REPLIES = [
    (name, button.payload)
    for name in sorted(WORDING.names())
    if name.startswith("utter_ask_")
    for button in WORDING.variations(name)[0].buttons
]


@pytest.fixture(scope="module")
def reader() -> ClinicalReader:
    return ClinicalReader.load(DATA / "lexicon")


def test_every_question_is_covered() -> None:
    assert set(ASKED) == {name for name in WORDING.names() if name.startswith("utter_ask_")}


@pytest.mark.parametrize(("name", "payload"), REPLIES)
def test_every_button_answers_its_question(reader: ClinicalReader, name: str, payload: str) -> None:
    kind, symptom = ASKED[name]
    question = Question(kind, (symptom,), name, (Finding(symptom),))
    findings = reader.read(payload, question)
    assert findings.answered
    assert {item.symptom for item in findings.items} <= {symptom}


@pytest.mark.parametrize("name", sorted(set(ASKED) - WITHOUT_A_SYMPTOM))
def test_the_questions_are_read_as_what_they_ask(reader: ClinicalReader, name: str) -> None:
    """``aftercare triage`` gets the bot's last question as text."""
    kind, symptom = ASKED[name]
    facts = {"symptom": WORDING.say(f"utter_symptom_{symptom}", "website", {}).text}
    for channel in ("website", "sms"):
        question = reader.question_from_text(WORDING.say(name, channel, facts).text)
        assert question is not None
        assert question.kind is kind
