"""``action_ask_question``: ask, or ask again, the question that is pending."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import pending_question
from bot.services import services


class ActionAskQuestion(Action):
    def name(self) -> str:
        return "action_ask_question"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        question = pending_question(tracker)
        if question is not None:
            names = [services().symptom_name(symptom) for symptom in question.symptoms]
            dispatcher.utter_message(response=question.response, symptom=" or ".join(names))
        return []
