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
    """The clinical screen of the latest message.

    The conversation runs it with the pending question. In ``rasa shell`` there is no conversation, and the NLU
    pipeline has read the message without the question; so it is read again.
    """
    pending = pending_question(tracker)
    if pending is not None and "screen" not in _metadata(tracker):
        return services().screen.run(tracker.latest_message["text"], pending)
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
    message_id = _metadata(tracker).get("message_id")
    # A thread of its own: the Agent's loop serves every other patient.
    return await asyncio.to_thread(services().escalations.file, turn, channel, report, message_id)


def _metadata(tracker: Tracker) -> dict[str, Any]:
    """What the conversation handed to Rasa beside the message; empty without one."""
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            return event.get("metadata") or {}
    return {}
