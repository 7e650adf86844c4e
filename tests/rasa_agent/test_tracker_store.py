"""The dialogue state between two turns: bounded, complete, and never of another turn."""

from __future__ import annotations

import asyncio
import json

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.rasa_agent.tracker_store import TURNS_KEPT, TurnTrackerStore, keep, restore


@pytest.fixture(scope="module")
def domain() -> Domain:
    return Domain.from_yaml(
        """
        version: "3.1"
        intents: [greet]
        actions: [action_x]
        slots:
          note: {type: any, mappings: [{type: custom}]}
          pending: {type: bool, initial_value: false, mappings: [{type: custom}]}
        """
    )


def converse(tracker: DialogueStateTracker, turns: int, domain: Domain) -> DialogueStateTracker:
    for number in range(turns):
        for event in (
            ActionExecuted("action_listen"),
            UserUttered(f"text {number}", {"name": "greet", "confidence": 1.0}),
            ActionExecuted("action_x"),
            SlotSet("note", number),
            ActionExecuted("action_listen"),
        ):
            tracker.update(event, domain)
    return tracker


def test_a_short_conversation_is_kept_whole(domain: Domain) -> None:
    tracker = converse(DialogueStateTracker("a.1", domain.slots), TURNS_KEPT, domain)
    again = restore("a.2", json.loads(json.dumps(keep(tracker))), {}, domain)
    assert again.sender_id == "a.2"
    assert list(again.events) == list(tracker.events)
    assert again.get_slot("note") == TURNS_KEPT - 1


def test_only_what_policies_read_is_kept(domain: Domain) -> None:
    tracker = DialogueStateTracker("a.1", domain.slots)
    tracker.update(ActionExecuted("action_listen"), domain)
    understood = {"intent": {"name": "greet", "confidence": 1.0}, "entities": [], "intent_ranking": [{"name": "greet"}]}
    tracker.update(UserUttered("hi", {"name": "greet"}, parse_data=understood, metadata={"screen": {"a": 1}}), domain)
    tracker.update(ActionExecuted("action_x"), domain)
    tracker.update(BotUttered("Hello."), domain)
    kept = keep(tracker)
    assert [event["event"] for event in kept["events"]] == ["action", "user", "action"]
    assert "screen" not in json.dumps(kept)
    assert "intent_ranking" not in json.dumps(kept)
    assert restore("a.2", kept, {}, domain).past_states(domain) == tracker.past_states(domain)


def test_what_is_kept_does_not_grow(domain: Domain) -> None:
    dialogue = None
    sizes = []
    for turn in range(40):
        tracker = (
            restore(f"a.{turn}", dialogue, {}, domain) if dialogue else DialogueStateTracker(f"a.{turn}", domain.slots)
        )
        dialogue = keep(converse(tracker, 1, domain))
        sizes.append(len(dialogue["events"]))
    assert dialogue is not None
    assert max(sizes) == sizes[-1] == sizes[TURNS_KEPT + 1]
    assert restore("a.99", dialogue, {}, domain).get_slot("note") == 0


def test_slots_from_before_the_window_survive(domain: Domain) -> None:
    tracker = DialogueStateTracker("a.1", domain.slots)
    tracker.update(SlotSet("pending", True), domain)
    converse(tracker, 30, domain)
    assert restore("a.2", keep(tracker), {}, domain).get_slot("pending") is True


def test_slots_handed_in_win(domain: Domain) -> None:
    tracker = converse(DialogueStateTracker("a.1", domain.slots), 2, domain)
    assert restore("a.2", keep(tracker), {"note": None, "pending": True}, domain).get_slot("pending") is True


def test_a_slot_that_the_domain_has_lost_is_left_out(domain: Domain) -> None:
    dialogue = {"slots": {"gone": 1}, "events": [SlotSet("gone", 2).as_dict()]}
    assert "gone" not in restore("a.1", dialogue, {}, domain).current_slot_values()


def test_a_late_turn_leaves_nothing(domain: Domain) -> None:
    store = TurnTrackerStore(domain)
    store.begin("a.1", None, {})
    late = DialogueStateTracker("a.1", domain.slots)
    assert store.end("a.1") is None
    asyncio.run(store.save(late))
    assert asyncio.run(store.retrieve("a.1")) is None
