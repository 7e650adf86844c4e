"""Whose symptom it is: the patient's, also when somebody writes for them, or an uninvolved person's.

Three circles of people: next of kin, for whom somebody may well write; the wider family, patients only where the
message speaks of their procedure or of the clinic; everybody else. Where the writer is the patient ("my
discogram", "who drives me?") nobody else is.
"""

from __future__ import annotations

from bot.clinical.mentions import Mention, Reading
from bot.clinical.text.lemma import lemma
from bot.clinical.text.words import CLAUSE
from bot.triage.model import EMERGENCY_KEYS

_SELF = frozenset(("i", "me", "myself", "mine"))
_POSSESSIVE = frozenset(
    ("my", "our", "his", "her", "their", "your", "a", "the", "dear", "old", "little", "older", "younger")
)
_TELLING = frozenset((lemma("say"), lemma("think"), lemma("notice")))
_THIRD = frozenset(("he", "she", "his", "her", "him", "they", "their", "them", "himself", "herself", "hers"))
_OBJECT_OF = frozenset(
    "tell told ask asked call called text texted with from for to by about see saw like than miss".split()
)
_DONE_TO = frozenset("gave give drove drive picked helped lifted carried hugged kissed fed visited brought".split())
#: "The man beside me", "everyone but me", "an uncle of mine" still speak of the other.
_BESIDE = frozenset("beside behind near to but except besides of around".split())
#: "Husband reports ...", "mi esposo ...": the nearest relative named first is whom the message is about.
_NAMED_FIRST = frozenset(("mi", "and", "hi", "hello", "so", "but", "now", "please"))
_SELF_WORD, _KIN, _FAMILY, _STRANGER = "self", "<kin>", "<family>", "<stranger>"
_CIRCLES = (_STRANGER, _FAMILY, _KIN)
_OWN_REPORTS = frozenset(("i", "mine"))
#: Of a wish to die: over, in one way or the other.
_PAST = frozenset(
    "killed died committed attempted tried was were became had did wanted hung shot hanged used ago drowned ended "
    "after took once survived lost".split()
)
#: "Is it an abscess?": asks on about the one spoken of.
_ASKING_ON = frozenset(("it", "this", "that"))
#: An age from which a bare "45 year old male" may be the writer.
_ADULT = 18


def others(reading: Reading) -> list[bool]:
    """For each mention: True if it is another person's."""
    if not any(name in _CIRCLES for entries in reading.classes for _, name in entries):
        return [False] * len(reading.mentions)
    if any(item.concept.symptom == "overdose" for item in reading.mentions):
        # Too much of a medicine is never left unanswered, whoever took it.
        return [False] * len(reading.mentions)
    owner = _owners(reading)
    return [_uninvolved(reading, mention, owner[mention.head]) for mention in reading.mentions]


def _uninvolved(reading: Reading, mention: Mention, circle: str) -> bool:
    if circle == _SELF_WORD or _shared(reading, mention):
        return False
    if mention.concept.symptom == "self_harm":
        # A life in danger now is never left unanswered, whoever's it is.
        return bool(_PAST & {word.text for word in reading.words.items[max(0, mention.start - 4) : mention.end]})
    if circle == _STRANGER:
        return True
    if reading.cue("their_procedure"):
        return False
    if reading.cue("writer_is_patient"):
        return True
    if reading.cue("procedure") and (circle == _KIN or not reading.cue("other_illness")):
        return False
    if circle == _FAMILY or reading.cue("other_illness"):
        return True
    emergency = mention.concept.symptom in EMERGENCY_KEYS and mention.concept.symptom != "self_harm"
    return not (emergency or reading.cue("caregiver") or _named_first(reading))


def _shared(reading: Reading, mention: Mention) -> bool:
    """ "My friend had a fever and now I have it": the writer has what they tell of."""
    items = reading.words.items
    sentence = items[mention.start].sentence
    return any(
        match.start >= mention.end
        and items[match.start].text in _OWN_REPORTS
        and items[match.start].sentence - sentence <= 1
        for match in reading.cue("own_report")
    )


def _named_first(reading: Reading) -> bool:
    items = reading.words.items
    return any(
        reading.class_at(position, _KIN)
        and (items[position - 1].text in _NAMED_FIRST or items[position].brk >= CLAUSE or position == 0)
        for position in range(len(items))
    )


