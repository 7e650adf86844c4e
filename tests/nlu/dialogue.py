"""A conversation with the trained policies alone: intents in, names of actions out."""

from __future__ import annotations

from pathlib import Path

from rasa.core.agent import Agent
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.events import ActionExecuted, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.triage.model import Disposition

#: More actions in one turn than this are a loop.
MOST_ACTIONS = 6


class Policies:
    """The policies of a trained model, loaded once."""

    def __init__(self, model: Path) -> None:
        processor = Agent.load(str(model)).processor
        assert processor is not None
        self._processor = processor

    @property
    def intents(self) -> list[str]:
        defaults = {"restart", "back", "session_start"}
        return sorted(set(self._processor.domain.intents) - defaults)

    def begin(self) -> Dialogue:
        return Dialogue(self._processor)


class Dialogue:
    """One conversation. The actions are not run: what they do to the slots is done here."""

    def __init__(self, processor) -> None:  # type: ignore[no-untyped-def]  # Rasa carries no types
        self._processor = processor
        self._domain = processor.domain
        self._tracker = DialogueStateTracker.from_events("patient", [], slots=self._domain.slots)
        for event in (ActionExecuted(ACTION_SESSION_START_NAME), SessionStarted(), ActionExecuted(ACTION_LISTEN_NAME)):
            self._tracker.update(event, self._domain)

    @property
    def pending(self) -> bool:
        return bool(self._tracker.get_slot("question_pending"))

    def hear(self, intent: str, disposition: Disposition = Disposition.NONE) -> list[str]:
        """What the bot does when it hears the intent.

        Args:
            disposition: what action_triage decides, should it run; `clarify` leaves a question pending.
        """
        self._update(UserUttered("…", {"name": intent, "confidence": 1.0}, []))
        done: list[str] = []
        while len(done) <= MOST_ACTIONS:
            action, prediction = self._processor.predict_next_with_tracker_if_should(self._tracker)
            self._update(
                ActionExecuted(
                    action.name(),
                    policy=prediction.policy_name,
                    confidence=prediction.max_confidence,
                    hide_rule_turn=prediction.hide_rule_turn,
                )
            )
            if action.name() == ACTION_LISTEN_NAME:
                return done
            done.append(action.name())
            if action.name() == "action_triage":
                self._update(SlotSet("question_pending", disposition is Disposition.CLARIFY))
                self._update(SlotSet("last_disposition", disposition.value))
        raise AssertionError(f"no end after {intent}: {done}")

    def _update(self, event) -> None:  # type: ignore[no-untyped-def]
        self._tracker.update(event, self._domain)
