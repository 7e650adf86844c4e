"""The figures of the reports page, counted from the database."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.clinic import ClinicProfile
from bot.console.worklist.deadline import due_at
from bot.records.tables import escalation_symptoms, escalations, messages, raises
from bot.triage.model import Disposition
from bot.wording import ANSWER


@dataclass(frozen=True)
class Table:
    """Rows of a name and a number, drawn as bars and written as a table."""

    key: str
    title: str
    heads: tuple[str, str]
    rows: Sequence[tuple[str, int]]


@dataclass(frozen=True)
class Spans:
    """How long something took, in minutes; None where nothing was counted."""

    key: str
    title: str
    count: int
    median: float | None
    p90: float | None


@dataclass(frozen=True)
class Report:
    total: int
    tables: Sequence[Table]
    spans: Sequence[Spans]
    #: Of those with a deadline that has passed or that were acknowledged: how many missed it.
    overdue: int
    due: int


def read_report(
    connection: Connection, since: datetime, until: datetime, clinic: ClinicProfile, now: datetime
) -> Report:
    """Of the escalations opened, and the questions asked, from ``since`` to before ``until``."""
    table = escalations.c
    within = sa.and_(table.opened_at >= since, table.opened_at < until)
    # A case that came back to nobody waits from then on.
    raised = sa.select(sa.func.max(raises.c.raised_at, type_=raises.c.raised_at.type))
    raised = raised.where(raises.c.escalation_id == table.id).correlate(escalations)
    rows = connection.execute(
        sa.select(
            *(table.id, table.disposition, table.channel, table.opened_at, table.acknowledged_at, table.closed_at),
            sa.func.coalesce(raised.scalar_subquery(), table.opened_at, type_=table.opened_at.type).label("raised_at"),
        ).where(within)
    ).all()
    deadlines = [(row.acknowledged_at, due_at(clinic, row.disposition, row.raised_at)) for row in rows]
    due = [(at, deadline) for at, deadline in deadlines if at or deadline < now]
    return Report(
        total=len(rows),
        tables=(
            _table("disposition", "By urgency", "Urgency", (row.disposition for row in rows), _by_urgency),
            Table("symptom", "By symptom", ("Symptom", "Cases"), _symptoms(connection, within)),
            _table("channel", "By channel", "Channel", (row.channel for row in rows)),
            _hours("hour", "By hour of the day", rows, clinic),
            Table("topic", "Questions by topic", ("Topic", "Answers"), _topics(connection, since, until)),
        ),
        spans=(
            _spans("acknowledge", "Until acknowledged", rows, lambda row: row.acknowledged_at),
            _spans("close", "Until closed", rows, lambda row: row.closed_at),
        ),
        overdue=sum((at or now) > deadline for at, deadline in due),
        due=len(due),
    )


def quantile(values: Sequence[float], share: float) -> float | None:
    """The smallest value that at least this share of the values does not exceed (the nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else None


def _by_urgency(counted: Mapping[str, int]) -> list[tuple[str, int]]:
    return [(item.value, counted[item.value]) for item in Disposition if counted.get(item.value)]


def _by_number(counted: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))


def _table(
    key: str,
    title: str,
    head: str,
    values: Iterable[str],
    order: Callable[[Mapping[str, int]], list[tuple[str, int]]] = _by_number,
) -> Table:
    return Table(key, title, (head, "Cases"), order(Counter(values)))


def _hours(key: str, title: str, rows: Sequence[Row], clinic: ClinicProfile) -> Table:
    counted = Counter(row.opened_at.astimezone(clinic.zone).hour for row in rows)
    return Table(
        key, title, ("Hour", "Cases"), [(f"{hour:02}:00", counted[hour]) for hour in range(24)] if rows else []
    )


def _symptoms(connection: Connection, within: object) -> list[tuple[str, int]]:
    named = escalation_symptoms.c
    query = (
        sa.select(named.symptom, sa.func.count())
        .join(escalations, escalations.c.id == named.escalation_id)
        .where(within)
        .group_by(named.symptom)
    )
    return _by_number({row[0]: row[1] for row in connection.execute(query)})


def _topics(connection: Connection, since: datetime, until: datetime) -> list[tuple[str, int]]:
    query = (
        sa.select(messages.c.response, sa.func.count())
        .where(messages.c.response.like(f"{ANSWER}%"), messages.c.created_at >= since, messages.c.created_at < until)
        .group_by(messages.c.response)
    )
    return _by_number({row[0][len(ANSWER) :]: row[1] for row in connection.execute(query)})


def _spans(key: str, title: str, rows: Sequence[Row], end: Callable[[Row], datetime | None]) -> Spans:
    minutes = [(at - row.raised_at).total_seconds() / 60 for row in rows if (at := end(row)) is not None]
    return Spans(key, title, len(minutes), quantile(minutes, 0.5), quantile(minutes, 0.9))
