"""Clinics that notify, and the reports that they are notified of."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from bot.clinic import ClinicProfile, LadderPlan, Notifications, Step
from bot.escalation.model import Escalation, Origin, Report
from bot.records import conversations
from bot.records.conversations import new_conversation_id
from bot.records.messages import Inbound, accept_message
from bot.records.tables import escalations, messages
from bot.records.tables import outbox as outbox_table
from bot.settings import ROOT
from bot.triage.model import Disposition, Finding, Findings
from tests.conftest import TestServices

MINUTES = (0, 10, 25)
TOLD = 40
PLAN = LadderPlan(
    tuple(Step(timedelta(minutes=minutes), ("front_desk", "on_call"), ("on_call",)) for minutes in MINUTES),
    timedelta(minutes=TOLD),
)


def clinic_with(plan: LadderPlan = PLAN, patient_words: bool = False) -> ClinicProfile:
    """The example clinic with two routes and this ladder for everything."""
    routes = {"front_desk": "FRONT_DESK_URL", "on_call": "ON_CALL_URL"}
    ladders = dict.fromkeys(("emergency", "urgent", "routine"), plan)
    return replace(
        ClinicProfile.load(ROOT / "data" / "clinic.yml"), notifications=Notifications(routes, patient_words, ladders)
    )


def clinic_file(folder: Path) -> Path:
    """The profile of the example clinic with one route for everything, ``ON_CALL_URL``."""
    words = (ROOT / "data" / "clinic.yml").read_text(encoding="utf-8")
    words = words.replace("  routes: {}", "  routes:\n    on_call: ${ON_CALL_URL}")
    words = words.replace("steps: []", "steps: [{after_minutes: 0, open: [on_call], closed: [on_call]}]")
    path = folder / "clinic.yml"
    path.write_text(words, encoding="utf-8")
    return path


def notify_by(services: TestServices, clinic: ClinicProfile) -> None:
    services.__dict__["clinic"] = clinic


def file(
    services: TestServices,
    text: str = "my leg went numb",
    disposition: Disposition = Disposition.URGENT,
    symptom: str = "leg_symptom",
    conversation_id: str = "",
    channel: str = "website",
) -> Escalation:
    """A patient's message with its escalation, in one transaction as a turn does it."""
    inbound = Inbound(conversation_id or new_conversation_id(), text, channel, new_conversation_id())
    found = Findings((Finding(symptom, text),))
    report = Report(disposition, Origin.ACTION, findings=found.items)
    with services.database.write() as connection:
        conversations.ensure_conversation(connection, inbound, services.now())
        message_id, _ = accept_message(connection, inbound, services.now())
        return services.escalations.file_within(connection, inbound.conversation_id, channel, report, message_id)


def set_status(services: TestServices, escalation_id: str, status: str) -> None:
    with services.database.write() as connection:
        connection.execute(escalations.update().where(escalations.c.id == escalation_id).values(status=status))


def keys(services: TestServices) -> list[str]:
    """The notifications written so far, in order, without their reference."""
    with services.database.read() as connection:
        rows = connection.execute(
            sa.select(outbox_table.c.key).where(outbox_table.c.kind == "notify").order_by(outbox_table.c.id)
        )
        return [row.key.partition("/")[2] for row in rows]


def told(services: TestServices, conversation_id: str) -> list[str]:
    """Responses that the patient was sent outside a turn."""
    with services.database.read() as connection:
        rows = connection.execute(
            sa.select(messages.c.response).where(
                messages.c.conversation_id == conversation_id, messages.c.author == "bot"
            )
        )
        return [row.response for row in rows]
