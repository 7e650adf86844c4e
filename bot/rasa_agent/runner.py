"""The Agent in a thread of its own, with its own event loop: a slow turn blocks nothing else."""

from __future__ import annotations

import asyncio
import gc
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import CancelledError, TimeoutError
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.records.messages import Reply

log = logging.getLogger(__name__)


class AgentLoading(Exception):
    """The model is not loaded, or not yet."""


class AgentFailed(Exception):
    """Rasa raised, missed its deadline or was cut off. The text holds nothing that a patient wrote."""


@dataclass(frozen=True)
class AgentRequest:
    """One message for Rasa."""

    #: Unique to the turn, so that a late answer meets nobody's state.
    sender_id: str
    text: str
    metadata: Mapping[str, Any]
    #: The dialogue state that the last turn left.
    dialogue: Mapping[str, Any] | None
    #: Slots whose truth is kept outside Rasa; they override those of ``dialogue``.
    slots: Mapping[str, Any]
    channel: str


@dataclass(frozen=True)
class AgentTurn:
    """What Rasa made of one message."""

    replies: Sequence[Reply]
    #: Dialogue state to hand in with the next message.
    dialogue: Mapping[str, Any]
    slots: Mapping[str, Any]


class AgentRunner:
    """Loads the model in the background and runs one turn after the other.

    Args:
        find_model: gives the path of the model; may raise.
        action_endpoint: URL of an action server; empty for actions in this process.
    """

    def __init__(self, find_model: Callable[[], Path], action_endpoint: str = "") -> None:
        self._find_model = find_model
        self._action_endpoint = action_endpoint
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="rasa", daemon=True)
        self._agent: Any = None
        self._store: Any = None
        self._ready = threading.Event()
        self._loaded = threading.Event()
        self._stopping = False
        self.problem = "the model is still loading"

    def start(self) -> None:
        self._thread.start()

    @property
    def ready(self) -> bool:
        return self._ready.is_set()

    def wait(self, seconds: float | None = None) -> bool:
        """Waits until loading has ended, one way or the other; True if the Agent is ready."""
        self._loaded.wait(seconds)
        return self.ready

    def stop(self) -> None:
        self._stopping = True
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(timeout=5)

    def handle(self, request: AgentRequest, deadline: float) -> AgentTurn:
        """Runs one turn; ``deadline`` is in seconds.

        Raises:
            AgentLoading: there is no Agent to ask.
            AgentFailed: no answer that may be used.
        """
        if not self.ready:
            raise AgentLoading(self.problem)
        return self._await(self._turn(request), deadline)

    def parse(self, text: str, deadline: float) -> dict[str, Any]:
        """What the NLU pipeline makes of a text: for the readiness check.

        Raises:
            AgentLoading, AgentFailed: as ``handle``.
        """
        if not self.ready:
            raise AgentLoading(self.problem)
        return self._await(self._agent.parse_message(text), deadline)

    def _await(self, coroutine: Any, deadline: float) -> Any:
        future = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        try:
            return future.result(timeout=deadline)
        except (TimeoutError, CancelledError):
            future.cancel()
            raise AgentFailed("deadline missed") from None
        except BaseException as error:
            if isinstance(error, (KeyboardInterrupt, SystemExit)):
                future.cancel()
            raise AgentFailed(type(error).__name__) from error

    async def _turn(self, request: AgentRequest) -> AgentTurn:
        from rasa.core.channels.channel import UserMessage

        from bot.rasa_agent.tracker_store import keep
        from bot.rasa_agent.turn_output import TurnOutput

        output = TurnOutput(request.channel)
        message = UserMessage(
            request.text,
            output,
            request.sender_id,
            input_channel=request.channel,
            metadata=dict(request.metadata),
        )
        self._store.begin(request.sender_id, request.dialogue, request.slots)
        try:
            await self._agent.handle_message(message)
        finally:
            tracker = self._store.end(request.sender_id)
        if tracker is None:
            raise AgentFailed("no dialogue state")
        return AgentTurn(output.replies, keep(tracker), tracker.current_slot_values())

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._load()
            self._ready.set()
            self.problem = ""
        except BaseException as error:
            self.problem = str(error) if type(error).__name__ == "ModelError" else f"the model does not load: {error}"
            log.error("model not loaded", extra={"error": type(error).__name__})
        finally:
            # What is here now stays until the end: turns need not wait while it is looked through.
            gc.collect()
            gc.freeze()
            gc.enable()
            self._loaded.set()
        while not self._stopping:
            try:
                self._loop.run_forever()
            except BaseException as error:
                # Rasa calls sys.exit() on some inputs; that must not end the turns of everybody else.
                log.error("rasa tried to exit", extra={"error": type(error).__name__})

    def _load(self) -> None:
        model = self._find_model()
        from rasa.utils.endpoints import EndpointConfig
        from threadpoolctl import threadpool_limits

        from bot.rasa_agent.action_endpoint import InProcessActions
        from bot.rasa_agent.agent import TurnAgent
        from bot.rasa_agent.nlg import ClinicNLG
        from bot.rasa_agent.tracker_store import TurnTrackerStore
        from bot.services import services

        # Turns run side by side, and small matrices gain nothing from more threads.
        threadpool_limits(limits=1)
        self._store = TurnTrackerStore()
        endpoint = (
            EndpointConfig(self._action_endpoint, enable_selective_domain=True)
            if self._action_endpoint
            else InProcessActions()
        )
        # Not Agent.load(): that makes a plain Agent, whatever class it is called on.
        self._agent = TurnAgent(generator=ClinicNLG(), tracker_store=self._store, action_endpoint=endpoint)
        self._agent.load_model(model)
        # What is read on first use is read now, not in a patient's first turn.
        services().load_content()
        self._loop.run_until_complete(self._agent.parse_message("hello"))
