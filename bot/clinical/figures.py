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
)
#: With a name behind it a symptom is a title: "Chills by Nadine Moss".
_BY = "by"
_NO_NAMES = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december dr doctor nurse tylenol advil er ed i day night morning evening".split()
)
#: A number so near a "fever" is its reading.
_READING_REACH = 5
_READINGS = ((35.0, 43.0), (95.0, 108.0))
_CHILLS = frozenset(("chills", "chill", "shivers", "goosebumps", "goosebump"))
#: Beside music or a scene: then somebody is ill all the same.
_ILL = frozenset(
    "blanket blankets coat heater cold freezing fever feverish temp temperature sick ill started began start stop "
    "hours hour since still now tonight today bed site procedure discogram sweat sweats sweating shaking teeth "
    "rigors nausea back leg medicine tylenol".split()
)
#: Before "<noun> fever" these say that somebody has one; the enthusiasms that people have are in figures.yml.
_HAVING = frozenset("i have having got with run running ran spiked developed causing".split())
_SHOW = "<show>"
_FEVER = "fever.word"
_THING = "<thing>"
#: "Husband fever 102": whose it is, in a message of few words.
PEOPLE = frozenset(("<kin>", "<family>", "<stranger>"))
#: What people also say of machines, furniture and economies.
_OF_THINGS = frozenset(
    ("chills", "infection_sign", "leg_symptom", "paralysis", "breathing", "neuro", "bleeding", "fever")
)
#: Between a thing and what it does: then somebody's body is meant.
_PEOPLE = frozenset("i me my he she his her him we us our hers myself they their them you your patient in on".split())
_BEFORE_THING = frozenset("the a an my our your his her their this that old new whole hi hello so and but".split())
#: After "and" these carry the subject on ("and won't wake up").
_CARRIED = frozenset("will is was keeps does did has had won just it its having".split())


def is_figure(reading: Reading, mention: Mention, is_ordinary: Callable[[str], bool], body: frozenset[str]) -> bool:
    """True if a thing does it, it is a title, a scene moved somebody, or a noun right before "fever" names its object.

    A misspelt or unknown word before "fever" proves nothing: then it stays a fever.

    Args:
        body: the word classes of body parts, sensations and relatives.
    """
    if _is_title(reading, mention):
        return True
    if mention.concept.symptom == "chills" and _is_moved(reading, mention):
        return True
    if mention.concept.id == _FEVER and mention.end - mention.start == 1:
        return _is_enthusiasm(reading, mention, is_ordinary, body)
    return mention.concept.symptom in _OF_THINGS and _is_of_a_thing(reading, mention)


def _is_enthusiasm(
    reading: Reading, mention: Mention, is_ordinary: Callable[[str], bool], body: frozenset[str]
) -> bool:
    """ "Exam fever": an ordinary noun that says nothing of a body stands right before it, and no reading behind."""
    items = reading.words.items
    if mention.start == 0 or items[mention.start].brk != NO_BREAK:
        return False
    word = items[mention.start - 1]
    if word.text.isdigit() or word.text.endswith(_DESCRIBING) or _has_reading(reading, mention.end):
        return False
    if any(match.start < mention.start <= match.end for kind in reading.cues for match in reading.cue(kind)):
        return False
    if any(other.end == mention.start for other in reading.mentions) or reading.class_at(mention.start - 1, *body):
        return False
    owner = {item.text for item in items[max(0, mention.start - 4) : mention.start - 1]}
    if owner & _HAVING:
        # "I have moderate fever": whose noun nobody listed has it.
        return False
    joined = reading.words.flat[word.end : items[mention.start].start] == "-"
    return joined or is_ordinary(word.text) or (len(word.text) == 1 and word.text.isalpha())


def _has_reading(reading: Reading, start: int) -> bool:
    for word in reading.words.items[start : start + _READING_REACH]:
        number = word.text.replace(",", ".", 1)
        if number.replace(".", "", 1).isdigit() and any(low <= float(number) <= high for low, high in _READINGS):
            return True
    return False


def _is_title(reading: Reading, mention: Mention) -> bool:
    """ "Chills by Nadine Moss": capitals in the symptom and in the name behind "by"."""
    items, original = reading.words.items, reading.words.original
    if mention.end + 1 >= len(items) or items[mention.end].text != _BY or items[mention.end].brk != NO_BREAK:
        return False
    name = items[mention.end + 1]
    if name.text == "the" and mention.end + 2 < len(items):
        name = items[mention.end + 2]
    if name.text in _NO_NAMES or not original[name.start].isupper() or original[name.start : name.end + 2].isupper():
        return False
    return original[items[mention.end - 1].start].isupper() and not original[items[mention.end].start].isupper()


def _is_moved(reading: Reading, mention: Mention) -> bool:
    """ "Shivers, pure shivers, at that key change": a scene in the same sentence or beside it, and nothing ill."""
    items = reading.words.items
    if items[mention.end - 1].text not in _CHILLS or any(
        other.concept.symptom != "chills" for other in reading.mentions
    ):
        return False
    if _ILL & {word.text for word in items}:
        return False
    sentence = items[mention.start].sentence
    return any(
        abs(items[position].sentence - sentence) <= 1 and reading.class_at(position, _SHOW)
        for position in range(len(items))
    )


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
