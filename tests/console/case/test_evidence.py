"""The patient's words with the findings marked."""

from __future__ import annotations

import pytest

from bot.console.case.evidence import BEFORE, EXCERPT, excerpt, highlight
from bot.console.case.reasons import finding_words
from bot.triage.model import Course, Finding


@pytest.mark.parametrize(
    ("spans", "marked"),
    [
        ([], []),
        ([(0, 3)], ["abc"]),
        ([(4, 6), (0, 2)], ["ab", "ef"]),
        ([(0, 4), (2, 6)], ["abcd", "ef"]),
        ([(0, 6), (2, 4)], ["abcdef"]),
        ([(3, 3), (-1, 2), (4, 99)], []),
    ],
)
def test_highlight(spans: list[tuple[int, int]], marked: list[str]) -> None:
    parts = highlight("abcdef", [{"start": start, "end": end} for start, end in spans])
    assert "".join(text for text, _ in parts) == "abcdef"
    assert [text for text, is_marked in parts if is_marked] == marked


@pytest.mark.parametrize("at", [0, 3, BEFORE, 300, 900])
def test_an_excerpt_holds_the_finding_whole(at: int) -> None:
    text = ("word " * 400)[:at] + "CHILLS" + " word" * 200
    parts = excerpt(text, [{"start": at, "end": at + 6}])
    assert [words for words, is_marked in parts if is_marked] == ["CHILLS"]
    assert sum(len(words) for words, _ in parts) <= EXCERPT + 4


def test_an_excerpt_of_a_short_text_is_the_text() -> None:
    assert excerpt("a fever", [{"start": 2, "end": 7}]) == (("a ", False), ("fever", True))


@pytest.mark.parametrize(
    ("finding", "words"),
    [
        (Finding("fever"), "fever"),
        (Finding("fever", value=101.2, unit="F", resolved=True), "fever 101.2 °F, gone now"),
        (Finding("back_pain", value=9, unit="/10", course=Course.WORSE), "back pain 9/10, worse"),
        (Finding("headache", duration_hours=30, persistent=True), "headache, 30 h or more, persistent"),
        (Finding("leg_symptom", new=False, uncertain=True), "leg symptom, uncertain, old, not new"),
        (Finding("fever", experiencer="other", negated=True), "fever, denied, somebody else"),
    ],
)
def test_a_finding_is_told_in_words(finding: Finding, words: str) -> None:
    assert finding_words(finding.to_dict()) == words
