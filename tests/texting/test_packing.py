"""Replies put into texts: everything is said, what must be read first comes first, and no text is too long."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.texting.alphabet import FIRST_PART, LONGEST, foreign_characters, septets, transliterate
from bot.texting.packing import pack
from bot.triage.model import Disposition
from bot.wording import FRAGMENTS
from tests.responses.test_all_responses import FACTS, WORDING

#: Every combination of responses with which the conversations of tests/conversations are answered.
COMBINATIONS = (Path(__file__).parent / "combinations.txt").read_text(encoding="utf-8").splitlines()
BRIEF = WORDING.say("utter_notice_brief", "sms", FACTS).text
PHONE = FACTS["phone"]


@dataclass(frozen=True)
class Part:
    text: str
    disposition: str = "none"
    response: str = ""


def part(name: str) -> Part:
    said = WORDING.say(name, "sms", FACTS)
    return Part(said.text, said.disposition.value, name)


def parts_of(line: str) -> list[Part]:
    return [part(f"utter_{name}") for name in line.split()]


def assert_packed(parts: list[Part]) -> None:
    texts = pack(parts, BRIEF)
    words = "\n".join(text.words for text in texts)
    for text in texts:
        assert septets(text.words) <= LONGEST
        assert not foreign_characters(text.words)
        assert text.words.strip()
    for item in parts:
        # The notice alone may be said in short.
        assert item.text in words or (item.response == "utter_notice" and BRIEF in words)
    dispositions = [Disposition(item.disposition) for item in parts]
    if any(given is Disposition.EMERGENCY for given in dispositions):
        first = next(item for item in parts if Disposition(item.disposition).at_least(Disposition.URGENT))
        assert texts[0].words.startswith(first.text)
    worst = Disposition.worst(dispositions)
    if worst.at_least(Disposition.URGENT):
        number = PHONE if worst is Disposition.URGENT else ""
        assert number in texts[0].words[:FIRST_PART]
    elif worst is Disposition.CLARIFY:
        question = next(item for item in parts if item.disposition == "clarify")
        assert question.text in texts[0].words


@pytest.mark.parametrize("line", COMBINATIONS)
def test_combinations_that_occur(line: str) -> None:
    parts = parts_of(line)
    assert_packed(parts)
    names = line.split()
    first = pack(parts, BRIEF)[0].words
    for name in names:
        # The reference stands in the text of its advice.
        if name in ("filed", "filed_emergency"):
            assert FACTS["reference"] in first


def test_most_replies_are_one_text_and_nearly_all_first_ones_carry_the_notice() -> None:
    packed = {line: pack(parts_of(line), BRIEF) for line in COMBINATIONS}
    assert sum(len(texts) == 1 for texts in packed.values()) >= 0.6 * len(packed)
    begun = {line: texts for line, texts in packed.items() if "notice" in line.split()}
    without = [line for line, texts in begun.items() if "clinician" not in texts[0].words]
    # Advice that fills a text by itself: the notice follows in the next one.
    assert len(without) <= 0.1 * len(begun), without


@pytest.mark.parametrize("name", sorted(WORDING.names() - FRAGMENTS))
def test_no_text_has_a_link(name: str) -> None:
    assert not re.search(r"https?:|www\.|\.(com|org|net)\b", part(name).text)


ANY = st.sampled_from(sorted(WORDING.names() - FRAGMENTS - {"utter_notice_brief"}))


@given(st.lists(ANY, min_size=1, max_size=6, unique=True))
def test_any_combination(names: list[str]) -> None:
    texts = pack([part(name) for name in names], BRIEF)
    assert all(septets(text.words) <= LONGEST for text in texts)
    assert {place for text in texts for place in text.parts} == set(range(len(names)))
    urgent = [text.urgent for text in texts]
    assert urgent == sorted(urgent, reverse=True)


@given(st.lists(st.text(max_size=900), max_size=4))
def test_whatever_staff_write_becomes_texts(words: list[str]) -> None:
    texts = pack([Part(text) for text in words])
    for text in texts:
        assert septets(text.words) <= LONGEST
        assert not foreign_characters(text.words)
    for said in words:
        for word in transliterate(said).split():
            if len(word) < LONGEST // 2:
                assert word in "\n".join(text.words for text in texts)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Zoë O’Brien – “Dr.”", 'Zoë O\'Brien - "Dr."'.replace("ë", "e")),
        ("José Núñez", "José Nuñez"),
        ("François Łuczak", "François Luczak".replace("ç", "c")),
        ("101.5°F…", "101.5 degrees F..."),
        ("see you 👍🏽", "see you"),
        ("привет", "??????"),
        ("a\u00a0b\u200bc", "a bc"),
    ],
)
def test_other_letters_are_written_with_ours(text: str, plain: str) -> None:
    assert transliterate(text) == plain
