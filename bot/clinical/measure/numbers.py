"""Numbers, in digits or in words, with their place in the text."""

from __future__ import annotations

import re
from typing import NamedTuple

from bot.clinical.text.words import CLAUSE, COMMA, Word, Words

_UNITS = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
}
_TENS = {
    word: 10 * value for value, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)
}
_VAGUE = {"couple": 2.0, "few": 3.0, "several": 3.0, "half": 0.5}
_DIGITS = re.compile(r"^\d{1,6}(?:[.,]\d{1,2})?$")


class Number(NamedTuple):
    """Words ``start`` to ``end`` (exclusive) are this number."""

    start: int
    end: int
    value: float
    #: Written in digits.
    digits: bool


def find(words: Words) -> list[Number]:
    """All numbers; "a hundred and one point two", "one oh two", "38 and a half", "a couple of", "a day and a half"."""
    items = words.items
    result: list[Number] = []
    position = 0
    while position < len(items):
        number = _digits(items, position) or _spoken(items, position)
        if number is None:
            position += 1
            continue
        number = _half(items, number)
        result.append(number)
        position = number.end
    return result


def _digits(items: list[Word], at: int) -> Number | None:
    if not _DIGITS.match(items[at].text):
        return None
    value, end = float(items[at].text.replace(",", ".")), at + 1
    if "," in items[at].text and len(items[at].text.partition(",")[2]) > 2:
        return None
    whole = value == int(value)
    if whole and end + 1 < len(items) and items[end].text == "point" and items[end + 1].text.isdecimal():
        value, end = float(f"{int(value)}.{items[end + 1].text}"), end + 2
    return Number(at, end, value, True)


def _spoken(items: list[Word], at: int) -> Number | None:
    text = items[at].text
    if text == "a" or text == "an":
        if at + 1 < len(items) and items[at + 1].text in ("hundred", "couple", "few", "dozen"):
            inner = _spoken(items, at + 1)
            return inner and inner._replace(start=at)
        return None
    if text in _VAGUE:
        end = at + 1
        if end < len(items) and items[end].text in (("a", "an") if text == "half" else ("of",)):
            end += 1
        if text == "half" and (end >= len(items) or items[end - 1].text not in ("a", "an", "half")):
            return None
        return Number(at, end, _VAGUE[text], False)
    total, end, seen = 0.0, at, False
    while end < len(items) and (end == at or items[end].brk < COMMA):
        word = items[end].text
        if word in _UNITS:
            value = _UNITS[word]
            if _is_tenth(items, at, end, total) and value < 10:
                # "Ninety eight six", "one oh one five": tenths, as a thermometer is read out.
                return Number(at, end + 1, total + value / 10, False)
            if seen and 0 < total < 20 and value >= 0 and total == int(total) and not _just_tens(items, end):
                # Digit by digit: "one oh two", "one zero one".
                total = total * 10 + value if total < 100 else total
            else:
                total += value
        elif word in ("oh", "o") and seen and end + 1 < len(items) and items[end + 1].text in _UNITS:
            total = total * 100 + _UNITS[items[end + 1].text]
            end += 1
        elif word in _TENS:
            total = total * 100 + _TENS[word] if seen and 0 < total < 10 else total + _TENS[word]
        elif word == "hundred":
            total = (total or 1) * 100
        elif (
            word == "and"
            and seen
            and total >= 100
            and end + 1 < len(items)
            and items[end + 1].text in (*_UNITS, *_TENS)
        ):
            pass
        elif (
            word == "point"
            and seen
            and end + 1 < len(items)
            and (items[end + 1].text in _UNITS or items[end + 1].text.isdecimal())
        ):
            digit = _UNITS.get(items[end + 1].text)
            total += float(f"0.{digit if digit is not None else items[end + 1].text}")
            return Number(at, end + 2, total, False)
        else:
            break
        seen = True
        end += 1
    return Number(at, end, total, False) if seen else None


def _is_tenth(items: list[Word], at: int, end: int, total: float) -> bool:
    """The number so far is a body temperature, down to its ones."""
    if end - at < 2 or items[end - 1].text not in _UNITS or (items[end - 1].text == "zero" and total == 10):
        return False
    return 34 <= total <= 43 or 90 <= total <= 109


def _just_tens(items: list[Word], at: int) -> bool:
    return items[at - 1].text in _TENS or items[at - 1].text in ("hundred", "and")


def _half(items: list[Word], number: Number) -> Number:
    """ "38 and a half"."""
    texts = [word.text for word in items[number.end : number.end + 3]]
    if texts == ["and", "a", "half"] and not any(word.brk >= CLAUSE for word in items[number.end : number.end + 3]):
        return number._replace(end=number.end + 3, value=number.value + 0.5)
    return number
