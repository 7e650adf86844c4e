"""``action_offer_choices``: a message that is not understood, is about something else, or could be one of two
questions."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import UNANSWERED, answer, answer_of, is_topic, topics
from actions.turn import previous_actions, record_unanswered
from bot.services import services

NAME = "action_offer_choices"
OUT_OF_SCOPE = "out_of_scope"
MOST_CHOICES = 3
#: A guess below this is no better than chance.
WORTH_OFFERING = 0.05


class ActionOfferChoices(Action):
    """First the likeliest questions to choose from; the second time in a row the menu with the red flags."""

    def name(self) -> str:
        return NAME

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        if found := topics(tracker):
            return await answer(dispatcher, tracker, found)
        text = tracker.latest_message["text"]
        if text.rstrip().endswith("?"):
            await record_unanswered(tracker, text)
        again = NAME in previous_actions(tracker)
        if tracker.latest_message["intent"]["name"] == OUT_OF_SCOPE and not again:
            dispatcher.utter_message(response="utter_out_of_scope")
            return []
        choices = [] if again else _likeliest(tracker)
        if not choices:
            dispatcher.utter_message(response="utter_menu")
            return []
        buttons = [{"title": choice, "payload": choice} for choice in choices]
        numbered = " ".join(f"{number} {choice}" for number, choice in enumerate(choices, 1))
        dispatcher.utter_message(response="utter_choices", buttons=buttons, choices=numbered)
        return []


def _likeliest(tracker: Tracker) -> list[str]:
    """The questions that the message could be, as their answers' metadata puts them."""
    ranking = tracker.latest_message.get("intent_ranking", [])
    likely = [item["name"] for item in ranking if is_topic(item["name"]) and item["confidence"] >= WORTH_OFFERING]
    likely = [intent for intent in likely if intent != UNANSWERED]
    return [services().wording.question(answer_of(intent)) for intent in likely[:MOST_CHOICES]]
