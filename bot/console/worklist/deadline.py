"""Until when somebody should have acknowledged an escalation."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.clinic import ClinicProfile


def due_at(clinic: ClinicProfile, disposition: str, raised_at: datetime) -> datetime:
    """The deadline of an escalation that began to need a person at ``raised_at``.

    What could be urgent counts as urgent. The minutes of the rest run from when the office is open.
    """
    if disposition in ("urgent", "clarify"):
        return raised_at + timedelta(minutes=clinic.deadlines["urgent"])
    if disposition == "emergency":
        return raised_at + timedelta(minutes=clinic.deadlines["emergency"])
    return clinic.hours.open_from(raised_at) + timedelta(minutes=clinic.deadlines["routine"])
