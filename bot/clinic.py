"""The clinic's profile: who answers the phone at this hour, and the facts that fill the responses.

Read from ``data/clinic.yml``. Every number that a patient is told to call passes through here, so the
loader is strict: it refuses what it does not know and names file, line, field and remedy.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

import phonenumbers
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from bot.opening_hours import WEEKDAYS, OpeningHours, Span, holiday_names

#: Points on which published instructions differ; each is a placeholder of the responses.
CHOICES = ("neck_position", "procedure_length")
LINKS = ("website", "instructions", "directions")


class ClinicError(Exception):
    """The profile cannot be used. The text names file, line, field and remedy."""


@dataclass(frozen=True)
class ClinicProfile:
    """One clinic. Phones are in national format."""

    name: str
    address: str
    country: str
    states: tuple[str, ...]
    office_phone: str
    #: Equal to ``office_phone`` when the clinic gives one number for all hours.
    after_hours_phone: str
    hours: OpeningHours
    links: Mapping[str, str]
    choices: Mapping[str, str]

    @classmethod
    def load(cls, path: Path) -> ClinicProfile:
        """Reads a profile.

        Raises:
            ClinicError: the file cannot be read, or something in it cannot be used.
        """
        return _read_profile(path)

    @property
    def zone(self) -> ZoneInfo:
        """The clinic's time zone."""
        return self.hours.zone

    def is_open(self, now: datetime) -> bool:
        """True while the office answers its phone. ``now`` must carry a time zone."""
        return self.hours.is_open(now)

    def opens(self, now: datetime) -> str:
        """When the office is next open, in words that complete "the office is open ..."."""
        return self.hours.opens(now)

    def phone(self, now: datetime) -> str:
        """The number to call at this hour."""
        return self.office_phone if self.is_open(now) else self.after_hours_phone

    def facts(self, now: datetime) -> dict[str, str]:
        """Values, as of ``now``, of all placeholders that the clinic fills."""
        return {
            "clinic": self.name,
            "phone": self.phone(now),
            "office_phone": self.office_phone,
            "after_hours_phone": self.after_hours_phone,
            "opens": self.opens(now),
            "hours": self.hours.words(),
            "address": self.address,
            **self.choices,
        }


class _Section:
    """A mapping of the file that knows its line numbers; every key must be expected, and every one be there."""

    def __init__(self, source: str, path: str, data: Any, line: int, keys: Sequence[str]) -> None:
        self.source, self.path, self.data, self.line = source, path, data, line
        if not isinstance(data, dict):
            self.refuse("", f"must hold the fields {', '.join(keys)}")
        for key in data:
            if key not in keys:
                self.refuse(str(key), f"is not a field here; known: {', '.join(keys)}")
        for key in keys:
            if key not in data:
                self.refuse(key, "is missing; copy it from the example data/clinic.yml")

    def section(self, key: str, keys: Sequence[str]) -> _Section:
        return _Section(self.source, f"{self.path}{key}.", self.data[key], self._line_of(key), keys)

    def text(self, key: str, limit: int, empty: bool = False) -> str:
        value = self.data[key]
        if empty and value in (None, ""):
            return ""
        if not isinstance(value, str) or not value.strip():
            self.refuse(key, "must be text; put it in quotation marks")
        if len(value) > limit or not value.isprintable() or re.search(r"[{}<>]", value):
            self.refuse(key, f"must be one line of at most {limit} characters, without brackets {{}} <>")
        return str(value.strip())

    def items(self, key: str, what: str, read: Callable[[Any], Any]) -> tuple[Any, ...]:
        """The entries of a list, each through ``read``, which raises ValueError for one that cannot be used."""
        value = self.data[key]
        if not isinstance(value, list):
            self.refuse(key, f"must be a list of {what}; [] is an empty one")
        try:
            return tuple(read(item) for item in value)
        except (ValueError, TypeError):
            self.refuse(key, f"must be a list of {what}")

    def refuse(self, key: str, remedy: str) -> NoReturn:
        name = f"{self.path}{key}".rstrip(".") or "the file"
        raise ClinicError(f"{self.source}:{self._line_of(key)}: {name} {remedy}")

    def _line_of(self, key: str) -> int:
        known = isinstance(self.data, dict) and key in self.data
        return int(self.data.lc.key(key)[0]) + 1 if known else self.line


FIELDS = ("name", "address", "country", "states", "time_zone", "phones", "hours", "holidays", "links", "choices")


