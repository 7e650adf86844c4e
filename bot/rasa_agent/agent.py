"""Rasa's Agent without the parts that hide errors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.core.actions.action import Action, ActionExecutionRejection, RemoteAction
from rasa.core.agent import Agent
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.events import Event

from bot.rasa_agent.action_endpoint import InProcessActions
from bot.rasa_agent.graph import DirectRunner
from bot.rasa_agent.tracker_store import TurnTrackerStore


class ActionFailed(BaseException):
    """An action raised. Not an ``Exception``: Rasa catches those, counts the action as done and goes on."""


class TurnProcessor(MessageProcessor):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.graph_runner: Any = DirectRunner(self.graph_runner)

    async def _run_action(self, action: Action, *args: Any, **kwargs: Any) -> bool:
        run = action.run

        async def run_or_fail(*run_args: Any, **run_kwargs: Any) -> list[Event]:
            try:
                return await run(*run_args, **run_kwargs)
            except ActionExecutionRejection:
                raise
            except Exception as error:
                raise ActionFailed(f"{action.name()}: {type(error).__name__}") from error

        action.run = run_or_fail
        if isinstance(action, RemoteAction) and isinstance(action.action_endpoint, InProcessActions):
            # The SDK has made this result a moment ago in this process: checking it takes longer than the action.
            action._validate_action_result = lambda result: True
        return await super()._run_action(action, *args, **kwargs)


class TurnAgent(Agent):
    """The Agent with our processor, and with our tracker store as it is."""

    @staticmethod
    def _create_tracker_store(store: TrackerStore | None, domain: Any) -> TrackerStore:
        # Rasa would wrap it in FailSafeTrackerStore, which turns a database error into silent amnesia.
        return store or TurnTrackerStore(domain)

    def load_model(self, model_path: str | Path, fingerprint: str | None = None) -> None:
        self.processor = TurnProcessor(
            model_path=model_path,
            tracker_store=self.tracker_store,
            lock_store=self.lock_store,
            action_endpoint=self.action_endpoint,
            generator=self.nlg,
        )
        self.domain = self.processor.domain
        self.tracker_store.domain = self.domain
        self._set_fingerprint(fingerprint)
