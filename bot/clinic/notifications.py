"""Who is told of an escalation, and when: the part ``notifications`` of the clinic's profile."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from ruamel.yaml.comments import TaggedScalar

from bot.clinic.section import Section

#: The dispositions that have a ladder of their own.
LADDERS = ("emergency", "urgent", "routine")
#: A day and a half: whatever waits longer is no notification any more.
LONGEST_MINUTES = 36 * 60


@dataclass(frozen=True)
class Step:
    """One step of a ladder: the routes that it notifies, by whether the office is open at that moment."""

    after: timedelta
    open: tuple[str, ...]
    closed: tuple[str, ...]

    def routes(self, is_open: bool) -> tuple[str, ...]:
        return self.open if is_open else self.closed


@dataclass(frozen=True)
class LadderPlan:
    """What happens until a named person acknowledges; times count from the report."""

    steps: tuple[Step, ...] = ()
    #: When the patient is told that nobody has; None: never.
    tell_patient_after: timedelta | None = None

    @property
    def moments(self) -> tuple[timedelta, ...]:
        """When each step is due, and at the end when the patient is told, if ever."""
        told = () if self.tell_patient_after is None else (self.tell_patient_after,)
        return (*(step.after for step in self.steps), *told)


@dataclass(frozen=True)
class Notifications:
    #: Name of a route -> the variable of the environment that holds its address.
    routes: Mapping[str, str]
    #: The notification quotes what the patient wrote.
    patient_words: bool
    ladders: Mapping[str, LadderPlan]

    def silent(self) -> list[tuple[str, str]]:
        """(disposition, "open" or "closed") of what is urgent or worse and notifies nobody at those hours."""
        return [
            (name, hours)
            for name in LADDERS[:2]
            for hours in ("open", "closed")
            if not any(step.routes(hours == "open") for step in self.ladders[name].steps)
        ]


def read_notifications(top: Section) -> Notifications:
    """
    Raises:
        ClinicError: something in it cannot be used.
    """
    part = top.section("notifications", ("routes", "patient_words", "ladder"))
    routes = _routes(part)
    if not isinstance(part.data["patient_words"], bool):
        part.refuse("patient_words", "must be true or false")
    ladder = part.section("ladder", LADDERS)
    ladders = {name: _ladder(ladder.section(name, ("steps", "tell_patient_after_minutes")), routes) for name in LADDERS}
    used = {route for plan in ladders.values() for step in plan.steps for route in (*step.open, *step.closed)}
    for route in routes:
        if route not in used:
            part.refuse("routes", f"has {route}, which no step of the ladder names; name it in one or take it out")
    return Notifications(routes, part.data["patient_words"], ladders)


def _routes(part: Section) -> dict[str, str]:
    rows = part.data["routes"]
    if not isinstance(rows, dict):
        part.refuse("routes", "must hold rows such as on_call: ${ON_CALL_URL}; {} is none")
    section = Section(part.source, f"{part.path}routes.", rows, part.line_of("routes"), [str(key) for key in rows])
    routes = {}
    for name, value in rows.items():
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", str(name)):
            section.refuse(str(name), "is no name of a route; use small letters, digits and _")
        # The address itself is never named in the refusal: it may be in the file by mistake, with its password.
        # Where Rasa was imported first, its YAML reader has taught everybody's to tag what looks like a variable.
        given = value.value if isinstance(value, TaggedScalar) else value
        variable = re.fullmatch(r"\$\{([A-Z][A-Z0-9_]*)\}", given) if isinstance(given, str) else None
        if variable is None:
            section.refuse(
                str(name), "must be ${A_VARIABLE}; put the address into that variable, since it holds passwords"
            )
        routes[str(name)] = variable[1]
    return routes


def _ladder(section: Section, routes: Mapping[str, str]) -> LadderPlan:
    steps = []
    before = -1
    for step in section.sections("steps", ("after_minutes", "open", "closed")):
        minutes = _minutes(step, "after_minutes", above=before)
        hours = {key: step.items(key, "names of routes", _known(routes)) for key in ("open", "closed")}
        if not any(hours.values()):
            step.refuse("", "notifies nobody; name a route under open or closed, or take the step out")
        steps.append(Step(timedelta(minutes=minutes), **hours))
        before = minutes
    if section.data["tell_patient_after_minutes"] is None:
        return LadderPlan(tuple(steps))
    told = _minutes(section, "tell_patient_after_minutes", above=max(before, 0))
    return LadderPlan(tuple(steps), timedelta(minutes=told))


def _minutes(section: Section, key: str, above: int) -> int:
    value = section.data[key]
    if isinstance(value, bool) or not isinstance(value, int) or not above < value <= LONGEST_MINUTES:
        section.refuse(key, f"must be whole minutes, above {above} and at most {LONGEST_MINUTES}")
    return int(value)


def _known(routes: Mapping[str, str]) -> Callable[[object], str]:
    def read(value: object) -> str:
        if value not in routes:
            raise ValueError
        return str(value)

    return read
