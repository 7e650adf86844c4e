"""``action_hand_off``: the patient wants a person."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import file, say_filed, screen_of, told_to_call
from bot.escalation.model import Origin, Report
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
        dispatcher.utter_message(response="utter_told" if told_to_call(tracker) else "utter_hand_off")
        say_filed(dispatcher, escalation)
        return []