def _read_profile(path: Path) -> ClinicProfile:
    try:
        with path.open(encoding="utf-8") as file:
            data = YAML(typ="rt").load(file)
    except (OSError, UnicodeDecodeError) as error:
        raise ClinicError(
            f"{path}: cannot be read ({type(error).__name__}); copy data/clinic.yml and edit it"
        ) from None
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ClinicError(f"{path}:{line}: not valid YAML ({str(error.problem).splitlines()[0]})") from None
    top = _Section(str(path), "", data, 1, FIELDS)
    country = top.text("country", 2)
    if country not in phonenumbers.SUPPORTED_REGIONS:
        top.refuse("country", "must be a country's two capital letters, for example US")
    phones = top.section("phones", ("office", "after_hours"))
    office = _phone(phones, "office", country)
    closed = top.section("holidays", ("calendar", "open_on", "also_closed"))
    links, choices = top.section("links", LINKS), top.section("choices", CHOICES)
    calendar = _calendar(closed)
    return ClinicProfile(
        name=top.text("name", 60),
        address=top.text("address", 100),
        country=country,
        states=top.items("states", "two-letter codes, for example [IL, WI]", _letters),
        office_phone=office,
        after_hours_phone=_phone(phones, "after_hours", country) if phones.data["after_hours"] else office,
        hours=OpeningHours(
            zone=_zone(top, "time_zone"),
            week=_week(top.section("hours", [day.lower() for day in WEEKDAYS])),
            calendar=calendar,
            open_on=_open_on(closed, calendar),
            also_closed=closed.items("also_closed", "dates such as 2026-12-24", _date),
        ),
        links={key: _link(links, key) for key in LINKS},
        choices={key: choices.text(key, 80) for key in CHOICES},
    )


def _phone(section: _Section, key: str, country: str) -> str:
    try:
        number = phonenumbers.parse(section.text(key, 40), country)
    except phonenumbers.NumberParseException:
        number = phonenumbers.PhoneNumber()
    # Not is_possible_number(): that takes a number without its area code as well.
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        section.refuse(key, "is not a phone number of the country with its area code, for example (217) 555-0142")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL))


def _zone(section: _Section, key: str) -> ZoneInfo:
    try:
        return ZoneInfo(section.text(key, 60))
    except (KeyError, ValueError, OSError):
        section.refuse(key, "is not a time zone; use a name such as America/Chicago")


def _week(section: _Section) -> tuple[tuple[Span, ...], ...]:
    week: list[tuple[Span, ...]] = []
    for day in WEEKDAYS:
        key = day.lower()
        spans = section.items(key, 'spans such as "08:00-17:00"', _span)
        if any(later[0] < earlier[1] for earlier, later in itertools.pairwise(spans)):
            section.refuse(key, "has spans that overlap or are out of order")
        week.append(spans)
    if not any(week):
        section.refuse("", "have no open day; give the spans of at least one")
    return tuple(week)


def _span(value: Any) -> Span:
    match = re.fullmatch(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)", value)
    if not match:
        raise ValueError
    start_hour, start_minute, end_hour, end_minute = map(int, match.groups())
    start, end = start_hour * 60 + start_minute, end_hour * 60 + end_minute
    if not start < end <= 24 * 60:
        raise ValueError
    return start, end


def _calendar(section: _Section) -> str:
    calendar = section.text("calendar", 10, empty=True)
    try:
        if calendar:
            holiday_names(calendar)
    except (NotImplementedError, KeyError):
        section.refuse("calendar", "is not known; use a country's or a state's letters, for example US or US-IL")
    return calendar


def _open_on(section: _Section, calendar: str) -> tuple[str, ...]:
    known = holiday_names(calendar) if calendar else set()
    names = section.items("open_on", "holiday names", str)
    for name in names:
        if name not in known:
            section.refuse("open_on", f"names a day that is not in the calendar: {'; '.join(sorted(known)) or 'none'}")
    return names


def _letters(value: Any) -> str:
    if not re.fullmatch(r"[A-Z]{2}", value):
        raise ValueError
    return str(value)


def _date(value: Any) -> date:
    return value if isinstance(value, date) and not isinstance(value, datetime) else date.fromisoformat(value)


def _link(section: _Section, key: str) -> str:
    value = section.text(key, 300, empty=True)
    if value and not re.fullmatch(r"https://\S+", value):
        section.refuse(key, "must be a full address that starts with https://, or empty")
    return value
