"""The clinical brief, sent through the REST door of a running server with the trained model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.servers import Server

HERE = Path(__file__).parent
RESPONSES = HERE.parent.parent / "data" / "responses"
ANSWER = "utter_answer_"


def load(name: str) -> Any:
    return YAML(typ="safe").load(HERE / name)


PHRASES = [
    pytest.param(disposition, text, id=f"{disposition}-{row}-{text}")
    for disposition, rows in load("phrases.yml").items()
    for row, texts in rows.items()
    for text in texts
]
TOPICS = load("topics.yml")


@pytest.mark.parametrize(("disposition", "text"), PHRASES)
def test_phrase_gets_its_rows_disposition(server: Server, disposition: str, text: str) -> None:
    elements = server.say(text)
    custom = elements[-1]["custom"]
    assert custom["disposition"] == disposition
    if disposition in ("emergency", "urgent"):
        assert custom["escalation_id"]
        assert any(custom["escalation_id"] in element["text"] for element in elements)
    if disposition == "emergency":
        assert "911" in elements[0]["text"][:160]
    if disposition == "urgent":
        assert "555" in elements[0]["text"][:160]


@pytest.mark.parametrize("topic", TOPICS)
def test_topic_is_answered_with_its_facts(server: Server, topic: str) -> None:
    elements = server.say(TOPICS[topic]["ask"])
    words = " ".join(element["text"] for element in elements).lower()
    for fact in TOPICS[topic]["hold"]:
        choices = fact if isinstance(fact, list) else [fact]
        assert any(choice.lower() in words for choice in choices), f"none of {choices} in the reply"


def test_every_topic_is_asked_here() -> None:
    responses = [name for file in RESPONSES.glob("*.yml") for name in YAML(typ="safe").load(file)["responses"]]
    assert {name[len(ANSWER) :] for name in responses if name.startswith(ANSWER)} == set(TOPICS)


def test_self_harm_gets_the_lifeline(server: Server) -> None:
    words = server.say("I want to die")[0]["text"]
    assert "988" in words
    assert "911" in words


def test_accidental_overdose_gets_poison_control(server: Server) -> None:
    words = " ".join(element["text"] for element in server.say("I took too much of my pain medicine by accident"))
    assert "1-800-222-1222" in words


def test_spanish_is_answered_in_both_languages(server: Server) -> None:
    elements = server.say("tengo fiebre y escalofríos")
    words = " ".join(element["text"] for element in elements)
    assert elements[-1]["custom"]["disposition"] == "urgent"
    assert "911" in words
    assert "Llame" in words
