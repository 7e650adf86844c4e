"""Spanish red flags: which language a message is in, and simple negation."""

from __future__ import annotations

from bot.clinical.mentions import Reading
from bot.clinical.text.words import CLAUSE

#: A Spanish denial reaches over a list up to this many words.
_REACH = 8
#: "No camino, no puedo respirar": a complaint that begins with a denial of its own stands for itself.
_OWN_DENIAL = frozenset(("no", "sin", "ni"))
_STOP = frozenset(("pero", "aunque", "si", "tengo", "tiene", "desde", "con", "me", "ahora", "sino"))


def language(reading: Reading) -> str:
    """ "es", "en", or "und" for a text without a word."""
    if not reading.words.items:
        return "und"
    spanish = {match.start for match in reading.cue("es_word")}
    if any(mention.concept.language == "es" for mention in reading.mentions):
        return "es"
    return "es" if len(spanish) >= 2 and 2 * len(spanish) >= len(reading.words) - 1 else "en"


def denied(reading: Reading) -> set[int]:
    """Spanish mentions after "no", "sin", "niega", "ni"."""
    items = reading.words.items
    result: set[int] = set()
    for index, mention in enumerate(reading.mentions):
        if mention.concept.language != "es" or items[mention.start].text in _OWN_DENIAL:
            continue
        for position in range(mention.start - 1, max(-1, mention.start - 1 - _REACH), -1):
            if items[position].text in _STOP and items[position - 1].text != "no":
                break
            if any(match.start == position for match in reading.cue("es_deny")):
                result.add(index)
                break
            if items[position].brk >= CLAUSE:
                break
    return result
