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
    code: int | None,
) -> None:
    """Advice to call has not arrived: a person must phone, and the escalation says so.

    Args:
        code: the network's, for staff.
    """
    why = f" (error {code})" if code else ""
    report = Report(
        Disposition.URGENT, Origin.CHANNEL, note=f"patient not reached by text{why}: phone them", presses=True
    )
    escalations.file_within(connection, conversation_id, channel, report, None)
