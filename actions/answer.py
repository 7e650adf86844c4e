"""``action_answer``: answer an aftercare question from the clinic's instructions."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

TOPIC_INTENT = "ask_"
#: A topic beside a reported symptom is answered when the classifier is at least this sure of it.
SURE = 0.5


class ActionAnswer(Action):
    """The intent ``ask_driving`` gets the response ``utter_answer_driving``."""

    def name(self) -> str:
        return "action_answer"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        dispatcher.utter_message(response=answer_of(tracker.latest_message["intent"]["name"]))
        return []


def answer_of(intent: str) -> str:
    return f"utter_answer_{intent[len(TOPIC_INTENT) :]}"


def asked_beside(tracker: Tracker) -> str | None:
    """The topic intent of a message that also reports a symptom: "is it normal that my back is sore?"."""
    for behind in tracker.latest_message.get("intent_ranking", [])[1:2]:
        name: str = behind["name"]
        if name.startswith(TOPIC_INTENT) and name != "ask_bot" and behind["confidence"] >= SURE:
            return name
    return None
