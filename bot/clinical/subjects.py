"""What "it" stands for in a reply, by the symptom that the question asked about."""

from __future__ import annotations

from bot.clinical.text.lemma import lemma
from bot.clinical.text.words import NO_BREAK, Word, Words

_SUBJECTS = {
    "infection_sign": "needle site",
    "leg_symptom": "my leg",
    "arm_symptom": "my arm",
    "calf": "my calf",
    "back_pain": "my back",
    "headache": "my head",
    "fever": "i feel",
    "chills": "i feel",
    "nausea": "my stomach",
    "rash": "my skin",
    "paralysis": "my leg",
    "saddle_numbness": "my groin",
    "breathing": "my breathing",
}
_PRONOUNS = frozenset("it they that this these those both one".split())


def replaced(words: Words, symptom: str) -> Words | None:
    """The reply with its subject named; None where the symptom has none. Offsets stay those of the reply."""
    subject = _SUBJECTS.get(symptom)
    if subject is None or not words.items:
        return None
    items = words.items
    place = next((index for index, word in enumerate(items) if word.text in _PRONOUNS), None)
    at, rest = (0, 0) if place is None else (place, place + 1)
    first = items[at]
    named = [
        Word(text, lemma(text), first.start, first.start if place is None else first.end, NO_BREAK, first.sentence)
        for text in subject.split()
    ]
    named[0] = named[0]._replace(brk=first.brk)
    following = items[rest:]
    if place is None:
        following = [following[0]._replace(brk=NO_BREAK), *following[1:]]
    return Words(words.original, words.flat, [*items[:at], *named, *following], words.questions)
