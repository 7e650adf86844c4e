"""Messages fall into sentences and parts, with their places in what was typed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.shared.nlu.constants import TEXT, TEXT_TOKENS
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.clauses import END, PARTS, SENTENCES, START, ClauseSplitter, with_clauses
from bot.nlu.tokenizer import BlankSpacyTokenizer

CONFIG = Path(__file__).resolve().parents[3] / "config.yml"


def options(name: str) -> dict[str, Any]:
    """What config.yml says about the component."""
    pipeline = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))["pipeline"]
    (found,) = [item for item in pipeline if item["name"] == name]
    return {key: value for key, value in found.items() if key != "name"}


def split(text: str, **more: Any) -> Message:
    message = Message({TEXT: text})
    tokenizer = BlankSpacyTokenizer(BlankSpacyTokenizer.get_default_config())
    message.set(TEXT_TOKENS, tokenizer.tokenize(message, TEXT))
    config = {**ClauseSplitter.get_default_config(), **options("bot.nlu.clauses.ClauseSplitter"), **more}
    ClauseSplitter(config).process([message])
    return message


def words(message: Message) -> list[str | list[str]]:
    """Each sentence, or the list of its parts."""
    sentences = message.get(SENTENCES) or []
    return [[part.get(TEXT) for part in sentence.get(PARTS) or []] or sentence.get(TEXT) for sentence in sentences]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("can i drive", []),
        ("Can I drive?", []),
        ("what is 101.2 f", []),
        ("can i drive? when do i get my results", ["can i drive?", "when do i get my results"]),
        ("hi!! can i drive...", ["hi!", "can i drive..."]),
        ("can i drive\nand when do i eat", ["can i drive", "and when do i eat"]),
        ("can i drive and lift my son?", [["can i drive", "and lift my son?"]]),
        ("ok, can i drive. also work?", [["ok,", "can i drive."], "also work?"]),
        ("and lifting?", []),
        ("...", []),
        ("", []),
    ],
)
def test_sentences_and_parts(text: str, expected: list[str | list[str]]) -> None:
    assert words(split(text)) == expected


def test_every_clause_knows_its_place_and_its_tokens() -> None:
    text = "Hello.  Can I drive, and lift?\n\nThanks"
    message = split(text)
    clauses = list(with_clauses([message]))[1:]
    assert len(clauses) == 5
    for clause in clauses:
        assert text[clause.get(START) : clause.get(END)] == clause.get(TEXT)
        assert all(clause.get(TEXT)[token.start : token.end] == token.text for token in clause.get(TEXT_TOKENS))


def test_a_long_message_costs_no_more_than_the_first_clauses() -> None:
    message = split("can i drive and lift? " * 500)
    assert 6 <= len(list(with_clauses([message]))) - 1 <= 8
