"""A topic is added by data alone: examples under data/nlu and an answer under data/responses."""

from __future__ import annotations

import asyncio
import re
import shutil
from pathlib import Path

import pytest
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage

from bot.nlu.topics import ANY_TOPIC, TopicError, TopicsImporter
from bot.rasa_agent.training import ModelError, fingerprint, train
from bot.screen import ScreenResult
from bot.settings import ROOT
from bot.triage.model import Decision, Findings
from tests.nlu.dialogue import Policies

#: As many examples of each intent as the small copy keeps: it trains in a fraction of the time.
EXAMPLES = 6

QUESTIONS = """
version: "3.1"
nlu:
- intent: ask_showering
  examples: |
    - when can i take a shower
    - shower?
    - is it ok to shower tonight
    - may i wash myself under the shower
    - what about a shower
    - showering after the discogram
"""
ANSWERS = """
version: "3.1"
responses:
  utter_answer_showering:
    - text: You may shower once you are home.
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The project's config, domain and data, with a few examples for each intent."""
    for name in ("config.yml", "domain.yml"):
        shutil.copy(ROOT / name, tmp_path)
    for folder in ("nlu", "rules", "stories", "responses"):
        shutil.copytree(ROOT / "data" / folder, tmp_path / "data" / folder)
    for file in (tmp_path / "data" / "nlu").glob("*.yml"):
        text = file.read_text(encoding="utf-8")
        fewer = re.sub(rf"((?:^    - .*\n){{{EXAMPLES}}})(?:^    - .*\n?)*", r"\1", text, flags=re.MULTILINE)
        file.write_text(fewer, encoding="utf-8")
    return tmp_path


def add(copy: Path, folder: str, text: str) -> Path:
    file = copy / "data" / folder / "showering.yml"
    file.write_text(text, encoding="utf-8")
    return file


def importer(copy: Path) -> TopicsImporter:
    return TopicsImporter(str(copy / "config.yml"), str(copy / "domain.yml"), [str(copy / "data")])


def test_the_new_topic_is_heard_and_answered(copy: Path, tmp_path: Path) -> None:
    before = fingerprint(copy)
    add(copy, "nlu", QUESTIONS)
    add(copy, "responses", ANSWERS)
    assert fingerprint(copy) != before
    model = train(tmp_path / "models", copy)
    processor = Agent.load(str(model)).processor
    assert processor is not None
    nothing = ScreenResult(Findings(), Decision()).to_dict()
    message = UserMessage("may i take a shower tonight?", metadata={"screen": nothing})
    assert asyncio.run(processor.parse_message(message))["intent"]["name"] == "ask_showering"
    assert processor.domain.responses["utter_answer_showering"][0]["text"] == "You may shower once you are home."
    dialogue = Policies(model).begin()
    assert dialogue.hear("ask_showering") == ["action_answer"]
    assert dialogue.hear("answer_no") == ["utter_goodbye"]


def test_rules_and_stories_hold_for_every_topic(copy: Path) -> None:
    add(copy, "nlu", QUESTIONS)
    add(copy, "responses", ANSWERS)
    read = importer(copy)
    heard = {
        event.intent_name
        for step in read.get_stories().story_steps
        for event in step.events
        if hasattr(event, "intent_name")
    }
    assert {"ask_showering", "ask_driving"} <= heard
    assert ANY_TOPIC not in heard
    assert "ask_showering" in read.get_domain().intents


@pytest.mark.parametrize(
    ("folder", "text", "line", "remedy"),
    [
        ("nlu", QUESTIONS, 4, "Write the response utter_answer_showering in a file under data/responses"),
        ("responses", ANSWERS, 4, "Write examples for the intent ask_showering in a file under data/nlu"),
    ],
    ids=["no answer", "no question"],
)
def test_half_a_topic_is_refused(copy: Path, folder: str, text: str, line: int, remedy: str) -> None:
    file = add(copy, folder, text)
    with pytest.raises(TopicError, match=re.escape(f"{file}:{line}: ")) as refused:
        importer(copy).get_stories()
    assert remedy in str(refused.value)


def test_training_says_why_it_refused(copy: Path, tmp_path: Path) -> None:
    add(copy, "nlu", QUESTIONS)
    with pytest.raises(ModelError, match="utter_answer_showering"):
        train(tmp_path / "models", copy)
