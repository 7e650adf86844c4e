"""Body temperatures. A room, a price, a clock time, a radio station or a date is none."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from bot.clinical import mentions
from bot.clinical.measure.numbers import Number
from bot.clinical.text.words import COMMA, Words

_CELSIUS, _FAHRENHEIT = (34.0, 43.0), (93.0, 110.0)
#: As a whole message, where no word says what the number is.
_BARE_FAHRENHEIT = (95.0, 108.0)
_FEVER_WORDS = frozenset(
    "temp temperature thermometer fever feverish degree degrees celsius fahrenheit "
    "reading forehead oral orally fevr febrile running spiked spiking tympanic rectal rectally "
    "armpit underarm axillary thermo therm thermoscan tmax".split()
)
#: Anywhere in the text, these make a number that could be a fever one.
_BODY_WORDS = frozenset(
    "hot warm burning sweaty sweating sweats flushed clammy boiling roasting shivery shivering shaking ill sick unwell "
    "feverish fire tongue armpit underarm arm ear mouth rectal thermometer mercury glass scanner achy aching ache "
    "sweat cold freezing delirious forehead temple infection infected tylenol advil motrin ibuprofen acetaminophen "
    "paracetamol aspirin panadol nurofen checked dangerous".split()
)
#: "I took it twice": an instrument was used.
_TAKEN = frozenset((("took", "it"), ("taken", "it"), ("retook", "it"), ("took", "mine"), ("rechecked", "it")))
#: "It says 101", "up to 102.4", "still 100.6".
_SHOWS = frozenset(
    "say says said saying read reads reading give gives gave show shows showed showing shown hit hits hitting reached "
    "reach registered registers registering register got getting measured measures to at now still then jumped climbed "
    "shot spiked running clocked peaked topped up back around about over nearly almost just only again".split()
)
_STATES = frozenset(("is", "'s", "was", "it", "be", "been", "like"))
#: A fever at least; what is lower needs a word that calls it a temperature.
_HIGH_CELSIUS, _HIGH_FAHRENHEIT = (37.5, 42.5), (99.5, 107.9)
_OTHER_UNITS = frozenset(
    "am pm fm mg ml lb lbs pound pounds kg dollar dollars buck bucks "
    "percent % bpm mile miles minute minutes hour hours day "
    "days week weeks month months year years am/fm ounce ounces "
    "oz people times pill pills room st street ave mph calories "
    "systolic over tablet tablets dose doses".split()
)
_OTHER_LEADS = frozenset(
    "room suite apt apartment unit floor hwy highway route channel station exit "
    "chapter page bp pulse weigh weighs weighed weight o2 oxygen heart sat extension ext".split()
)
#: Another measure named a few words before or behind the number.
_OTHER_MEASURES = frozenset(
    "glucose sugar a1c cholesterol bp pressure pulse rate weigh weighs weighed weight score price cost costs pay paid "
    "bill gas stock market radio speed version grade exam gpa calories bpm sat sats oxygen inr creatinine "
    "sodium platelets wbc crp esr hemoglobin level copay deductible dollars account balance heel heels "
    "height tall inches cm".split()
)
#: A message of a number and these alone is a reading ("it's 102 and climbing").
_BARE_WORDS = frozenset(
    "t it is its it's 's i am 'm at a an now was about and climbing "
    "rising still up to hit reads says got just around almost "
    "nearly over f c degrees hundred point one oh two three four five six seven eight nine zero o half only".split()
)
#: Readings of one text.
_MOST = 12
_AMBIENT = frozenset("outside weather room house oven water pool shower car thermostat".split())
#: The number is a thing's, whatever else the text says.
_THINGS = frozenset("convert conversion recipe dough sourdough bread aquarium tank greenhouse sauna incubator".split())
_CLOCK = re.compile(r"\d{1,2}:\d{2}")


class Reading(NamedTuple):
    """A temperature in °F at the words ``start`` to ``end`` (exclusive)."""

    start: int
    end: int
    fahrenheit: float


def find(reading: mentions.Reading, numbers: list[Number], asked: bool = False) -> list[Reading]:
    """Readings of the text, in order; where one number is a temperature, so are the others of its series.

    Args:
        asked: the text answers a question for a temperature, so that a bare number is one.
    """
    words = reading.words
    texts = [word.text for word in words.items]
    if not numbers or _THINGS & set(texts) or (_AMBIENT & set(texts) and not {"my", "fever", "i"} & set(texts)):
        return []
    whole = all(text in _BARE_WORDS or _is_number(text) for text in texts)
    taken = any(pair in _TAKEN for pair in pairwise(texts))
    body = taken or bool(_BODY_WORDS & set(texts) or reading.cue("medicine") or _symptoms(reading))
    result: list[Reading] = []
    possible: list[Reading] = []
    for number in numbers:
        unit, end = _unit(words, number)
        fahrenheit = None if unit == "other" else _fahrenheit(number.value, unit)
        if fahrenheit is None or (not number.digits and number.value < 34):
            continue
        found = Reading(number.start, end, round(fahrenheit, 1))
        bare = whole and (_within(number.value, _CELSIUS) or _within(number.value, _BARE_FAHRENHEIT))
        if unit or asked or bare or _in_context(words, number) or _is_high(words, number, body):
            result.append(found)
        elif not _is_of_other_measure(words, number) and (number.value != int(number.value) or _leads(words, number)):
            possible.append(found)
    # "Took it twice, 100.2 and 100.4" needs no other word.
    tenths = [item for item in possible if item.fahrenheit != int(item.fahrenheit)]
    high = any(item.fahrenheit >= _HIGH_FAHRENHEIT[0] for item in tenths)
    if not result and not (len(tenths) > 1 and high):
        return []
    series = sorted([*result, *possible])
    if len(series) <= _MOST:
        return series
    # No patient writes more: the highest and the latest count.
    return sorted({max(series, key=lambda item: item.fahrenheit), *series[-_MOST:]})


def _symptoms(reading: mentions.Reading) -> bool:
    return any(item.concept.symptom in ("fever", "chills", "infection_sign") for item in reading.mentions)


def _is_high(words: Words, number: Number, body: bool) -> bool:
    """A number as high as a fever, in a text about an ill body or behind words that read out an instrument."""
    if not (_within(number.value, _HIGH_FAHRENHEIT) or _within(number.value, _HIGH_CELSIUS)):
        return False
    if _is_of_other_measure(words, number):
        return False
    tenths = number.value != int(number.value)
    shown = _leads(words, number)
    if tenths:
        return body or shown
    stated = number.start > 0 and words.items[number.start - 1].text in _STATES and number.value > 50
    return body and (shown or stated)


def _leads(words: Words, number: Number) -> bool:
    """The word before the number reads it out ("says 101", "then 100.1")."""
    return number.start > 0 and words.items[number.start - 1].text in _SHOWS


def _is_of_other_measure(words: Words, number: Number) -> bool:
    """A scale, a price or the weather: something else of this size is named beside the number."""
    items = words.items
    near = items[max(0, number.start - 5) : number.start] + items[number.end : number.end + 3]
    if any(word.text in _AMBIENT for word in items[number.end : number.end + 2]):
        return True
    return any(word.text in _OTHER_MEASURES or word.text in _OTHER_LEADS for word in near)


def _is_number(text: str) -> bool:
    return text[0].isdigit()


def _within(value: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= value <= bounds[1]


def _fahrenheit(value: float, unit: str) -> float | None:
    """°F of a number with the unit "f", "c", or "" (then its size tells); None where no body can have it."""
    if unit == "degree":
        unit = ""
    if 950 <= value <= 1080 and value == int(value) and unit != "c":
        # The point was left out: "1013".
        value /= 10
    if unit != "f" and _within(value, _CELSIUS):
        return value * 9 / 5 + 32
    if unit != "c" and _within(value, (90.0, 112.0) if unit == "f" else _FAHRENHEIT):
        return value
    return None


def _unit(words: Words, number: Number) -> tuple[str, int]:
    """The unit and where the reading ends: "f", "c", "" (a degree sign at most) or "other"."""
    items, flat = words.items, words.flat
    start, last = items[number.start].start, items[number.end - 1].end
    before = flat[max(0, start - 2) : start].rstrip()
    if (
        before.endswith(("$", "#", "/", ":", "£", "€", "-"))
        and not before.endswith(" -")
        and not flat[start - 2 : start - 1].isdigit()
    ):
        return (
            ("other", number.end)
            if not before.endswith(("-", "/", ":")) or flat[max(0, start - 3) : start - 1].strip().isdigit()
            else ("", number.end)
        )
    rest = flat[last : last + 14].lstrip(" \u00b0'*^.")
    if (
        flat[last : last + 1] in (":", "/", "%", "-")
        and flat[last + 1 : last + 2].isdigit()
        and flat[last : last + 1] != "-"
    ):
        return "other", number.end
    if flat[last : last + 1] == "%":
        return "other", number.end
    following = items[number.end] if number.end < len(items) else None
    if following is not None and following.brk < COMMA:
        after = items[number.end + 1] if number.end + 1 < len(items) else None
        # "T 38.6 HR 112": what follows is the next measure, no unit.
        if following.text in _OTHER_UNITS and not (after is not None and _is_number(after.text)):
            return "other", number.end
        if following.text in ("degree", "degrees", "deg"):
            if after is not None and after.text in ("f", "fahrenheit", "farenheit", "fahrenheight"):
                return "f", number.end + 2
            if after is not None and after.text in ("c", "celsius", "celcius", "centigrade"):
                return "c", number.end + 2
            return "degree", number.end + 1
    match = re.match(r"(fahrenheit|farenheit|celsius|celcius|centigrade|[fc])(?![a-z])", rest)
    if match:
        return match.group()[0] if match.group() != "centigrade" else "c", number.end + (
            1 if following is not None and following.start < last + 14 and following.text == match.group() else 0
        )
    return ("degree" if flat[last : last + 2].strip().startswith("\u00b0") else ""), number.end


def _in_context(words: Words, number: Number) -> bool:
    """A word beside the number says that it is a temperature."""
    items = words.items
    low, high = max(0, number.start - 7), min(len(items), number.end + 4)
    sentence = items[number.start].sentence
    near = [word for word in items[low:high] if word.sentence == sentence or word.text in _FEVER_WORDS]
    if any(word.text in _OTHER_LEADS for word in items[max(0, number.start - 2) : number.start]):
        return False
    if number.start and items[number.start - 1].text == "t" and number.value != int(number.value):
        # A chart's "T 101.2".
        return True
    return any(word.text in _FEVER_WORDS for word in near)
