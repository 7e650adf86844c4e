"""Wishes for no more texts, and sentences with the same words that are symptoms or questions."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.screen import Screen
from bot.texting.keywords import Keyword, Keywords
from bot.triage.model import Disposition, Encounter

HERE = Path(__file__).parent
KEYWORDS = Keywords.default()


def lines(name: str) -> list[str]:
    return (HERE / name).read_text(encoding="utf-8").splitlines()


def test_nearly_all_wordings_are_taken() -> None:
    wordings = lines("opting_out.txt")
    missed = [text for text in wordings if KEYWORDS.of(text) is not Keyword.STOP]
    assert len(wordings) >= 150
    assert len(missed) <= 0.03 * len(wordings), missed


def test_further_wordings_are_taken() -> None:
    wordings = lines("opting_out_further.txt")
    missed = [text for text in wordings if KEYWORDS.of(text) is not Keyword.STOP]
    assert len(missed) <= 0.03 * len(wordings), missed


def test_no_symptom_or_question_is_a_wish() -> None:
    sentences = lines("symptoms_and_questions.txt")
    assert len(sentences) >= 300
    assert [text for text in sentences if KEYWORDS.of(text) is not None] == []


def test_no_symptom_or_question_holds_one_but_those_that_say_both() -> None:
    assert [text for text in lines("symptoms_and_questions.txt") if KEYWORDS.opt_out_within(text)] == [
        "stop texting me, my leg is numb"
    ]


def test_no_wish_is_a_symptom() -> None:
    """The screen wins: a wording that it reads as urgent would not be taken."""
    screen = Screen.default()
    red = [
        text
        for text in lines("opting_out.txt")
        if screen.run(text, None, Encounter()).decision.disposition.at_least(Disposition.CLARIFY)
    ]
    assert red == []


@pytest.mark.parametrize(
    ("text", "keyword"),
    [
        ("START", Keyword.START),
        ("unstop", Keyword.START),
        ("please start texting me again", Keyword.START),
        ("HELP", Keyword.HELP),
        ("help?", Keyword.HELP),
        ("Info", Keyword.HELP),
        ("please help", None),
        ("help me", None),
        ("start", Keyword.START),
        ("when can I start driving", None),
        ("", None),
        ("?!", None),
        ("🛑", None),
    ],
)
def test_the_other_keywords(text: str, keyword: Keyword | None) -> None:
    assert KEYWORDS.of(text) is keyword
