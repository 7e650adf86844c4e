"""What the tracker says of the turn at hand."""

from __future__ import annotations

import asyncio
from typing import Any

from rasa_sdk import Tracker

from bot.escalation.model import Escalation, Report
from bot.records.conversations import TurnKey
from bot.screen import ScreenResult
from bot.services import services
from bot.triage.model import Question


def screen_of(tracker: Tracker) -> ScreenResult:
    """The clinical screen of the latest message, as the NLU pipeline put it there."""
    return ScreenResult.from_dict(tracker.latest_message["screen"])


def pending_question(tracker: Tracker) -> Question | None:
    stored = tracker.get_slot("question")
    return Question.from_dict(stored) if stored else None


async def file(tracker: Tracker, report: Report) -> Escalation | None:
    """Stores the report before anything is said of it.

    Returns:
        The escalation; None where there is no conversation of ours to file it for (``rasa shell``).

    Raises:
        StaleTurn, SQLAlchemyError: nothing was stored; the turn must fail.
    """
    turn = TurnKey.parse(tracker.sender_id)
    if turn is None:
        return None
    channel = tracker.get_latest_input_channel() or ""
    message_id = _message_id(tracker)
    # A thread of its own: the Agent's loop serves every other patient.
    return await asyncio.to_thread(services().escalations.file, turn, channel, report, message_id)


def _message_id(tracker: Tracker) -> int | None:
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            metadata: dict[str, Any] = event.get("metadata") or {}
            return metadata.get("message_id")
    return None
