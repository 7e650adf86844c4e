"""What the tracker says of the turn at hand."""

from __future__ import annotations

import asyncio
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.escalation.model import Escalation, Report, filed_response
from bot.records import unanswered
from bot.records.conversations import TurnKey, hold_turn
from bot.screen import ScreenResult
from bot.services import services
from bot.triage.model import Disposition, Question


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


def open_disposition(tracker: Tracker) -> Disposition:
    """How urgent the conversation's open escalation is; NONE without one."""
    return Disposition(tracker.get_slot("open_disposition") or Disposition.NONE.value)


def told_to_call(tracker: Tracker) -> bool:
    """An escalation that is urgent or worse is open: the patient has been told to call."""
    return open_disposition(tracker).at_least(Disposition.URGENT)


def contact_of(tracker: Tracker) -> str:
    """What the conversation made of a call-back contact in the message: "given", "perhaps", "incomplete" or ""."""
    return _metadata(tracker).get("contact") or ""


def previous_actions(tracker: Tracker) -> list[str]:
    """What the bot did in answer to the message before this one."""
    done: list[str] = []
    messages = 0
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            messages += 1
            if messages == 2:
                break
        elif event.get("event") == "action" and messages == 1:
            done.append(event["name"])
    return done[::-1]


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


def say_filed(
    dispatcher: CollectingDispatcher, escalation: Escalation | None, disposition: Disposition | None = None
) -> None:
    """Says that the message is on the care team's list, if it is, and what to do meanwhile.

    Args:
        disposition: of this message, where its advice is what counts; by default the escalation's.
    """
    if escalation is not None:
        response = filed_response(disposition or escalation.disposition)
        dispatcher.utter_message(response=response, reference=escalation.id)


async def record_unanswered(tracker: Tracker, text: str) -> None:
    """Counts a question that the instructions do not answer.

    Raises:
        StaleTurn, SQLAlchemyError: nothing was stored; the turn must fail.
    """
    turn = TurnKey.parse(tracker.sender_id)
    if turn is not None:
        await asyncio.to_thread(_record, turn, text, tracker.get_latest_input_channel() or "")


def _record(turn: TurnKey, text: str, channel: str) -> None:
    with services().database.write() as connection:
        hold_turn(connection, turn)
        unanswered.record_unanswered(connection, text, channel, services().now())


def _metadata(tracker: Tracker) -> dict[str, Any]:
    """What the conversation handed to Rasa beside the message; empty without one."""
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            return event.get("metadata") or {}
    return {}
