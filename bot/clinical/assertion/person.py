"""Whose symptom it is: the patient's, also when somebody writes for them, or an uninvolved person's."""

from __future__ import annotations

from bot.clinical.mentions import Reading
from bot.clinical.text.lemma import lemma
from bot.clinical.text.words import CLAUSE

_SELF = frozenset(("i", "me", "myself", "mine"))
_POSSESSIVE = frozenset(
    ("my", "our", "his", "her", "their", "your", "a", "the", "dear", "old", "little", "older", "younger")
)
_TELLING = frozenset((lemma("say"), lemma("think"), lemma("notice")))
_THIRD = frozenset(("he", "she", "his", "her", "him", "they", "their", "them", "himself", "herself", "hers"))
_OBJECT_OF = frozenset(
    "tell told ask asked call called text texted with from for to by about see saw like than miss".split()
)


def others(reading: Reading) -> list[bool]:
    """For each mention: True if it is another person's."""
    if not any("<person>" in (name for _, name in entries) for entries in reading.classes):
        return [False] * len(reading.mentions)
    if reading.cue("procedure") or any(item.concept.symptom == "overdose" for item in reading.mentions):
        # Who speaks of the procedure writes for the one who had it. Too much of a medicine is never left
        # unanswered, whoever took it.
        return [False] * len(reading.mentions)
    owner = _owners(reading)
    return [owner[mention.head] == "other" for mention in reading.mentions]


def _owners(reading: Reading) -> list[str]:
    """For each word who is being talked about: "self" or "other"."""
    items = reading.words.items
    result: list[str] = []
    current, last_other, sentence = "self", False, -1
    for position, word in enumerate(items):
        if word.sentence != sentence:
            sentence, current = word.sentence, "self"
        if _names_person(reading, position):
            reports = any(
                match.start <= position + 3 and match.start > position for match in reading.cue("reporter")
            ) and not any(item.start > position and item.start <= position + 3 for item in reading.mentions)
            objected = (
                position >= 2 and items[position - 2].text in _OBJECT_OF and items[position - 1].text in _POSSESSIVE
            )
            if (
                objected
                and items[position - 2].text == "for"
                and not any(r == "self" and items[i].text in _SELF for i, r in enumerate(result))
            ):
                objected = False
            if not objected:
                # "my daughter said she has a fever": the pronoun is hers.
                last_other = True
                current = current if reports else "other"
        elif current == "other" and word.lemma in _TELLING:
            # "my daughter is a nurse and says the site is red": she tells of the writer.
            current = "self"
        elif word.text in _THIRD and last_other:
            current = "other"
        elif (
            word.text in _SELF
            or (word.text == "my" and not _before_person(reading, position))
            or (word.brk >= CLAUSE and word.text in ("i", "my"))
        ):
            current = "self"
        result.append(current)
    return result


def _names_person(reading: Reading, position: int) -> bool:
    if not reading.class_at(position, "<person>"):
        return False
    items = reading.words.items
    # "I am 34 years old" names nobody else.
    return items[position].lemma != "year" or not _SELF & {word.text for word in items[max(0, position - 4) : position]}


def _before_person(reading: Reading, position: int) -> bool:
    """ "my husband", "my 5 year old daughter", "my depressed friend"."""
    return any(
        reading.class_at(later, "<person>")
        for later in range(position + 1, min(position + 6, len(reading.words)))
        if not any(mention.start <= later - 1 and later - 1 < mention.end for mention in reading.mentions)
    ) and not any(
        mention.start <= position + 1 < mention.end or mention.start <= position < mention.end
        for mention in reading.mentions
    )
