"""The clinical screen in the pipeline: what it finds outranks the classifier, and it never fails open."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message

import bot.screen
from bot.nlu.triage import REPORT_SYMPTOM, SCREEN_KEY, ClinicalTriage
from bot.screen import ScreenResult
from bot.triage.model import Decision, Disposition, Finding, Findings, Question, QuestionKind

SECRET = "my leg is numb says Jane"


def screen(disposition: Disposition, *items: Finding, answered: bool = False) -> dict[str, Any]:
    question = Question(QuestionKind.PRESENCE, ("fever",)) if disposition is Disposition.CLARIFY else None
    return ScreenResult(Findings(items, answered=answered), Decision(disposition, question=question)).to_dict()


def classified(*ranking: str, metadata: dict[str, Any] | None = None) -> Message:
    """A message as it leaves the classifier and the fallback."""
    scores = [{"name": name, "confidence": 0.6 / (place + 1)} for place, name in enumerate(ranking)]
    return Message({TEXT: SECRET, INTENT: scores[0], INTENT_RANKING_KEY: scores, METADATA: metadata})


def triaged(*ranking: str, given: Any) -> Message:
    (message,) = ClinicalTriage().process([classified(*ranking, metadata={SCREEN_KEY: given})])
    return message


def intents(message: Message) -> list[str]:
    return [item["name"] for item in message.get(INTENT_RANKING_KEY)]


@pytest.mark.parametrize("disposition", [item for item in Disposition if item is not Disposition.NONE])
def test_every_disposition_outranks_the_classifier(disposition: Disposition) -> None:
    message = triaged("ask_driving", "report_symptom", "thank", given=screen(disposition, Finding("fever")))
    assert message.get(INTENT) == {"name": REPORT_SYMPTOM, "confidence": 1.0}
    assert intents(message) == [REPORT_SYMPTOM, "ask_driving", "thank"]


def test_an_answer_outranks_the_classifier_even_when_it_means_nothing_clinical() -> None:
    message = triaged("answer_no", "goodbye", given=screen(Disposition.NONE, answered=True))
    assert message.get(INTENT)["name"] == REPORT_SYMPTOM


def test_a_general_question_about_a_red_flag_outranks_the_classifier() -> None:
    asked = Finding("fever", hypothetical=True, question=True)
    message = triaged("ask_when_to_call", given=screen(Disposition.CLARIFY, asked))
    assert message.get(INTENT)["name"] == REPORT_SYMPTOM


@pytest.mark.parametrize("intent", ["ask_driving", "thank", "nlu_fallback", "request_person"])
def test_a_message_that_only_leaves_the_question_open_keeps_its_intent(intent: str) -> None:
    message = triaged(intent, "greet", given=screen(Disposition.CLARIFY))
    assert message.get(INTENT)["name"] == intent


@pytest.mark.parametrize("intent", ["ask_driving", "report_symptom", "nlu_fallback"])
def test_without_a_symptom_the_classifier_decides(intent: str) -> None:
    before = classified(intent, "greet", "thank")
    message = triaged(intent, "greet", "thank", given=screen(Disposition.NONE))
    assert message.get(INTENT) == before.get(INTENT)
    assert intents(message) == intents(before)


def test_a_symptom_that_the_fallback_doubts_is_a_symptom() -> None:
    message = triaged("nlu_fallback", "report_symptom", "thank", given=screen(Disposition.NONE))
    assert intents(message) == ["report_symptom", "nlu_fallback", "thank"]


@pytest.mark.parametrize(
    ("intent", "expected"),
    [
        ("answer_no", "report_symptom"),
        ("nlu_fallback", "report_symptom"),
        ("out_of_scope", "report_symptom"),
        ("ask_driving", "ask_driving"),
        ("request_person", "request_person"),
    ],
)
def test_a_denial_goes_to_triage_unless_it_comes_with_a_wish(intent: str, expected: str) -> None:
    message = triaged(intent, "greet", given=screen(Disposition.NONE, Finding("fever", negated=True)))
    assert message.get(INTENT)["name"] == expected


def test_the_screen_is_part_of_the_parse_result() -> None:
    given = screen(Disposition.URGENT, Finding("fever", text="fever", value=101.0, unit="F"))
    result = triaged("ask_driving", given=given).as_dict(only_output_properties=True)
    assert result[SCREEN_KEY] == given
    assert ScreenResult.from_dict(result[SCREEN_KEY]).decision.disposition is Disposition.URGENT


class _BrokenScreen:
    @classmethod
    def default(cls) -> _BrokenScreen:
        return cls()

    def run(self, text: str) -> ScreenResult:
        raise RuntimeError(f"cannot read {text!r}")


class _UrgentScreen(_BrokenScreen):
    def run(self, text: str) -> ScreenResult:
        assert text == SECRET
        return ScreenResult.from_dict(screen(Disposition.URGENT, Finding("leg_symptom")))


def test_without_the_conversation_it_screens_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.screen, "Screen", _UrgentScreen)
    (message,) = ClinicalTriage().process([classified("ask_driving")])
    assert message.get(INTENT)["name"] == REPORT_SYMPTOM
    assert message.get(SCREEN_KEY)["decision"]["disposition"] == "urgent"


def test_a_screen_that_fails_counts_as_a_symptom_and_keeps_the_words_out_of_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(bot.screen, "Screen", _BrokenScreen)
    with caplog.at_level(logging.DEBUG):
        (message,) = ClinicalTriage().process([classified("thank")])
    assert message.get(INTENT) == {"name": REPORT_SYMPTOM, "confidence": 1.0}
    assert message.get(SCREEN_KEY) is None
    assert "RuntimeError" in caplog.text
    assert "numb" not in caplog.text
    assert "Jane" not in caplog.text


@pytest.mark.parametrize(
    "given", ["", {}, [], {"decision": {}}, {"decision": {"disposition": "worst"}, "findings": {}}]
)
def test_a_screen_that_cannot_be_read_counts_as_a_symptom(given: Any) -> None:
    assert triaged("thank", given=given).get(INTENT)["name"] == REPORT_SYMPTOM


def test_a_message_that_nothing_classified_is_still_triaged() -> None:
    given = screen(Disposition.EMERGENCY, Finding("breathing"))
    (message,) = ClinicalTriage().process([Message({TEXT: SECRET, METADATA: {SCREEN_KEY: given}})])
    assert message.get(INTENT)["name"] == REPORT_SYMPTOM
