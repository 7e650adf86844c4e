"""Which of several symptoms a reply picks: "just the first one", "no to the first, yes to the second"."""

from __future__ import annotations

from bot.clinical.mentions import Reading
from bot.clinical.text.words import COMMA
from bot.triage.model import Question, Sense

NEGATIONS = frozenset(("not", "no", "never", "none", "nothing", "neither", "without", "nor"))
_ORDINALS = {"first": 0, "1st": 0, "former": 0, "second": 1, "2nd": 1, "latter": 1, "third": 2, "3rd": 2, "last": -1}
_AFTER_ORDINAL = frozenset(("", "one", "two", "only", "not", "yes", "no"))


def chosen(reading: Reading, question: Question) -> set[str] | None:
    """The asked symptoms that "just the first one" or "no to the first, yes to the second" reports."""
    items = reading.words.items
    asked = [finding.symptom for finding in question.about]
    if len(asked) < 2 or len(items) > 12 or question.sense is not Sense.THERE:
        return None
    result: set[str] = set()
    denied = False
    for index, word in enumerate(items):
        if word.brk >= COMMA or word.text in ("but", "and"):
            denied = False
        denied = denied or word.text in NEGATIONS
        place = _ORDINALS.get(word.text)
        following = items[index + 1].text if index + 1 < len(items) else ""
        if place is None or (following not in _AFTER_ORDINAL and items[index + 1].brk < COMMA):
            continue
        if items[index - 1].text not in ("the", "only", "just", "to") and len(items) > 2:
            continue
        last = place + (2 if following == "two" and place >= 0 else 1)
        picked = asked[-2:] if following == "two" and place < 0 else asked[place : last or None]
        result = result - set(picked) if denied else result | set(picked)
    # "Not the first one" leaves the others open.
    return result or None
