""" "Exam fever", "dog fever": an enthusiasm or another illness, told by the noun before the word."""

from __future__ import annotations

from collections.abc import Callable

from bot.clinical.mentions import Mention, Reading
from bot.clinical.text.words import NO_BREAK

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


def is_figure(reading: Reading, mention: Mention, is_ordinary: Callable[[str], bool]) -> bool:
    """True if an ordinary noun that says nothing of a body stands right before "fever".

    A misspelt or unknown word before it proves nothing: then it stays a fever.
    """
    items = reading.words.items
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
