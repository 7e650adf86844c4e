"""What staff must know before anything else: nobody is notified, the interlock fired, a copy is not ready."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.console.pages import Alarm, ConsoleServices
from bot.escalation.notify.setup import staff_warnings
from bot.records.console import copies
from bot.records.tables import messages

#: So long an interlock that fired is told of.
RECENT = timedelta(hours=24)
#: In a healthy system neither ever happens.
NEVER = ("failure", "disagreement")


def alarms(connection: Connection, services: ConsoleServices, now: datetime) -> list[Alarm]:
    """Sentences for the head of every page, each with where to read more, if there is such a page."""
    found = [Alarm(words) for words in staff_warnings(connection, services.clinic.notifications)]
    if fired := _interlock(connection, now - RECENT):
        times = "once" if fired == 1 else f"{fired} times"
        words = f"The bot's own answer failed {times} in the last 24 hours; the safe reply went out in its place."
        found.append(Alarm(words, "/staff/review#interlock"))
    for copy in copies.troubled(connection, now):
        what = "; ".join(copy.problems) or "it has stopped without a word"
        found.append(Alarm(f"A copy of the server is not ready: {what}. Tell whoever runs it."))
    return found


def _interlock(connection: Connection, since: datetime) -> int:
    query = sa.select(sa.func.count()).where(messages.c.interlock.in_(NEVER), messages.c.created_at >= since)
    return int(connection.execute(query).scalar_one())
