"""A clinic's opening hours on its own clock, holidays included."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import count
from zoneinfo import ZoneInfo

import holidays

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

#: Opening and closing in minutes after midnight.
Span = tuple[int, int]


@dataclass(frozen=True)
class OpeningHours:
    """When the office answers its phone. Every ``now`` must carry a time zone."""

    zone: ZoneInfo
    #: One tuple of spans for each weekday, Monday first; an empty one is a closed day. At least one is open.
    week: tuple[tuple[Span, ...], ...]
    #: Name of a calendar of the ``holidays`` package, "US" or "US-IL"; empty for none.
    calendar: str = ""
    #: Holidays of the calendar on which the office is open all the same.
    open_on: tuple[str, ...] = ()
    also_closed: tuple[date, ...] = ()

    def is_open(self, now: datetime) -> bool:
        """True while the office answers its phone. ``now`` must carry a time zone."""
        local = self._local(now)
        return any(start <= _minute(local) < end for start, end in self._spans(local.date()))

    def opens(self, now: datetime) -> str:
        """When the office is next open, in words that complete "the office is open ..."."""
        if self.is_open(now):
            return "now"
        day, start = self._opening(self._local(now))
        return f"{_day_words(day, self._local(now).date())} at {_clock_words(start)}"

    def open_from(self, now: datetime) -> datetime:
        """``now`` while the office is open, else when it next opens."""
        if self.is_open(now):
            return now
        day, start = self._opening(self._local(now))
        return datetime.combine(day, time(start // 60, start % 60), self.zone)

    def _opening(self, local: datetime) -> tuple[date, int]:
        """Day and minute of the next opening after this moment of the clinic's clock."""
        # Ends: the loader refuses a week without hours, and the closed dates are finite.
        for ahead in count():
            day = local.date() + timedelta(days=ahead)
            for start, _ in self._spans(day):
                if ahead or start > _minute(local):
                    return day, start
        raise AssertionError("unreachable")

    def words(self) -> str:
        """The week's hours, equal days in a row joined: "Monday to Friday, 8:00 AM to 5:00 PM"."""
        runs: list[list[int]] = []
        for day, spans in enumerate(self.week):
            if runs and runs[-1][-1] == day - 1 and self.week[runs[-1][0]] == spans:
                runs[-1].append(day)
            elif spans:
                runs.append([day])
        parts = []
        for run in runs:
            days = WEEKDAYS[run[0]] if len(run) == 1 else f"{WEEKDAYS[run[0]]} to {WEEKDAYS[run[-1]]}"
            spans_words = [f"{_clock_words(start)} to {_clock_words(end)}" for start, end in self.week[run[0]]]
            parts.append(f"{days}, {' and '.join(spans_words)}")
        return "; ".join(parts)

    @lru_cache(maxsize=4096)  # noqa: B019  (one profile a process; reports ask for the same days thousands of times)
    def _spans(self, day: date) -> tuple[Span, ...]:
        return () if day in self.also_closed or self._holiday(day) else self.week[day.weekday()]

    def _holiday(self, day: date) -> bool:
        if not self.calendar:
            return False
        names = _calendar(self.calendar, day.year).get_list(day)
        return any(_usual_name(name) not in self.open_on for name in names)

    def _local(self, now: datetime) -> datetime:
        if now.tzinfo is None:
            raise ValueError("now must carry a time zone")
        return now.astimezone(self.zone)


@lru_cache(maxsize=16)
def _calendar(name: str, year: int) -> holidays.HolidayBase:
    country, _, state = name.partition("-")
    # The next year too: a New Year's Day on a Saturday is observed on the last day of the old year.
    return holidays.country_holidays(country, subdiv=state or None, years=(year, year + 1), expand=False)


def _usual_name(holiday: str) -> str:
    return holiday.replace(" (observed)", "")


def _minute(local: datetime) -> int:
    return local.hour * 60 + local.minute


def _clock_words(minute: int) -> str:
    hour, rest = divmod(minute % (24 * 60), 60)
    return f"{hour % 12 or 12}:{rest:02} {'AM' if hour < 12 else 'PM'}"


def _day_words(day: date, today: date) -> str:
    if day == today:
        return "today"
    weekday = WEEKDAYS[day.weekday()]
    return weekday if (day - today).days < 7 else f"{weekday}, {MONTHS[day.month - 1]} {day.day}"


def holiday_names(calendar: str) -> set[str]:
    """The usual names of a calendar's holidays.

    Raises:
        NotImplementedError, KeyError: there is no such calendar.
    """
    # Four years in a row hold every holiday of a calendar; some come only in even years.
    years = [_calendar(calendar, year) for year in range(2025, 2029)]
    return {_usual_name(name) for days in years for day in days for name in days.get_list(day)}
