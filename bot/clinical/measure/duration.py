"""How long something has lasted, and on which day the procedure was."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from bot.clinical.measure.numbers import Number
from bot.clinical.text.lemma import lemma
from bot.clinical.text.words import CLAUSE, Words

_UNIT_HOURS = {
    "second": 1 / 3600, "sec": 1 / 3600, "minute": 1 / 60, "hour": 1.0, "day": 24.0, "night": 24.0, "morning": 24.0,
    "week": 168.0, "weekend": 48.0, "fortnight": 336.0, "month": 720.0, "year": 8760.0, "decade": 87600.0,
    "evening": 24.0,
}  # fmt: skip
_HOURS = {lemma(word): hours for word, hours in _UNIT_HOURS.items()}
#: Base forms of the units of time.
UNITS = frozenset(_HOURS)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
#: Hours since a named time, at least; reckoned from the following noon, so rather short than long.
_NAMED = {
    "yesterday": 24.0, "today": 4.0, "tonight": 2.0, "earlier": 2.0, "awake": 6.0,
}  # fmt: skip
#: Points of today, by their last word: hours since, at least.
_POINTS = {
    "noon": 2.0, "lunch": 2.0, "lunchtime": 2.0, "midday": 2.0, "breakfast": 3.0, "dawn": 4.0, "sunrise": 4.0,
    "dinner": 2.0, "supper": 2.0, "midnight": 6.0, "bedtime": 8.0, "daybreak": 4.0, "overnight": 8.0, "dinnertime": 2.0,
}  # fmt: skip
_CLOCK = re.compile(r"^\d{1,2}(:\d{2})?$")
#: "The day before (yesterday)", "the night before (last)".
_BEFORE = {"day": 48.0, "night": 36.0}
_LAST = {"night": 12.0, "evening": 14.0, "week": 168.0, "month": 720.0, "year": 8760.0, "weekend": 48.0}
_THIS = {"morning": 4.0, "afternoon": 2.0, "evening": 1.0, "week": 48.0, "month": 240.0, "weekend": 24.0}
_LEADS = frozenset(
    "for since about over past last almost nearly around like "
    "lasted lasting lasts been going on at least more than than approximately".split()
)


class Duration(NamedTuple):
    """Hours at the words ``start`` to ``end`` (exclusive)."""

    start: int
    end: int
    hours: float
    #: Says when something began or how long it lasts ("for three days", "since Monday", "20 minutes ago").
    explicit: bool


def find(words: Words, numbers: list[Number], today: date) -> list[Duration]:
    """All durations of a text, in order."""
    items = words.items
    at = {number.start: number for number in numbers}
    result: list[Duration] = []
    position = 0
    while position < len(items):
        found = _counted(words, at.get(position), position) or _named(words, position, today)
        if found is None:
            position += 1
            continue
        result.append(found)
        position = max(found.end, position + 1)
    return result


def _counted(words: Words, number: Number | None, at: int) -> Duration | None:
    """ "3 days", "a day and a half", "all day", "an hour ago"."""
    items = words.items
    if number is not None:
        value, end = number.value, number.end
    elif items[at].text in ("a", "an", "one", "another") and at + 1 < len(items) and items[at + 1].lemma in _HOURS:
        value, end = 1.0, at + 1
    elif items[at].text in ("all", "whole", "entire") and at + 1 < len(items):
        end = at + 2 if items[at + 1].text in ("the", "of") else at + 1
        if end < len(items) and items[end].lemma in _HOURS:
            hours = {"day": 24.0, "night": 8.0, "morning": 4.0, "week": 168.0, "weekend": 48.0}.get(items[end].lemma)
            return Duration(at, end + 1, hours, True) if hours else None
        return None
    elif (
        items[at].text in ("days", "weeks", "months", "hours", "years")
        and items[at - 1].text in ("for", "past", "of", "been")
        and at
    ):
        return Duration(at, at + 1, 2 * _HOURS[items[at].lemma], True)
    else:
        return None
    while end < len(items) and items[end].text in ("full", "whole", "straight", "more", "long", "solid"):
        end += 1
    if end >= len(items) or items[end].lemma not in _HOURS or items[end].brk >= CLAUSE:
        return None
    hours = value * _HOURS[items[end].lemma]
    end += 1
    if [word.text for word in items[end : end + 3]] == ["and", "a", "half"]:
        hours, end = hours * (value + 0.5) / value if value else hours, end + 3
    after = items[end].text if end < len(items) else ""
    if after in ("old", "in", "into"):
        # "34 years old"; "two months in" dates something else.
        return None
    before = {word.text for word in items[max(0, at - 3) : at]}
    if before & {"less", "under", "below", "within"}:
        hours /= 2
    explicit = after in ("ago", "now", "straight", "already", "on", "long") or bool(before & _LEADS)
    if after in ("post", "after", "since", "out", "later"):
        explicit = explicit or after == "later"
    return Duration(at, end + (after == "ago"), hours, explicit)


def _named(words: Words, at: int, today: date) -> Duration | None:
    """ "since Tuesday", "since yesterday", "last night", "this morning"."""
    items = words.items
    text, following = items[at].text, items[at + 1].text if at + 1 < len(items) else ""
    explicit = bool(
        {word.text for word in items[max(0, at - 3) : at]} & {"since", "from", "started", "began", "start", "until"}
    )
    if text in ("last", "past") and following in _LAST:
        return Duration(at, at + 2, _LAST[following], explicit)
    if text == "this" and following in _THIS:
        return Duration(at, at + 2, _THIS[following], explicit)
    if text in _BEFORE and following == "before":
        last = at + 2 < len(items) and items[at + 2].text in ("last", "yesterday")
        return Duration(at, at + 2 + last, _BEFORE[text], explicit)
    if text in _NAMED:
        late = following in ("evening", "night", "afternoon")
        return Duration(at, at + 1 + late, 14.0 if late else _NAMED[text], explicit)
    if text in _POINTS:
        return Duration(at, at + 1, _POINTS[text], explicit)
    if explicit and text in ("woke", "waking", "wake", "got", "getting") and following in ("up", "home"):
        # "Since I woke up": answers since when, but it may have begun overnight or have been there the day before.
        return Duration(at, at + 2, 6.0, False)
    if text in ("couple", "other", "another") and following in ("day", "night") and at and items[at - 1].text == "the":
        return Duration(at, at + 2, 48.0, explicit)
    if _CLOCK.match(text) and (following in ("am", "pm", "oclock", "o'clock") or (":" in text and explicit)):
        return Duration(at, at + 1 + (following != "" and ":" not in text), 3.0, explicit)
    if text in _WEEKDAYS:
        days = (today.weekday() - _WEEKDAYS.index(text)) % 7 or 7
        return Duration(at, at + 1, days * 24.0, explicit)
    if text in (
        "january",
        "february",
        "march",
        "april",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ):
        return Duration(at, at + 1, 720.0, True) if explicit else None
    return None
