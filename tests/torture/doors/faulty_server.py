"""``aftercare serve`` whose parts raise, with the patient's words in the exception, when a message names them."""

from __future__ import annotations

import asyncio
import gc
import logging
import threading
import warnings
from typing import Any

import sqlalchemy as sa

from bot.cli import main
from bot.conversation.recovery.spool import Spool
from bot.rasa_agent.agent import TurnAgent
from bot.records import messages
from bot.records.messages import Inbound
from bot.screen import Screen

#: A message that holds one of these words meets that fault.
FAULTS = ("databaseaway", "spoolbroken", "rasaraises", "rasaexits", "actionraises", "screenraises", "straythings")


class Stray:
    """Raises while it is thrown away, where Python can only print."""

    def __init__(self, words: str) -> None:
        self.words = words

    def __del__(self) -> None:
        raise ValueError(self.words)


def install_faults() -> None:
    from rasa_sdk.executor import ActionExecutor

    accept, append, handle = messages.accept_message, Spool.append, TurnAgent.handle_message
    run_action, screen = ActionExecutor.run, Screen.run

    def faulty_accept(connection: Any, inbound: Inbound, now: Any) -> Any:
        if "databaseaway" in inbound.text or "spoolbroken" in inbound.text:
            raise sa.exc.OperationalError("INSERT INTO messages", {"text": inbound.text}, Exception(inbound.text))
        if "straythings" in inbound.text:
            stray(inbound.text)
        return accept(connection, inbound, now)

    def faulty_append(self: Spool, inbound: Inbound, at: Any) -> None:
        if "spoolbroken" in inbound.text:
            raise OSError(28, inbound.text)
        append(self, inbound, at)

    async def faulty_handle(self: TurnAgent, message: Any) -> Any:
        if "rasaraises" in message.text:
            raise RuntimeError(message.text)
        if "rasaexits" in message.text:
            raise SystemExit(message.text)
        if "straythings" in message.text:
            asyncio.get_running_loop().create_task(unnoticed(message.text))
        return await handle(self, message)

    async def faulty_run(self: Any, action_call: Any) -> Any:
        text = action_call["tracker"]["latest_message"]["text"]
        if "actionraises" in text:
            raise KeyError(text)
        return await run_action(self, action_call)

    def faulty_screen(self: Screen, text: str, *rest: Any) -> Any:
        if "screenraises" in text:
            raise ValueError(text)
        return screen(self, text, *rest)

    messages.accept_message = faulty_accept
    Spool.append = faulty_append  # type: ignore[method-assign]
    TurnAgent.handle_message = faulty_handle
    ActionExecutor.run = faulty_run
    Screen.run = faulty_screen  # type: ignore[assignment, method-assign]


def stray(words: str) -> None:
    """What libraries do: warn, log in full, with wrong arguments too, and fail in threads and finalizers."""
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(words, stacklevel=1)
    logging.getLogger("somebodys.library").error("for %s", words)
    logging.getLogger("bot.somewhere").error("one place, two values: %s", words, words)
    logging.getLogger("somebodys.library").error("failed", exc_info=ValueError(words))
    thread = threading.Thread(target=int, args=(words,))
    thread.start()
    thread.join()
    Stray(words)
    gc.collect()


async def unnoticed(words: str) -> None:
    raise LookupError(words)


if __name__ == "__main__":
    install_faults()
    main()
