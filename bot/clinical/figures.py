""" "Exam fever", "the printer is choking": told by the noun before the word or by the subject of the clause."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from bot.clinical.mentions import Mention, Reading
from bot.clinical.text.words import COMMA, NO_BREAK

#: Endings of words that describe a fever rather than name its object.
_DESCRIBING = (
    "ing",
    "ed",
    "ly",
    "ish",
    "able",
    "ible",
    "ous",
    "ful",
    "al",
    "ic",
    "ive",
    "ent",
    "ant",
    "less",
    "er",
    "est",
)
_FEVER = "fever.word"
_THING = "<thing>"
#: What people also say of machines, furniture and economies.
_OF_THINGS = frozenset(("chills", "infection_sign", "leg_symptom", "paralysis", "breathing", "neuro", "bleeding"))
#: Between a thing and what it does: then somebody's body is meant.
_PEOPLE = frozenset("i me my he she his her him we us our hers myself they their them you your patient in on".split())
_BEFORE_THING = frozenset("the a an my our your his her their this that old new whole hi hello so and but".split())
#: After "and" these carry the subject on ("and won't wake up").
_CARRIED = frozenset("will is was keeps does did has had won just".split())


def is_figure(reading: Reading, mention: Mention, is_ordinary: Callable[[str], bool]) -> bool:
    """True if a thing does it, or an ordinary noun that says nothing of a body stands right before "fever".

    A misspelt or unknown word before it proves nothing: then it stays a fever.
    """
    items = reading.words.items
    if mention.concept.symptom in _OF_THINGS:
        return _is_of_a_thing(reading, mention)
    if mention.concept.id != _FEVER or mention.end - mention.start != 1 or mention.start == 0:
        return False
    if items[mention.start].brk != NO_BREAK:
        return False
    word = items[mention.start - 1]
    if word.text.isdigit() or word.text.endswith(_DESCRIBING):
        return False
    if any(match.start < mention.start <= match.end for kind in reading.cues for match in reading.cue(kind)):
        return False
    if any(other.end == mention.start for other in reading.mentions) or reading.classes[mention.start - 1]:
        return False
    joined = reading.words.flat[word.end : items[mention.start].start] == "-"
    return joined or is_ordinary(word.text) or (len(word.text) == 1 and word.text.isalpha())


def _is_of_a_thing(reading: Reading, mention: Mention) -> bool:
    """The subject of the clause is a thing, and no person stands between it and what it does."""
    items = reading.words.items
    start = mention.start
    while start > 0 and items[start].brk < COMMA:
        start -= 1
    for position in range(start, mention.start):
        if not reading.class_at(position, _THING):
            if items[position].text not in _BEFORE_THING:
                return False
            continue
        between = [word.text for word in items[position + 1 : mention.start]]
        if set(between) & _PEOPLE or {word.text for word in items[mention.start : mention.end]} & _PEOPLE:
            return False
        if mention.joined and len(between) > 1 and between[0] not in ("has", "with"):
            # "the car stalled and legs went numb"
            return False
        carried = pairwise([*between, items[mention.start].text])
        return all(after in _CARRIED for word, after in carried if word in ("and", "then"))
    return False
