"""Checks of the responses: sources, lengths, the instruction first, choices that can be texted back."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from bot.content.problem import Problem
from bot.texting.alphabet import FIRST_PART, LONGEST, foreign_characters, septets
from bot.triage.model import Disposition
from bot.wording import ANSWER, FRAGMENTS, SMS, Variation, Wording, WordingError

QUESTION = "utter_ask_"
#: How to reach the clinic comes from its profile, and a bill is no clinical matter: nobody has to sign these.
NOT_CLINICAL = frozenset({"utter_answer_contact", "utter_answer_insurance"})
EMERGENCY_NUMBER = "911"
#: Carriers take these words for themselves: a reply of "yes" or "stop" may never arrive.
_CARRIERS = re.compile(r"\b(?:yes|no|stop|cancel|end|quit)\b", re.IGNORECASE)

#: "1 for worse", "2 numb or weak leg"
_NUMBERS = re.compile(r"(?<![\w.{])[1-9](?= [a-z])")


def is_clinical(name: str, wording: Wording, advised: Collection[str]) -> bool:
    """Gives advice or an aftercare answer, so that a clinician signs it."""
    advises = name in advised or wording.disposition(name) is not Disposition.NONE
    return (advises or name.startswith(ANSWER)) and name not in NOT_CLINICAL


def response_problems(
    wording: Wording, advised: Collection[str], facts: Mapping[str, str], phones: Collection[str]
) -> Iterator[Problem]:
    """What is wrong with the responses.

    Args:
        advised: names that the protocol gives advice with.
        facts: a value for every placeholder, at its longest.
        phones: the numbers that ``{phone}`` can stand for.
    """
    for name in sorted(wording.names()):
        variations = wording.variations(name)
        if is_clinical(name, wording, advised):
            yield from _source_problems(name, variations)
        if name in FRAGMENTS:
            continue
        yield from _sms_problems(name, wording, facts)
        if wording.disposition(name).at_least(Disposition.URGENT):
            yield from _first_part_problems(name, wording, facts, phones)
        sms = next(variation for variation in variations if variation.channel == SMS)
        yield from _choice_problems(name, sms)


def longest_sms(wording: Wording, facts: Mapping[str, str]) -> int:
    """Septets of the longest SMS."""
    names = wording.names() - FRAGMENTS
    return max((septets(wording.say(name, SMS, facts).text) for name in names), default=0)


def _source_problems(name: str, variations: tuple[Variation, ...]) -> Iterator[Problem]:
    for variation in variations:
        missing = [field for field in ("source", "version") if not getattr(variation, field)]
        if missing:
            channel = variation.channel or "website"
            yield Problem(f"{name} ({channel})", f"has no {' and no '.join(missing)}; add it to its metadata")


def _sms_problems(name: str, wording: Wording, facts: Mapping[str, str]) -> Iterator[Problem]:
    where = f"{name} (sms)"
    try:
        text = wording.say(name, SMS, facts).text
    except WordingError as error:
        yield Problem("", str(error))
        return
    if foreign := foreign_characters(text):
        yield Problem(where, f"holds {foreign!r}, which the SMS alphabet does not have; write it with other letters")
    if septets(text) > LONGEST:
        yield Problem(where, f"has {septets(text)} characters when it is filled, at most {LONGEST} fit; shorten it")


def _first_part_problems(
    name: str, wording: Wording, facts: Mapping[str, str], phones: Collection[str]
) -> Iterator[Problem]:
    emergency = wording.disposition(name) is Disposition.EMERGENCY
    for phone in sorted(phones):
        text = wording.say(name, SMS, {**facts, "phone": phone}).text
        number = EMERGENCY_NUMBER if emergency else phone
        if number not in text[:FIRST_PART]:
            where = f"{name} (sms)"
            yield Problem(where, f"does not hold {number} in its first {FIRST_PART} characters; begin with it")


def _choice_problems(name: str, sms: Variation) -> Iterator[Problem]:
    """Choices on SMS are numbers in the text; a question without numbers says what else to reply."""
    where = f"{name} (sms)"
    asks = name.startswith(QUESTION)
    if (asks or sms.buttons) and "Reply" not in sms.text:
        yield Problem(where, 'does not say how to answer; write "Reply 1 for ..., 2 for ..." or "Reply with ..."')
    elif sms.buttons:
        offered = [
            int(number) for number in re.findall(r"(?<![\w.{])([1-9])(?= [a-z])", sms.text.partition("Reply")[2])
        ]
        wanted = list(range(1, len(sms.buttons) + 1))
        if offered != wanted:
            yield Problem(where, f"offers the numbers {offered} for {len(wanted)} choices; name each, in order")
    if asks and (word := _CARRIERS.search(sms.text)):
        yield Problem(where, f"asks for {word[0]!r}, a word that carriers take for themselves; use a number")
