"""Pain scores: "8/10", "eight out of ten", "it's a 9"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from bot.clinical.measure.numbers import Number
from bot.clinical.text.words import COMMA, Words
from bot.triage.model import Course

_SLASH = re.compile(r"^(\d{1,2}(?:\.\d)?)/10$")
_OTHER_UNITS = frozenset("day days hour hours week weeks minutes months years pills times am pm".split())
_JUST_BEFORE = frozenset("a an about is at like level to solid strong full legit".split())
_LEADS = frozenset("pain hurts hurt score level scale back rate rated rating ache aches aching discomfort".split())
#: What else is given marks out of ten.
_PRAISED = frozenset(
    "movie film show song book game service staff nurse doctor experience recommend food restaurant coffee stars "
    "review hotel parking app website band concert series episode".split()
)
#: Right before a number that ends its clause: "pain scale 9".
_NAMED = frozenset("scale level score pain rating".split())

#: "An 8 in my back".
_PLACES = frozenset("back spine neck lower low mid upper tailbone hip".split())
#: Words of now, of an earlier time, and between the two.
_NOW = frozenset("now today tonight currently".split())
_THEN = frozenset("yesterday last was were before earlier ago previously usually normally used had".split())
_PARTED = frozenset("and but to then now from".split())
_PART = 6


class Score(NamedTuple):
    start: int
    end: int
    value: float


def find(words: Words, numbers: list[Number], asked: bool = False) -> list[Score]:
    """All scores from 0 to 10.

    Args:
        asked: the text answers a question for a score, so that a bare number is one.
    """
    items = words.items
    result: list[Score] = []
    bare: list[Score] = []
    if not asked and _PRAISED & (texts := {word.text for word in items}) and not _LEADS & texts:
        return result
    for position, word in enumerate(items):
        match = _SLASH.match(word.text)
        if match and float(match.group(1)) <= 12:
            result.append(Score(position, position + 1, min(10.0, float(match.group(1)))))
    for number in numbers:
        if number.value > 10:
            continue
        after = [word.text for word in items[number.end : number.end + 3]]
        if (after[:2] == ["out", "of"] and after[2:] in (["ten"], ["10"])) or after[:2] in (
            ["of", "ten"],
            ["of", "10"],
        ):
            result.append(Score(number.start, number.end + after.index("of") + 2, number.value))
            continue
        before = [word.text for word in items[max(0, number.start - 6) : number.start]]
        unit = after[0] if after else ""
        alone = len(items) <= 6 and number.value >= 7 and {"it", "is", "a"} <= {word.text for word in items}
        if asked and (not after or after[0] not in _OTHER_UNITS):
            result.append(Score(number.start, number.end, number.value))
            continue
        placed = after[:2] == ["in", "my"] and after[2:] and after[2] in _PLACES
        if (
            placed
            or (after[:3] in (["on", "the", "pain"], ["on", "a", "pain"]) or after[:2] == ["on", "pain"])
            or (before[-1:] and before[-1] in _NAMED and _closes(words, number))
        ):
            result.append(Score(number.start, number.end, number.value))
            continue
        named = bool(before) and before[-1] in _JUST_BEFORE and unit not in _OTHER_UNITS
        if named and (_LEADS & set(before) or alone):
            result.append(Score(number.start, number.end, number.value))
        elif named and _ends_or_dated(words, number):
            bare.append(Score(number.start, number.end, number.value))
    if len(bare) > 1 and not result and {word.text for word in items} & _NOW:
        # "It was a 5 yesterday, now it's an 8."
        return bare
    return sorted([*result, *bare] if result else result)


def trend(words: Words, scores: Sequence[Score]) -> Course | None:
    """Whether the later of two scores is the higher one: "from a 4 to a 7", "an 8 today, yesterday it was a 3"."""
    if len(scores) < 2 or scores[0].value == scores[-1].value:
        return None
    first, last = scores[0], scores[-1]
    until = {word.text for word in words.items[first.end : last.start]}
    if _nearby(words, last) & _THEN and not _nearby(words, first) & _THEN and not until & {"to", "now"}:
        first, last = last, first
    return Course.WORSE if last.value > first.value else Course.BETTER


def _nearby(words: Words, score: Score) -> set[str]:
    """The words of the score's own part of the sentence."""
    items, low, high = words.items, score.start, score.end
    while low > 0 and items[low].brk < COMMA and score.start - low < _PART and items[low - 1].text not in _PARTED:
        low -= 1
    while (
        high < len(items) and items[high].brk < COMMA and high - score.end < _PART and items[high].text not in _PARTED
    ):
        high += 1
    return {word.text for word in items[low:high]}


def _ends_or_dated(words: Words, number: Number) -> bool:
    return _closes(words, number) or words.items[number.end].text in _THEN | _PARTED


def _closes(words: Words, number: Number) -> bool:
    """Nothing follows the number in its clause but the time of it."""
    following = words.items[number.end] if number.end < len(words) else None
    return following is None or following.brk >= COMMA or following.text in ("today", "now", "right", "this", "at")
