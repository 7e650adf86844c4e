"""Denials that are turned round again: "never without a headache", "isn't that a fever?", "no fever then, but now"."""

from __future__ import annotations

from bot.clinical.lexicon.patterns import Match
from bot.clinical.mentions import Reading
from bot.clinical.text.words import CLAUSE, COMMA

_NEVER = frozenset("not never hardly barely rarely seldom scarcely nor unable impossible nobody nothing cannot".split())
#: "There is no day without a headache": a "no" counts only before a stretch of time.
_STRETCHES = frozenset("day days hour night morning minute moment week time meal".split())
#: A new statement: what was denied before it reaches no further.
_JOINTS = frozenset("and but or so then because though while".split())
_ASKING = frozenset("be have do can will would should could".split())
_ASKED = frozenset("i it this that he she there they the my you we his her these those".split())
#: Words that may open a sentence before its question.
_OPENERS = frozenset("and but so well ok okay hi hello um why how or wait".split())
#: From a denied symptom to the words that say it is there now.
_REACH = 6


def is_none(reading: Reading, cue: Match) -> bool:
    """True if this denial denies nothing: it stands under another one, or asks for agreement."""
    return _is_double(reading, cue) or _is_question(reading, cue.start)


def _is_double(reading: Reading, cue: Match) -> bool:
    """ "Can't stand up without a headache", "not a day without it", "wasn't a day I didn't feel sick", "can't not"."""
    items = reading.words.items
    without = items[cue.start].text == "without"
    if not without and items[cue.start].text not in ("not", "never"):
        return False
    position = cue.start
    texts: list[str] = []
    while position > 0 and cue.start - position < 7 and items[position].brk < COMMA:
        position -= 1
        text = items[position].text
        if text in _JOINTS:
            return False
        stretch = bool(_STRETCHES & set(texts))
        if text in _NEVER or (text == "no" and stretch):
            return without or stretch or (text == "not" and position == cue.start - 1)
        texts.append(text)
    return False


def _is_question(reading: Reading, position: int) -> bool:
    """ "Isn't it weird that I have chills", "don't I have a fever?", "is it not a fever at 101?"."""
    items = reading.words.items
    if items[position].text != "not":
        return False
    first, end = reading.words.sentence_bounds(position)
    while first < position and items[first].text in _OPENERS:
        first += 1
    if items[first].lemma not in _ASKING or position + 1 >= end:
        return False
    if position == first + 1:
        return items[position + 1].text in _ASKED
    asked = items[position].sentence in reading.words.questions
    return asked and position == first + 2 and items[first].lemma == "be" and items[first + 1].text in _ASKED


def overturned(reading: Reading) -> set[int]:
    """Mentions that are there now, whatever was said of them before: "no fever this morning. Now I do."."""
    items = reading.words.items
    result: set[int] = set()
    for cue in reading.cue("overturned"):
        before = [index for index, item in enumerate(reading.mentions) if item.end <= cue.start]
        if not before:
            continue
        last = reading.mentions[before[-1]]
        if items[cue.start].sentence - items[last.end - 1].sentence > 1 or cue.start - last.end > _REACH:
            continue
        following = {word.text for word in items[cue.end : cue.end + 2] if word.brk < COMMA}
        if {"not", "no", "never", "feel"} & following or (
            items[cue.start].text in ("until", "till") and reading.words.crosses(last.start, cue.start + 1, CLAUSE)
        ):
            continue
        result |= {index for index in before if reading.mentions[index].end == last.end}
    return result
