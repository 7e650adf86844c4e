"""Rasa's dialogue state for the length of one turn.

The conversation hands in what it has stored and takes out what the turn produced, to commit it together
with the replies. So Rasa never touches the database, and what a late or failed turn leaves behind is dropped.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SlotSet, UserUttered, deserialise_events
from rasa.shared.core.trackers import DialogueStateTracker

#: The longest story looks back one turn. The cost of a turn does not grow with the conversation.
TURNS_KEPT = 1
#: What the policies read of how an earlier message was understood.
UNDERSTOOD = ("text", "intent", "entities")


class TurnTrackerStore(TrackerStore):
    """Holds the trackers of the turns under way, by sender id, which is unique to a turn."""

    def __init__(self, domain: Domain | None = None) -> None:
        super().__init__(domain)
        self._begun: dict[str, tuple[Mapping[str, Any] | None, Mapping[str, Any]]] = {}
        self._trackers: dict[str, DialogueStateTracker] = {}

    def begin(self, sender_id: str, dialogue: Mapping[str, Any] | None, slots: Mapping[str, Any]) -> None:
        """Hands in the stored dialogue state, and the slots whose truth is kept outside Rasa."""
        self._begun[sender_id] = (dialogue, slots)

    def end(self, sender_id: str) -> DialogueStateTracker | None:
        """The tracker that the turn saved; forgets the turn."""
        self._begun.pop(sender_id, None)
        return self._trackers.pop(sender_id, None)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        tracker = self._trackers.get(sender_id)
        if tracker is None and sender_id in self._begun:
            dialogue, slots = self._begun[sender_id]
            tracker = restore(sender_id, dialogue, slots, self.domain) if dialogue else None
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        if tracker.sender_id in self._begun:
            self._trackers[tracker.sender_id] = tracker


def keep(tracker: DialogueStateTracker) -> dict[str, Any]:
    """The tracker as JSON: what policies read of the last few turns, and the slots as they were before these."""
    events = list(tracker.events)
    users = [index for index, event in enumerate(events) if isinstance(event, UserUttered)]
    cut = _listen_before(events, users[-TURNS_KEPT]) if len(users) > TURNS_KEPT else 0
    before = {event.key: event.value for event in events[:cut] if isinstance(event, SlotSet)}
    # What the bot said stands with the messages, and no policy reads it.
    kept = [_brief(event) for event in events[cut:] if not isinstance(event, BotUttered)]
    return {"slots": before, "events": kept}


def _brief(event: Event) -> dict[str, Any]:
    """The event without what only its own turn needs, which is most of it."""
    as_json: dict[str, Any] = event.as_dict()
    if isinstance(event, UserUttered):
        as_json["metadata"] = {}
        as_json["parse_data"] = {name: event.parse_data.get(name) for name in UNDERSTOOD}
    return as_json


def restore(
    sender_id: str, dialogue: Mapping[str, Any], slots: Mapping[str, Any], domain: Domain
) -> DialogueStateTracker:
    """The tracker that ``keep`` stored, with ``slots`` set. Slots that the domain no longer has are left out."""
    known = {slot.name for slot in domain.slots}
    before = [SlotSet(name, value) for name, value in dialogue["slots"].items() if name in known]
    events = [
        event
        for event in deserialise_events(dialogue["events"])
        if not isinstance(event, SlotSet) or event.key in known
    ]
    tracker = DialogueStateTracker.from_events(sender_id, [*before, *events], domain.slots, domain=domain)
    for name, value in slots.items():
        if tracker.get_slot(name) != value:
            tracker.update(SlotSet(name, value), domain)
    return tracker


def _listen_before(events: list[Event], index: int) -> int:
    for position in range(index - 1, -1, -1):
        event = events[position]
        if isinstance(event, ActionExecuted) and event.action_name == ACTION_LISTEN_NAME:
            return position
    return index
