"""What of the worklist is shown. The choices stand in the page's address, so they hold nothing of a patient."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, timezone
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bot.escalation.model import Status
from bot.records.tables import escalation_symptoms, escalations
from bot.triage.model import ALL_KEYS, Disposition

#: What is to be done, is being dealt with, and is done.
STATUSES: Mapping[str, tuple[str, ...]] = {
    "open": (Status.OPEN.value, Status.ACKNOWLEDGED.value),
    "waiting": (Status.OPEN.value,),
    "acknowledged": (Status.ACKNOWLEDGED.value,),
    "closed": (Status.CLOSED.value,),
}
DISPOSITIONS = ("emergency", "urgent", "clarify", "routine")
CHANNELS = ("website", "sms", "rest")


@dataclass(frozen=True)
class Filters:
    """Empty: not filtered by it."""

    status: str = "open"
    disposition: str = ""
    symptom: str = ""
    channel: str = ""
    mine: bool = False
    #: Opened on these days of the clinic's calendar.
    since: date | None = None
    until: date | None = None

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Filters:
        """From an address or a form; what cannot be used counts as not given."""

        def one_of(name: str, known: Any) -> str:
            return given.get(name, "") if given.get(name, "") in known else ""

        return cls(
            status=one_of("status", STATUSES) or "open",
            disposition=one_of("disposition", DISPOSITIONS),
            symptom=one_of("symptom", ALL_KEYS),
            channel=one_of("channel", CHANNELS),
            mine=given.get("mine") == "1",
            since=_date(given.get("since", "")),
            until=_date(given.get("until", "")),
        )

    def query(self, **changes: Any) -> str:
        """The choices as the query part of an address."""
        changed = replace(self, **changes)
        values = {
            "status": "" if changed.status == "open" else changed.status,
            "disposition": changed.disposition,
            "symptom": changed.symptom,
            "channel": changed.channel,
            "mine": "1" if changed.mine else "",
            "since": changed.since.isoformat() if changed.since else "",
            "until": changed.until.isoformat() if changed.until else "",
        }
        return urlencode({name: value for name, value in values.items() if value})

    @property
    def closed(self) -> bool:
        return self.status == "closed"

    @property
    def narrow(self) -> bool:
        """Something beside the status is chosen."""
        return self != Filters(status=self.status)

    def conditions(self, me: str, zone: ZoneInfo) -> list[Any]:
        table = escalations.c
        found: list[Any] = [table.status.in_(STATUSES[self.status])]
        if self.disposition:
            found.append(table.disposition == self.disposition)
        if self.channel:
            found.append(table.channel == self.channel)
        if self.mine:
            found.append(sa.or_(table.assigned_to == me, table.acknowledged_by == me))
        if self.since:
            found.append(table.opened_at >= _midnight(self.since, zone))
        if self.until:
            found.append(table.opened_at < _midnight(self.until + timedelta(days=1), zone))
        if self.symptom:
            named = sa.select(escalation_symptoms.c.escalation_id).where(
                escalation_symptoms.c.escalation_id == table.id, escalation_symptoms.c.symptom == self.symptom
            )
            found.append(named.exists())
        return found


def urgency(column: Any) -> Any:
    """The disposition as a number, 1 the most urgent."""
    return sa.case({disposition.value: disposition.acuity for disposition in Disposition}, value=column)


def _date(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(timezone.utc)
