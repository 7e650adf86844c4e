"""``action_follow_up`` and ``action_where_from``: questions about the answer that was given last."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import answer_of
from bot.services import services


class ActionFollowUp(Action):
    """ "How long?", "what about tomorrow?": the last answer holds all that the instructions say of its topic."""

    def name(self) -> str:
        return "action_follow_up"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        topic = tracker.get_slot("last_topic")
        if not topic:
            dispatcher.utter_message(response="utter_follow_up_unclear")
            return []
        dispatcher.utter_message(response="utter_follow_up")
        dispatcher.utter_message(response=answer_of(topic))
        return []


class ActionWhereFrom(Action):
    """ "Where does this come from?": source, version and review of the last answer."""

    def name(self) -> str:
        return "action_where_from"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        topic = tracker.get_slot("last_topic")
        origin = services().wording.variations(answer_of(topic))[0] if topic else None
        if origin is None or not origin.source:
            dispatcher.utter_message(response="utter_where_from_general")
            return []
        reviewed = "utter_where_from_reviewed" if origin.reviewed_by else "utter_where_from"
        source = services().source_name(origin.source)
        dispatcher.utter_message(
            response=reviewed, source=source, version=origin.version, reviewed_by=origin.reviewed_by
        )
        return []
