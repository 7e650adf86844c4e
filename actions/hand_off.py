"""``action_hand_off``: the patient wants a person."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import file, open_disposition, screen_of
from bot.escalation.model import Origin, Report, filed_response
from bot.triage.model import Disposition


class ActionHandOff(Action):
    def name(self) -> str:
        return "action_hand_off"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        screen = screen_of(tracker)
        report = Report.of(
            screen.findings,
            screen.decision,
            Origin.ACTION,
            at_least=Disposition.ROUTINE,
            note="asked for a person",
        )
        escalation = await file(tracker, report)
        # Who was told to call now is not sent to office hours.
        red = open_disposition(tracker).at_least(Disposition.URGENT)
        dispatcher.utter_message(response="utter_told" if red else "utter_hand_off")
        if escalation is not None:
            dispatcher.utter_message(response=filed_response(escalation.disposition), reference=escalation.id)
        return []
