"""How often held-out wordings are understood: what was measured is the floor (docs/nlu.md has the figures)."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
import yaml

from bot.nlu.topics import is_topic
from tests.nlu.parsing import NOTHING, Pipeline

pytestmark = pytest.mark.model

HERE = Path(__file__).parent
SETS = ("paraphrases", "paraphrases_unseen")
RED_FLAGS = HERE.parent / "clinical" / "labelled" / "redflag_positive.jsonl"
SYMPTOM = "report_symptom"
CHOICES = 2


@pytest.fixture(scope="module")
def pipeline(model: Path) -> Pipeline:
    return Pipeline(model)


def wordings(name: str) -> list[tuple[str, str]]:
    """(text, intent) of each held-out wording."""
    content = yaml.safe_load((HERE / f"{name}.yml").read_text(encoding="utf-8"))["paraphrases"]
    return [(str(text), intent) for intent, texts in content.items() for text in texts]


def outcome(pipeline: Pipeline, text: str, intent: str) -> str:
    """right; offered: not answered, but among the choices; wrong: answered otherwise; lost: nothing of it."""
    parsed = pipeline.parse(text, NOTHING)
    found = parsed["intent"]["name"]
    if found != "nlu_fallback":
        return "right" if found == intent else "wrong"
    likely = [item["name"] for item in parsed["intent_ranking"] if is_topic(item["name"])]
    return "offered" if intent in likely[:CHOICES] else "lost"


# The first set chose the settings, the second was not looked at: its figures are the honest ones.
@pytest.mark.parametrize(("name", "right", "helped"), [(SETS[0], 0.84, 0.92), (SETS[1], 0.75, 0.89)])
def test_aftercare_questions_get_their_answer(pipeline: Pipeline, name: str, right: float, helped: float) -> None:
    asked = [(text, intent) for text, intent in wordings(name) if is_topic(intent)]
    counts = Counter(outcome(pipeline, text, intent) for text, intent in asked)
    assert counts["right"] / len(asked) >= right
    assert (counts["right"] + counts["offered"]) / len(asked) >= helped


@pytest.mark.parametrize(("name", "right"), [(SETS[0], 0.85), (SETS[1], 0.8)])
def test_the_conversation_itself_is_understood(pipeline: Pipeline, name: str, right: float) -> None:
    said = [(text, intent) for text, intent in wordings(name) if not is_topic(intent) and intent != SYMPTOM]
    counts = Counter(outcome(pipeline, text, intent) for text, intent in said)
    assert counts["right"] / len(said) >= right


def test_a_reported_symptom_never_gets_an_aftercare_answer_alone(pipeline: Pipeline) -> None:
    """The whole pipeline, the screen in it. At least 99 % is asked for; 100 % holds."""
    reports = [text for name in SETS for text, intent in wordings(name) if intent == SYMPTOM]
    reports += [json.loads(line)["text"] for line in RED_FLAGS.read_text(encoding="utf-8").splitlines()]
    missed = [text for text in reports if is_topic(pipeline.parse(text, None)["intent"]["name"])]
    assert len(missed) / len(reports) < 0.01
