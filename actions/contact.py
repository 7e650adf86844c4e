"""``action_contact``: says whether a call-back contact was taken. The conversation stores it."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import contact_of


class ActionContact(Action):
    def name(self) -> str:
        return "action_contact"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        taken = contact_of(tracker) in ("given", "perhaps")
        dispatcher.utter_message(response="utter_contact_noted" if taken else "utter_contact_invalid")
        return []
