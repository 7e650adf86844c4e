"""The clinic's profile: who answers the phone at this hour, and the facts that fill the responses.

Read from ``data/clinic.yml``. Every number that a patient is told to call passes through here, so the
loader is strict: it refuses what it does not know and names file, line, field and remedy.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from bot.clinic.notifications import Notifications, read_notifications
from bot.clinic.section import ClinicError, Section
from bot.opening_hours import WEEKDAYS, OpeningHours, Span, holiday_names

#: Dispositions with a deadline of their own.
DEADLINES = ("emergency", "urgent", "routine")
#: Points on which published instructions differ; each is a placeholder of the responses.
CHOICES = ("neck_position", "procedure_length")
LINKS = ("website", "instructions", "directions")


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
    notifications: Notifications
    #: Minutes in which staff should have acknowledged an escalation, by disposition.
    deadlines: Mapping[str, int]

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


FIELDS = (
    "name", "address", "country", "states", "time_zone", "phones", "hours", "holidays", "links", "choices",
    "notifications", "deadlines",
)  # fmt: skip


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
    top = Section(str(path), "", data, 1, FIELDS)
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
        notifications=read_notifications(top),
        deadlines=_deadlines(top.section("deadlines", DEADLINES)),
    )


def _phone(section: Section, key: str, country: str) -> str:
    try:
        number = phonenumbers.parse(section.text(key, 40), country)
    except phonenumbers.NumberParseException:
        number = phonenumbers.PhoneNumber()
    # Not is_possible_number(): that takes a number without its area code as well.
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        section.refuse(key, "is not a phone number of the country with its area code, for example (217) 555-0142")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL))


def _zone(section: Section, key: str) -> ZoneInfo:
    try:
        return ZoneInfo(section.text(key, 60))
    except (KeyError, ValueError, OSError):
        section.refuse(key, "is not a time zone; use a name such as America/Chicago")


def _week(section: Section) -> tuple[tuple[Span, ...], ...]:
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


def _calendar(section: Section) -> str:
    calendar = section.text("calendar", 10, empty=True)
    try:
        if calendar:
            holiday_names(calendar)
    except (NotImplementedError, KeyError):
        section.refuse("calendar", "is not known; use a country's or a state's letters, for example US or US-IL")
    return calendar


def _open_on(section: Section, calendar: str) -> tuple[str, ...]:
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


def _link(section: Section, key: str) -> str:
    value = section.text(key, 300, empty=True)
    if value and not re.fullmatch(r"https://\S+", value):
        section.refuse(key, "must be a full address that starts with https://, or empty")
    return value


def _deadlines(section: Section) -> dict[str, int]:
    for key in DEADLINES:
        minutes = section.data[key]
        if not isinstance(minutes, int) or isinstance(minutes, bool) or not 0 < minutes <= 7 * 24 * 60:
            section.refuse(key, "must be minutes: a whole number from 1 to 10080, which is a week")
    return {key: section.data[key] for key in DEADLINES}
