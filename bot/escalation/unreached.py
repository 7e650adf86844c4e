"""A patient whom advice did not reach."""

from __future__ import annotations

from sqlalchemy.engine import Connection

from bot.escalation.model import Origin, Report
from bot.escalation.service import EscalationService
from bot.triage.model import Disposition


def not_reached(
    connection: Connection,
    escalations: EscalationService,
    conversation_id: str,
    channel: str,
    why: str,
) -> None:
    """Advice to call has not arrived: a person must phone, and the escalation says so.

    Args:
        why: for staff, such as "error 30005"; empty where nobody knows.
    """
    note = f"patient not reached by text{f' ({why})' if why else ''}: phone them"
    report = Report(Disposition.URGENT, Origin.CHANNEL, note=note, presses=True)
    escalations.file_within(connection, conversation_id, channel, report, None)
