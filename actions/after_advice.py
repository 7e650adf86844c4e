"""``action_after_advice``: what a patient says once they were told to call, and what it means without that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import file, open_disposition, screen_of
from bot.escalation.model import Origin, Report, Status, filed_response
from bot.triage.model import Disposition


@dataclass(frozen=True)
class _Reply:
    #: Response while an escalation that is urgent or worse is open.
    red: str
    #: Response otherwise.
    calm: str
    #: For staff; empty where there is nothing that they must know.
    note: str = ""
    presses: bool = False


REPLIES = {
    "nobody_answers": _Reply("utter_urgent_repeat", "utter_nobody_answers", "nobody answers the phone", presses=True),
    "must_i_call": _Reply("utter_still_call", "utter_answer_when_to_call", "asked whether they must call"),
    "called_already": _Reply("utter_called", "utter_called", "says that they have called"),
    "tell_them": _Reply("utter_told", "utter_hand_off", "waits for an answer of the care team"),
    "correct_report": _Reply("utter_correction", "utter_correction_calm", "corrects an earlier message"),
    "thank": _Reply("utter_thank_urgent", "utter_thank"),
    "goodbye": _Reply("utter_thank_urgent", "utter_goodbye"),
}
#: Said to "yes", "ok", "no" and the like where no question is pending.
UNPROMPTED = _Reply("utter_call_first", "utter_nothing_pending")
#: Without an open escalation these still open one: somebody waits for a person.
WAITS = frozenset({"nobody_answers", "tell_them"})


class ActionAfterAdvice(Action):
    """The advice stays whatever the patient says of it; what staff should know is noted on the escalation."""

    def name(self) -> str:
        return "action_after_advice"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        await say_after_advice(dispatcher, tracker, tracker.latest_message["intent"]["name"])
        return []


async def say_after_advice(dispatcher: CollectingDispatcher, tracker: Tracker, intent: str) -> None:
    advised = open_disposition(tracker)
    reply = REPLIES.get(intent, UNPROMPTED)
    red = advised.at_least(Disposition.URGENT)
    escalation = None
    if reply.note and (advised is not Disposition.NONE or intent in WAITS):
        report = Report(Disposition.ROUTINE, Origin.ACTION, note=reply.note, presses=reply.presses)
        escalation = await file(tracker, report)
    # 911 stays 911.
    repeat = "utter_emergency" if advised is Disposition.EMERGENCY else reply.red
    calm = "utter_day_noted" if reply is UNPROMPTED and _tells_day(tracker) else reply.calm
    dispatcher.utter_message(response=(repeat if reply.presses else reply.red) if red else calm)
    if escalation is not None and (red or intent in WAITS):
        seen = escalation.status is Status.ACKNOWLEDGED
        response = "utter_seen" if seen else filed_response(escalation.disposition)
        dispatcher.utter_message(response=response, reference=escalation.id)


def _tells_day(tracker: Tracker) -> bool:
    """The message says when the procedure was, which no one had asked."""
    return screen_of(tracker).findings.procedure_day is not None
