"""Prometheus gauges that are read from the database when somebody asks, so that every copy of the server says the same.

While the database is away they are NaN, never 0: an alert such as ``aftercare_urgent_without_escalation != 0`` fires.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot.escalation import outbox
from bot.escalation.model import Status
from bot.escalation.outbox import Load
from bot.records import messages
from bot.records.conversations import LEASE_SECONDS
from bot.records.database import Database
from bot.records.tables import escalations, raises
from bot.triage.model import Disposition

log = logging.getLogger(__name__)

#: A turn stores its message first and files the escalation a moment later; after its lease that is overdue.
OVERDUE = timedelta(seconds=LEASE_SECONDS)
STATUSES = (Status.OPEN, Status.ACKNOWLEDGED)


class StoredFigures(Collector):
    """What the database says at the moment of the scrape."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)

    def text(self) -> bytes:
        """All gauges in Prometheus' text format; takes a thread, because it asks the database."""
        return generate_latest(self._registry)

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        now = self._now()
        counts: dict[tuple[str, str], float] = {}
        loads: dict[str, Load] = {}
        waiting: dict[str, datetime] = {}
        missing = math.nan
        up = False
        try:
            with self._database.read() as connection:
                red = messages.red_without_escalation(connection, now - OVERDUE, OVERDUE)
                counts = _open_counts(connection)
                waiting = _waiting_since(connection)
                loads = outbox.load(connection)
            missing = len(red)
            up = True
        except SQLAlchemyError as error:
            log.error("figures not read", extra={"error": type(error).__name__})
        yield _gauge("aftercare_database_up", "1 when the database answered this scrape.", float(up))
        yield _gauge(
            "aftercare_urgent_without_escalation",
            "Stored messages that the screen calls urgent or worse and that no escalation holds. Must be 0.",
            missing,
        )
        oldest = GaugeMetricFamily(
            "aftercare_oldest_unacknowledged_seconds",
            "How long the open escalation that waits longest has waited for a person, by disposition; 0 without one.",
            labels=["disposition"],
        )
        for disposition in Disposition:
            since = waiting.get(disposition.value, now)
            oldest.add_metric([disposition.value], max(0.0, (now - since).total_seconds()) if up else math.nan)
        yield oldest
        held = GaugeMetricFamily(
            "aftercare_open_escalations",
            "Escalations that are not closed, by disposition and status.",
            labels=["disposition", "status"],
        )
        for disposition in Disposition:
            for status in STATUSES:
                key = (disposition.value, status.value)
                held.add_metric(key, counts.get(key, 0) if up else math.nan)
        yield held
        yield from _outbox_gauges(loads, now, up)


def _outbox_gauges(loads: Mapping[str, Load], now: datetime, up: bool) -> Iterator[Metric]:
    says = {
        "pending": "Items of the outbox that are not delivered yet, by kind.",
        "oldest_seconds": "Age of the oldest item that is not delivered yet; 0 without one.",
        "dead": "Items of the outbox that were given up, by kind.",
    }
    families = {
        name: GaugeMetricFamily(f"aftercare_outbox_{name}", text, labels=["kind"]) for name, text in says.items()
    }
    for kind in outbox.KINDS:
        load = loads.get(kind, Load(0, None, 0))
        age = max(0.0, (now - load.oldest).total_seconds()) if load.oldest else 0.0
        for name, value in (("pending", load.pending), ("oldest_seconds", age), ("dead", load.dead)):
            families[name].add_metric([kind], value if up else math.nan)
    yield from families.values()


def _gauge(name: str, says: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, says, value=value)


def _open_counts(connection: Connection) -> dict[tuple[str, str], float]:
    query = (
        sa.select(escalations.c.disposition, escalations.c.status, sa.func.count().label("count"))
        .where(escalations.c.status != Status.CLOSED.value)
        .group_by(escalations.c.disposition, escalations.c.status)
    )
    return {(row.disposition, row.status): row[2] for row in connection.execute(query)}


def _waiting_since(connection: Connection) -> dict[str, datetime]:
    """By disposition: when the open one that waits longest was opened, or needed a person anew."""
    anew = sa.select(sa.func.max(raises.c.raised_at)).where(raises.c.escalation_id == escalations.c.id)
    since = sa.func.coalesce(anew.scalar_subquery(), escalations.c.opened_at).label("since")
    query = sa.select(escalations.c.disposition, since).where(escalations.c.status == Status.OPEN.value)
    oldest: dict[str, datetime] = {}
    for row in connection.execute(query):
        oldest[row.disposition] = min(row.since, oldest.get(row.disposition, row.since))
    return oldest
