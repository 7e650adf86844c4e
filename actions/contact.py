"""``action_contact``: says whether a call-back contact was taken. The conversation stores it."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import contact_of

#: By what the conversation made of the message; without a contact in it, it is asked for.
RESPONSES = {
    "given": "utter_contact_noted",
    "perhaps": "utter_contact_noted",
    "incomplete": "utter_contact_invalid",
}


class ActionContact(Action):
    def name(self) -> str:
        return "action_contact"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        dispatcher.utter_message(response=RESPONSES.get(contact_of(tracker), "utter_offer_contact"))
        return []
