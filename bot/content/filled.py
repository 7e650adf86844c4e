"""The clinic's own values at their longest, so that a text that fits now fits at every hour."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.clinic import ClinicProfile
from bot.texting.alphabet import septets
from bot.wording import ANSWER, SOURCE_NAMES, SYMPTOM_NAMES, Wording

#: A year, at hours that lie before, in and after a clinic's day.
_DAYS = 366
_HOURS = (2, 8, 14, 20)
#: As many choices as are offered at a time.
_CHOICES = 3
REFERENCE = "K7QX-4MZP"
#: A name of usual length; who signs longer ones sees it in the check.
_SIGNED = "Casey Example, RN"


def longest_facts(clinic: ClinicProfile, wording: Wording, now: datetime) -> dict[str, str]:
    """A value for every placeholder, the longest that it can have within a year from ``now``."""
    hours = [now + timedelta(days=day, hours=hour) for day in range(_DAYS) for hour in _HOURS]
    moments = [clinic.facts(hour) for hour in hours]
    facts = {name: _longest(facts[name] for facts in moments) for name in moments[0]}
    variations = [variation for name in wording.names() for variation in wording.variations(name)]
    questions = [wording.question(name) for name in wording.names() if name.startswith(ANSWER)]
    offered = sorted(questions, key=septets)[-_CHOICES:]
    return {
        **facts,
        "reference": REFERENCE,
        "symptom": _longest(_fragment(wording, name) for name in SYMPTOM_NAMES),
        "source": _longest(_fragment(wording, name) for name in SOURCE_NAMES),
        "choices": " ".join(f"{number} {question}" for number, question in enumerate(offered, 1)),
        "version": _longest(variation.version for variation in variations),
        "reviewed_by": _longest([_SIGNED, *(variation.reviewed_by for variation in variations)]),
        "staff": _SIGNED,
        "time": "12:45 PM",
    }


def _fragment(wording: Wording, name: str) -> str:
    return wording.variations(name)[0].text if name in wording.names() else ""


def _longest(texts: Iterable[str]) -> str:
    return max(texts, key=septets, default="")
