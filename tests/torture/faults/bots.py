"""What can be wrong with Rasa and the model, each as a context in which it is so."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from bot.rasa_agent.runner import AgentRunner
from bot.rasa_agent.training import find_model
from tests.torture.faults.clinic import Switch

#: Loading fails within it.
LOAD_SECONDS = 60.0

Fault = Callable[[Switch, Path, Path], AbstractContextManager[Any]]


async def _fails(*args: Any, **kwargs: Any) -> None:
    raise RuntimeError("broken")


def _handles(agent: Switch, handle: Callable[..., Any]) -> AbstractContextManager[Any]:
    """In the place of all that Rasa does with a message."""
    return mock.patch.object(agent.runner._agent, "handle_message", handle)


def action_raises(agent: Switch, model: Path, folder: Path) -> AbstractContextManager[Any]:
    actions = agent.runner._agent.action_endpoint.executor.actions
    return mock.patch.dict(actions, dict.fromkeys(actions, _fails))


def policy_raises(agent: Switch, model: Path, folder: Path) -> AbstractContextManager[Any]:
    processor = agent.runner._agent.processor
    return mock.patch.object(processor, "_predict_next_with_tracker", side_effect=RuntimeError("broken"))


def slow(agent: Switch, model: Path, folder: Path) -> AbstractContextManager[Any]:
    async def handle(*args: Any, **kwargs: Any) -> None:
        await asyncio.sleep(agent.hang_seconds)

    return _handles(agent, handle)


@contextmanager
def hung(agent: Switch, model: Path, folder: Path) -> Iterator[None]:
    """Its whole thread stands still, with everybody's turns."""

    async def handle(*args: Any, **kwargs: Any) -> None:
        time.sleep(agent.hang_seconds)

    with _handles(agent, handle):
        yield
    # The next test finds it moving again.
    asyncio.run_coroutine_threadsafe(asyncio.sleep(0), agent.runner._loop).result(60)


def answers_nothing(agent: Switch, model: Path, folder: Path) -> AbstractContextManager[Any]:
    async def handle(*args: Any, **kwargs: Any) -> None:
        return

    return _handles(agent, handle)


@contextmanager
def _without(agent: Switch, find: Callable[[], Path]) -> Iterator[None]:
    """The app has started with this model, which does not load."""
    whole, agent.runner = agent.runner, AgentRunner(find)
    agent.runner.start()
    try:
        assert not agent.runner.wait(LOAD_SECONDS)
        yield
    finally:
        agent.runner.stop()
        agent.runner = whole


def model_missing(agent: Switch, model: Path, folder: Path) -> AbstractContextManager[None]:
    return _without(agent, lambda: find_model(folder / "none"))


def model_truncated(agent: Switch, model: Path, folder: Path) -> AbstractContextManager[None]:
    """Cut off before its hash was taken, so that only Rasa notices."""
    half = model.read_bytes()[: model.stat().st_size // 2]
    (folder / model.name).write_bytes(half)
    (folder / f"{model.name}.sha256").write_text(hashlib.sha256(half).hexdigest() + "\n", encoding="utf-8")
    return _without(agent, lambda: find_model(folder))


def model_of_another_hash(agent: Switch, model: Path, folder: Path) -> AbstractContextManager[None]:
    shutil.copyfile(model, folder / model.name)
    (folder / f"{model.name}.sha256").write_text("0" * 64 + "\n", encoding="utf-8")
    return _without(agent, lambda: find_model(folder))


FAULTS: dict[str, Fault] = {
    "action raises": action_raises,
    "policy raises": policy_raises,
    "model missing": model_missing,
    "model truncated": model_truncated,
    "model of the wrong hash": model_of_another_hash,
    "Rasa slow": slow,
    "Rasa hung": hung,
    "Rasa answers nothing": answers_nothing,
}
