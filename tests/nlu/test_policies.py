"""What the policies do in every state that a conversation can be in: never nothing, never the wrong way round."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from bot.triage.model import Disposition
from tests.nlu.dialogue import Policies

pytestmark = pytest.mark.model

CLARIFY, NONE, ROUTINE, SELF_CARE, URGENT, EMERGENCY = (
    Disposition.CLARIFY,
    Disposition.NONE,
    Disposition.ROUTINE,
    Disposition.SELF_CARE,
    Disposition.URGENT,
    Disposition.EMERGENCY,
)
Turn = tuple[str, Disposition]

#: What may have been the bot's last turn.
BEFORE: list[list[Turn]] = [
    [],
    *[[(intent, NONE)] for intent in ("greet", "thank", "goodbye", "ask_bot", "ask_driving", "request_person")],
    *[[(intent, NONE)] for intent in ("out_of_scope", "nlu_fallback", "answer_duration", "answer_yes")],
    *[[("report_symptom", disposition)] for disposition in Disposition],
    [("report_symptom", CLARIFY), ("ask_driving", NONE)],
    [("report_symptom", CLARIFY), ("thank", NONE)],
    [("report_symptom", CLARIFY), ("nlu_fallback", CLARIFY)],
    [("report_symptom", CLARIFY), ("answer_yes", URGENT)],
]


@pytest.fixture(scope="module")
def policies(model: Path) -> Policies:
    return Policies(model)


@pytest.mark.parametrize("before", BEFORE, ids=lambda turns: " ".join(f"{i}:{d.value}" for i, d in turns) or "first")
def test_no_state_is_silent_and_a_symptom_always_reaches_triage(policies: Policies, before: list[Turn]) -> None:
    for intent in policies.intents:
        dialogue = policies.begin()
        for turn in before:
            dialogue.hear(*turn)
        pending = dialogue.pending
        done = dialogue.hear(intent, CLARIFY)
        assert done, intent
        if intent == "report_symptom":
            assert done == ["action_triage", "action_ask_question"]
        if pending:
            assert done[-1] == "action_ask_question", intent


@pytest.mark.parametrize(
    "intent",
    [
        "report_symptom", "answer_yes", "answer_no", "answer_not_sure", "answer_duration", "answer_course",
        "answer_temperature", "nlu_fallback", "out_of_scope",
    ],
)  # fmt: skip
def test_whatever_may_be_an_answer_goes_to_triage(policies: Policies, intent: str) -> None:
    dialogue = policies.begin()
    dialogue.hear("report_symptom", CLARIFY)
    assert dialogue.hear(intent, URGENT) == ["action_triage"]


@pytest.mark.parametrize(
    ("intent", "first"),
    [
        ("ask_driving", "action_answer"),
        ("request_person", "action_hand_off"),
        ("greet", "utter_greet"),
        ("thank", "action_after_advice"),
        ("goodbye", "action_after_advice"),
        ("ask_bot", "utter_bot"),
    ],
)
def test_the_pending_question_comes_back_after_anything_else(policies: Policies, intent: str, first: str) -> None:
    dialogue = policies.begin()
    dialogue.hear("report_symptom", CLARIFY)
    assert dialogue.hear(intent) == [first, "action_ask_question"]
    # and again, as long as it is pending
    assert dialogue.hear(intent) == [first, "action_ask_question"]
    assert dialogue.hear("report_symptom", SELF_CARE) == ["action_triage"]
    assert dialogue.hear(intent) == [first]


@pytest.mark.parametrize(
    ("before", "intent", "expected"),
    [
        ([("greet", NONE)], "answer_no", "utter_menu"),
        ([("ask_driving", NONE)], "answer_no", "utter_goodbye"),
        ([("ask_driving", NONE)], "answer_yes", "utter_menu"),
        ([("ask_position", NONE), ("thank", NONE)], "answer_no", "utter_goodbye"),
        ([("out_of_scope", NONE)], "answer_yes", "utter_menu"),
        ([("report_symptom", SELF_CARE)], "answer_yes", "utter_goodbye"),
        ([("report_symptom", NONE)], "answer_no", "utter_goodbye"),
        ([("report_symptom", ROUTINE), ("thank", NONE)], "answer_no", "utter_goodbye"),
        ([("report_symptom", SELF_CARE), ("ask_driving", NONE)], "answer_yes", "utter_menu"),
        # nothing that closes the talk right after red-flag advice
        ([("report_symptom", URGENT)], "answer_no", "action_after_advice"),
        ([("report_symptom", EMERGENCY)], "answer_yes", "action_after_advice"),
        ([("report_symptom", URGENT), ("ask_driving", NONE)], "answer_no", "action_after_advice"),
        ([("report_symptom", EMERGENCY), ("thank", NONE)], "answer_no", "action_after_advice"),
        # what stood between is not overlooked
        ([("thank", NONE), ("answer_duration", NONE)], "answer_no", "action_after_advice"),
        ([], "answer_yes", "action_after_advice"),
        ([], "answer_duration", "action_after_advice"),
    ],
)
def test_yes_and_no_mean_what_the_bots_last_words_make_of_them(
    policies: Policies, before: list[Turn], intent: str, expected: str
) -> None:
    dialogue = policies.begin()
    for turn in before:
        dialogue.hear(*turn)
    assert dialogue.hear(intent) == [expected]


def test_long_random_conversations_never_fall_silent(policies: Policies) -> None:
    chance = random.Random(20)
    for _ in range(10):
        dialogue = policies.begin()
        for _ in range(25):
            intent = chance.choice(policies.intents)
            pending = dialogue.pending
            done = dialogue.hear(intent, chance.choice(list(Disposition)))
            assert done
            assert not pending or "action_triage" in done or done[-1] == "action_ask_question"