def _owners(reading: Reading) -> list[str]:
    """For each word who is being talked about: "self" or a circle."""
    items = reading.words.items
    result: list[str] = []
    current, last_other, sentence, until = _SELF_WORD, "", -1, 0
    for position, word in enumerate(items):
        if word.sentence != sentence:
            carried = current in (_STRANGER, _FAMILY) and _asks_on(reading, position)
            sentence, current = word.sentence, current if carried else _SELF_WORD
        circle = _circle(reading, position)
        if circle:
            until = max(end for end, name in reading.classes[position] if name in _CIRCLES)
            reports = any(
                match.start <= position + 3 and match.start > position for match in reading.cue("reporter")
            ) and not any(item.start > position and item.start <= position + 3 for item in reading.mentions)
            objected = (
                position >= 2 and items[position - 2].text in _OBJECT_OF and items[position - 1].text in _POSSESSIVE
            )
            if (
                objected
                and items[position - 2].text == "for"
                and not any(r == _SELF_WORD and items[i].text in _SELF for i, r in enumerate(result))
            ):
                objected = False
            if position >= 2 and items[position - 2].text in _DONE_TO and items[position - 1].text in _POSSESSIVE:
                # "I gave my daughter a ride, came home and threw up"
                last_other = circle
            elif not objected:
                # "my daughter said she has a fever": the pronoun is hers.
                last_other = circle
                current = current if reports else circle
        elif position < until:
            pass
        elif current != _SELF_WORD and word.lemma in _TELLING:
            # "my daughter is a nurse and says the site is red": she tells of the writer.
            current = _SELF_WORD
        elif word.text in _THIRD and last_other:
            current = last_other
        elif (word.text in _SELF and (word.text == "i" or items[position - 1].text not in _BESIDE)) or (
            word.text == "my" and not _before_person(reading, position) and not _places(reading, position)
        ):
            current = _SELF_WORD
        result.append(current)
    return result


def _places(reading: Reading, position: int) -> bool:
    """ "A girl in my class", "a man at my church": where, and no part of the writer's body."""
    return reading.words.items[position - 1].text in ("in", "at", "from") and not any(
        mention.start <= position + 1 + mention.joined and position < mention.end for mention in reading.mentions
    )


def _asks_on(reading: Reading, start: int) -> bool:
    """A question that names nobody, in a message without a word of the writer's own body."""
    items = reading.words.items
    if items[start].sentence not in reading.words.questions or any(word.text in _SELF for word in items):
        return False
    low, high = reading.words.sentence_bounds(start)
    return high - low == 1 or bool(_ASKING_ON & {word.text for word in items[low:high]})


def _circle(reading: Reading, position: int) -> str:
    """The circle of the person named at this word, or nothing."""
    circle = next((name for name in _CIRCLES if reading.class_at(position, name)), "")
    items = reading.words.items
    if circle in (_KIN, _FAMILY) and position > 1:
        # "My friend's mother", "my sister's husband" is further away than a mother or a husband of one's own.
        owner = position - 2 if items[position - 1].text in ("'s", "s") else position - 1
        if owner == position - 2 or items[owner].text.endswith("s"):
            circle = next((name for name in (_STRANGER, _FAMILY) if reading.class_at(owner, name)), circle)
    if not circle or items[position].lemma not in ("year", "yr", "yo"):
        return circle
    # "I am 34 years old" and "45 year old male" name nobody else.
    if _SELF & {word.text for word in items[max(0, position - 4) : position]}:
        return ""
    age = items[position - 1].text if position else ""
    owned = position > 1 and items[position - 2].text in _POSSESSIVE
    return "" if age.isdigit() and int(age) >= _ADULT and not owned else circle


def _before_person(reading: Reading, position: int) -> bool:
    """ "my husband", "my 5 year old daughter", "my depressed friend"."""
    return any(
        reading.class_at(later, *_CIRCLES)
        for later in range(position + 1, min(position + 6, len(reading.words)))
        if not any(mention.start <= later - 1 and later - 1 < mention.end for mention in reading.mentions)
    ) and not any(
        mention.start <= position + 1 < mention.end or mention.start <= position < mention.end
        for mention in reading.mentions
    )
