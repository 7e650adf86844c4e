"""The points of a server's life at which it can be made to die: patched in the test's child, unknown to the product."""

from __future__ import annotations

import os
import random
import signal
import threading
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from bot.conversation.intake import Intake
from bot.conversation.recovery import spool
from bot.conversation.recovery.spool import Spool
from bot.conversation.recovery.sweep import Sweep
from bot.conversation.turn import Conversations
from bot.escalation.notify.deliverer import NotifyDeliverer
from bot.escalation.service import EscalationService
from bot.rasa_agent.runner import AgentRunner
from bot.records import conversations, messages

#: So often, where a point needs it, the database refuses a message.
AWAY = 0.4


class _Death:
    """Counts passes, and ends the process at the last one."""

    def __init__(self, passes: int) -> None:
        self._left = passes
        self._lock = threading.Lock()

    def __call__(self) -> None:
        with self._lock:
            self._left -= 1
            if self._left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)


def _before(owner: Any, name: str, death: _Death, only: Callable[[], bool] = lambda: True) -> None:
    work = getattr(owner, name)

    def patched(*args: Any, **kwargs: Any) -> Any:
        if only():
            death()
        return work(*args, **kwargs)

    setattr(owner, name, patched)


def _after(owner: Any, name: str, death: _Death, only: Callable[[], bool] = lambda: True) -> None:
    work = getattr(owner, name)

    def patched(*args: Any, **kwargs: Any) -> Any:
        result = work(*args, **kwargs)
        if only():
            death()
        return result

    setattr(owner, name, patched)


def _in_sweep() -> bool:
    return threading.current_thread().name == "sweep"


def _in_turn() -> bool:
    return not _in_sweep()


def _database_away() -> None:
    accept = messages.accept_message

    def patched(*args: Any) -> Any:
        if _in_turn() and random.random() < AWAY:
            raise sa.exc.OperationalError("INSERT", {}, Exception("away"))
        return accept(*args)

    messages.accept_message = patched  # type: ignore[assignment]


def _spool_before_fsync(death: _Death) -> None:
    _database_away()
    write = spool._write

    def patched(descriptor: int, data: bytes) -> None:
        # Half a line: what a dying process may leave.
        os.write(descriptor, data[: len(data) // 2])
        death()
        write(descriptor, data[len(data) // 2 :])

    spool._write = patched


def _spool_after_fsync(death: _Death) -> None:
    _database_away()
    _after(Spool, "append", death)


def _spool_before_removal(death: _Death) -> None:
    _database_away()
    _before(Spool, "_remove", death)


#: Name of a point -> what makes the process die there. What needs the leavings of an earlier point comes after it.
POINTS: dict[str, Callable[[_Death], None]] = {
    "accept, before its commit": lambda death: _after(messages, "accept_message", death, _in_turn),
    "accept, after its commit": lambda death: _after(Intake, "accept", death),
    "before Rasa": lambda death: _before(AgentRunner, "handle", death),
    "after Rasa": lambda death: _after(AgentRunner, "handle", death),
    "filing, before its commit": lambda death: _after(EscalationService, "file_within", death, _in_turn),
    "filing, after its commit": lambda death: _after(EscalationService, "file", death),
    "finish, before its commit": lambda death: _after(conversations, "finish_turn", death, _in_turn),
    "finished, before the response": lambda death: _after(Conversations, "_take_or_fail", death),
    "sweep, turn taken": lambda death: _after(conversations, "seize_turn", death, _in_sweep),
    "sweep, before its commit": lambda death: _after(conversations, "finish_turn", death, _in_sweep),
    "sweep, after its commit": lambda death: _after(Sweep, "_finish_message", death),
    "spool, written and not synced": _spool_before_fsync,
    "spool, synced and not answered": _spool_after_fsync,
    "spool, filed and not removed": _spool_before_removal,
    "before a delivery": lambda death: _before(NotifyDeliverer, "deliver", death),
    "after a delivery": lambda death: _after(NotifyDeliverer, "deliver", death),
}
#: Reached when the sweep finishes a message that nobody asks for again.
LEFT_TO_SWEEP = ("sweep, before its commit", "sweep, after its commit")
#: Reached when the sweep runs, not when messages come.
IN_SWEEP = tuple(name for name in POINTS if name.startswith(("sweep", "spool, filed")))


def die_at(point: str, passes: int) -> None:
    """From now on this process ends at the point, when it passes there for the so-manieth time."""
    POINTS[point](_Death(passes))
