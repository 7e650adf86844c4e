"""Whole days since the procedure, as the message says it."""

from __future__ import annotations

import re
from datetime import date

from bot.clinical.measure.duration import Duration
from bot.clinical.measure.numbers import Number
from bot.clinical.text.words import Words

_PROCEDURE = frozenset(
    "discogram discograms discography procedure injection injections "
    "test surgery shot shots needle op operation it done".split()
)
#: Longer ago it was another procedure.
_MAX_DAYS = 60
_LINKS = frozenset("after since post from out following past procedure postop".split())
_DATE = re.compile(r"\b(\d{1,2})/(\d{1,2})(?:/(\d{2,4}))?\b")


def find(
    words: Words, numbers: list[Number], durations: list[Duration], today: date, asked: bool = False
) -> int | None:
    """Days since the procedure; 0 is the day itself. None if the text does not say.

    Args:
        asked: the text answers "when was your procedure?".
    """
    items = words.items
    for number in numbers:
        before = items[number.start - 1].lemma if number.start else ""
        if before == "day" and number.value == int(number.value) and number.value <= 60:
            return int(number.value)
    for duration in durations:
        if duration.hours > _MAX_DAYS * 24:
            continue
        if asked or _speaks_of_procedure(words, duration):
            text = items[duration.start].text
            days = {
                "today": 0,
                "tonight": 0,
                "this": 0,
                "earlier": 0,
                "last": 1
                if items[duration.start + 1 :] and items[duration.start + 1].text in ("night", "evening")
                else None,
                "yesterday": 1,
            }.get(text)
            return days if days is not None else int(duration.hours // 24)
    if asked:
        found = _DATE.search(words.flat)
        if found:
            return _days_since(found, today)
        if len(numbers) == 1 and len(items) <= 2 and numbers[0].value <= 60:
            return int(numbers[0].value)
    return None


def _speaks_of_procedure(words: Words, duration: Duration) -> bool:
    """ "had it Monday", "3 days after the discogram", "my discogram was yesterday"."""
    items = words.items
    low, high = words.clause_bounds(duration.start)
    after = [word.text for word in items[duration.end : min(duration.end + 5, high)]]
    if after and after[0] in _LINKS and _PROCEDURE & set(after[1:]):
        return True
    if (
        after[:1] in (["post"], ["postop"], ["out"])
        or after[:2] == ["post", "op"]
        or after[:2] == ["after", "procedure"]
    ):
        return True
    before = [word.text for word in items[low : duration.start]]
    if "since" in before[-2:] or "for" in before[-2:]:
        return False
    tail = before[-7:]
    if {"discogram", "discograms", "discography", "procedure"} & set(tail[-3:]) and not {"before", "until"} & set(tail):
        return True
    had = {"had", "got", "did", "done", "was", "were", "underwent", "ago"} & set(tail) or "have" in tail
    named = {"discogram", "discograms", "discography", "procedure", "injection", "injections", "test", "surgery"} & set(
        tail
    )
    if named and had and not {"worse", "fever", "started", "pain", "headache"} & set(tail):
        return True
    joined = " ".join(tail)
    return bool(re.search(r"\b(had|got|did) (it|mine|that|the thing)( done| on| just)*$", joined)) or joined.endswith(
        ("done", "it done on", "was done on")
    )


def _days_since(found: re.Match[str], today: date) -> int | None:
    try:
        day = date(today.year, int(found.group(1)), int(found.group(2)))
    except ValueError:
        return None
    if day > today:
        day = day.replace(year=today.year - 1)
    days = (today - day).days
    return days if days <= 90 else None
