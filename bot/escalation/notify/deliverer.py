"""Delivers items of the kind "notify": reads the escalation as it is now, and tells staff by the item's route."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.clinic import ClinicProfile
from bot.escalation.dispatcher import NotNeeded, Refused, Retry
from bot.escalation.model import Status
from bot.escalation.notify import raises
from bot.escalation.notify.notice import Notice, NoticeTemplate
from bot.escalation.notify.sending import send
from bot.escalation.outbox import Item
from bot.records.database import Database
from bot.records.tables import escalations, messages
from bot.settings import Settings, SettingsError

#: Of the patient's words, where the clinic lets them out.
MESSAGES = 3
LONGEST_MESSAGE = 300
_LEVELS = {"emergency": "failure", "urgent": "warning", "clarify": "warning"}


class NotifyDeliverer:
    """From any thread; the words are those of the moment of sending."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        clinic: Callable[[], ClinicProfile],
        template: Callable[[], NoticeTemplate],
    ) -> None:
        self._database = database
        self._settings = settings
        self._clinic = clinic
        self._template = template

    def deliver(self, item: Item) -> None:
        """
        Raises:
            NotNeeded: somebody has acknowledged it, or a newer raise notifies.
            Refused: the clinic has taken the route out.
            Retry: not sent this time.
        """
        with self._database.read() as connection:
            notice = self._read(connection, item)
        variable = self._clinic().notifications.routes.get(item.route)
        if variable is None:
            raise Refused("the route is not in the clinic's profile any more")
        try:
            address = self._settings.variable(variable)
        except SettingsError as error:
            raise Retry(str(error)) from None
        send(str(address), notice)

    def given_up(self, connection: Connection, item: Item, reason: str) -> None:
        """The other routes and the ladder go on, and the console shows the dead letter."""

    def _read(self, connection: Connection, item: Item) -> Notice:
        row = connection.execute(sa.select(escalations).where(escalations.c.id == item.escalation_id)).one()
        if row.status != Status.OPEN.value:
            raise NotNeeded(row.status)
        ended = raises.ended_by(connection, row.id, item.payload["raise"])
        if ended not in (None, raises.EXHAUSTED):
            raise NotNeeded(ended)
        words = ""
        if self._clinic().notifications.patient_words:
            words = _words(connection, row.id)
        facts = {
            "clinic": self._clinic().name,
            "reference": row.id,
            "disposition": row.disposition.replace("_", " ").capitalize(),
            "time": clock(row.updated_at, self._clinic()),
            "words": words,
            "list": f"{self._settings.public_url}/staff" if self._settings.public_url else "",
            "key": item.key,
        }
        return self._template().fill(facts, _LEVELS.get(row.disposition, "info"))


def clock(at: datetime, clinic: ClinicProfile) -> str:
    """A time as the clinic's staff read it: "Tue Jun 9, 10:00 AM"."""
    local = at.astimezone(clinic.zone)
    return f"{local:%a %b} {local.day}, {local:%I:%M %p}".replace(", 0", ", ")


def trial_notice(template: NoticeTemplate, clinic: ClinicProfile, now: datetime, route: str) -> Notice:
    """What a clinic sends itself to try a route."""
    facts = {
        "clinic": clinic.name,
        "reference": "TEST",
        "disposition": "Test, no patient",
        "time": clock(now, clinic),
        "words": "",
        "list": "",
        "key": f"test/{route}/{now:%Y%m%d%H%M%S}",
    }
    return template.fill(facts)


def _words(connection: Connection, escalation_id: str) -> str:
    query = (
        sa.select(messages.c.text)
        .where(messages.c.escalation_id == escalation_id, messages.c.author == "patient")
        .order_by(messages.c.id.desc())
        .limit(MESSAGES)
    )
    texts = [" ".join(row.text.split())[:LONGEST_MESSAGE] for row in connection.execute(query)]
    return " / ".join(reversed(texts))
