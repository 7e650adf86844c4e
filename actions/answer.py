"""``action_answer``: answer the aftercare questions of a message from the clinic's instructions."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import record_unanswered
from bot.wording import ANSWER

TOPIC_INTENT = "ask_"
#: "What are you?" is no topic.
NO_TOPIC = "ask_bot"
UNANSWERED = "ask_not_in_instructions"
#: What is common or expected, and what only a clinician can say: said beside advice to call, it would take the
#: edge off it.
COMFORTING = frozenset(
    {"ask_soreness", "ask_usual_pain", "ask_steroid_effects", "ask_treats_pain", "ask_diagnosis", "ask_dose"}
)
#: A topic beside a reported symptom is answered when the classifier is at least this sure of it.
SURE = 0.5


class ActionAnswer(Action):
    """The intent ``ask_driving`` gets the response ``utter_answer_driving``."""

    def name(self) -> str:
        return "action_answer"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        asked = topics(tracker) or [{"intent": tracker.latest_message["intent"]["name"]}]
        return await answer(dispatcher, tracker, asked)


async def answer(
    dispatcher: CollectingDispatcher, tracker: Tracker, asked: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Answers each topic; what the instructions leave open is counted for the clinic."""
    text = tracker.latest_message["text"]
    for topic in asked:
        dispatcher.utter_message(response=answer_of(topic["intent"]))
        if topic["intent"] == UNANSWERED:
            await record_unanswered(tracker, text[topic.get("start", 0) : topic.get("end", len(text))])
    return [SlotSet("last_topic", asked[-1]["intent"])]


def topics(tracker: Tracker) -> list[dict[str, Any]]:
    """The aftercare questions of the message in their order, as the pipeline told them apart."""
    found: list[dict[str, Any]] = tracker.latest_message.get("topics") or []
    return found


def is_topic(intent: str) -> bool:
    return intent.startswith(TOPIC_INTENT) and intent != NO_TOPIC


def answer_of(intent: str) -> str:
    return ANSWER + intent[len(TOPIC_INTENT) :]


def asked_beside(tracker: Tracker) -> list[dict[str, Any]]:
    """The topics of a message that also reports a symptom: "is it normal that my back is sore?"."""
    found = topics(tracker)
    if found:
        return found
    behind = tracker.latest_message.get("intent_ranking", [])[1:2]
    return [{"intent": item["name"]} for item in behind if is_topic(item["name"]) and item["confidence"] >= SURE]
