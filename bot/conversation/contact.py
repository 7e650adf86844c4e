"""The call-back name and number that a patient may leave after the advice."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

import phonenumbers
from spacy.lang.en.stop_words import STOP_WORDS

from bot.clinic import ClinicProfile

LONGEST_NAME = 100

_SAID = re.compile(r"\b(?:call|text|reach|phone|number|cell|mobile|callback|contact)\b", re.IGNORECASE)
_NAME_SAID = re.compile(
    r"\b(?:my name is|name is|name's|this is|it's|it is|i am|i'm)\s+(?P<name>[^\d,.;:!?]+)", re.IGNORECASE
)
#: Said without being asked, too.
_INTRODUCED = re.compile(r"\b(?:my name is|my name's)\s+[^\d,.;:!?]+", re.IGNORECASE)
_NAME = re.compile(r"[^\W\d_][\w'’-]*(?:\.? [^\W\d_][\w'’-]*){0,3}")
_BESIDE_A_NUMBER = re.compile(
    r"\b(?:and|my|number|phone|cell|mobile|call|me|at|on|is|please|back|here|it's|the)\b", re.IGNORECASE
)


#: Words that hold no meaning of their own are in no name, but for these.
_ALSO_NAMES = frozenset({"will", "may", "sixty"})


class Certainty(str, Enum):
    """Whether a message is a contact; Rasa is told this much of it and no more."""

    #: It holds a telephone number.
    GIVEN = "given"
    #: A name, or what could be one after the question for it, and no number.
    PERHAPS = "perhaps"
    #: It was asked for, and the digits are no telephone number.
    INCOMPLETE = "incomplete"


@dataclass(frozen=True)
class Contact:
    certainty: Certainty
    name: str = ""
    #: E.164, such as +15555550142.
    phone: str = ""


def read_contact(text: str, asked: bool, clinic: ClinicProfile) -> Contact | None:
    """The contact that a message gives; None when it gives none.

    Args:
        asked: the patient was asked for it in the last reply.
        clinic: its own numbers do not count; patients quote them ("I called 555-555-0100").
    """
    for match in phonenumbers.PhoneNumberMatcher(text, clinic.country, leniency=phonenumbers.Leniency.POSSIBLE):
        phone = _e164(match.number)
        if phonenumbers.is_possible_number_with_reason(match.number) != phonenumbers.ValidationResult.IS_POSSIBLE:
            continue
        if phone in _own(clinic):
            return None
        rest = text[: match.start] + " , " + text[match.end :]
        # A number with a name or nothing beside it is one, asked for or not.
        words = rest.casefold().replace(",", " ").split()
        alone = not words or (not STOP_WORDS & set(words) and bool(_name(rest, asked=True)))
        if asked or alone or _SAID.search(text):
            return Contact(Certainty.GIVEN, _name(rest, asked or alone), phone)
    introduced = _INTRODUCED.search(text)
    if introduced and (name := _name(introduced[0], asked)):
        return Contact(Certainty.PERHAPS, name=name)
    if not asked:
        return None
    if sum(character.isdigit() for character in text) >= 5 and len(text) <= LONGEST_NAME:
        return Contact(Certainty.INCOMPLETE)
    name = _name(text, asked) if len(text) <= LONGEST_NAME else ""
    return Contact(Certainty.PERHAPS, name=name) if name else None


def _name(text: str, asked: bool) -> str:
    said = _NAME_SAID.search(text)
    if said:
        text = said["name"]
    elif not asked:
        return ""
    text = " ".join(_BESIDE_A_NUMBER.sub(" ", re.sub(r"[^\w\s'’-]", " ", text)).split())
    words = {word.casefold() for word in text.split()} - _ALSO_NAMES
    return text[:LONGEST_NAME] if _NAME.fullmatch(text) and not words & STOP_WORDS else ""


def _own(clinic: ClinicProfile) -> set[str]:
    numbers = (clinic.office_phone, clinic.after_hours_phone)
    return {_e164(phonenumbers.parse(phone, clinic.country)) for phone in numbers}


def _e164(number: phonenumbers.PhoneNumber) -> str:
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
