"""Every message reads at a sixth-grade level or below.

Flesch-Kincaid grade (Kincaid, Fishburne, Rogers, Chissom, 1975):
0.39 * words / sentences + 11.8 * syllables / words - 15.59.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.wording import FRAGMENTS, Variation, Wording

WORDING = Wording.load(Path(__file__).resolve().parents[2] / "data" / "responses")
GRADE = 6.0

#: The names of the test on the patient's own papers, and of what this program is. Each counts as one syllable.
NAMES = frozenset({"discogram", "discography", "provocation", "automated", "assistant"})
#: Words that the rules below get wrong.
SYLLABLES = {"being": 2, "fluid": 2, "fluids": 2, "earlier": 3, "area": 3, "idea": 3, "ideas": 3, "people": 2}


def syllables(word: str) -> int:
    """Vowel groups, less a silent e, ed or es. A number counts as one."""
    if word in NAMES or not word.isalpha():
        return 1
    if word in SYLLABLES:
        return SYLLABLES[word]
    groups = len(re.findall(r"[aeiouy]+", word))
    silent_e = re.search(r"[^aeiouyl]e$|[aeiouy]le$|[^aeiouytd]ed$|[^aeiouyscxzgh]es$", word)
    hiatus = re.search(r"ia|io(?!n)|[iy]ing$", word)
    return max(1, groups - bool(silent_e) + bool(hiatus))


def grade(text: str) -> float:
    """The Flesch-Kincaid grade of a text with its placeholders: each of them counts as one short word."""
    plain = re.sub(r"\{\w+\}", "it", text.replace("X-ray", "xray")).replace("\u2019", "'").lower()
    # As in Flesch's manual, a colon or semicolon ends a unit of thought as a full stop does.
    sentences = [part for part in re.split(r"[.:;?!](?=\s|$)|\n", plain) if re.search(r"\w", part)]
    words = re.findall(r"[a-z]+(?='[a-z])|[a-z]+|\d[\d.,%-]*", re.sub(r"(?<=[a-z])'[a-z]+", "", plain))
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def english(name: str, variation: Variation) -> str:
    """The text; of a bilingual response its first line, since the formula is for English."""
    return variation.text.splitlines()[0] if name in ("utter_bilingual", "utter_other_language") else variation.text


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("call", 1), ("little", 2), ("quickly", 2), ("numb", 1), ("numbness", 2), ("needle", 2), ("bladder", 2),
        ("caused", 1), ("needed", 2), ("sides", 1), ("doses", 2), ("provider", 3), ("usual", 2), ("911", 1),
        ("discogram", 1), ("activity", 4), ("material", 4), ("reading", 2), ("infection", 3), ("scale", 1),
    ],
)  # fmt: skip
def test_syllables(word: str, count: int) -> None:
    assert syllables(word) == count


def test_grade_follows_the_formula() -> None:
    # 2 sentences, 8 words, 9 syllables.
    assert grade("Call your nurse now. Do not wait longer.") == pytest.approx(0.39 * 4 + 11.8 * 9 / 8 - 15.59)


def test_hard_words_and_long_sentences_are_refused() -> None:
    assert grade("Individualised anticoagulation recommendations necessitate multidisciplinary deliberation.") > 20


@pytest.mark.parametrize("name", sorted(WORDING.names() - FRAGMENTS))
def test_reading_grade(name: str) -> None:
    grades = {item.channel or "website": round(grade(english(name, item)), 1) for item in WORDING.variations(name)}
    assert max(grades.values()) <= GRADE, grades
