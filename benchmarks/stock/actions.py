"""The actions of a stock action server: each answers with one sentence, so that what is measured is Rasa."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

NAMES = (
    "action_triage",
    "action_ask_question",
    "action_answer",
    "action_hand_off",
    "action_after_advice",
    "action_offer_choices",
    "action_follow_up",
    "action_where_from",
    "action_contact",
    "action_start_over",
)


class StockAction(Action):
    def name(self) -> str:
        return type(self).__name__

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        dispatcher.utter_message(text="Answered.")
        return [SlotSet("question_pending", False), SlotSet("last_disposition", "none")]


REGISTERED = [type(name, (StockAction,), {}) for name in NAMES]
