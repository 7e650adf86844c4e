"""``action_answer``: answer an aftercare question from the clinic's instructions."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

TOPIC_INTENT = "ask_"


class ActionAnswer(Action):
    """The intent ``ask_driving`` gets the response ``utter_answer_driving``."""

    def name(self) -> str:
        return "action_answer"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        topic = tracker.latest_message["intent"]["name"][len(TOPIC_INTENT) :]
        dispatcher.utter_message(response=f"utter_answer_{topic}")
        return []
