"""Turns without HTTP: each side in a process of its own, which prints the milliseconds of its turns as JSON."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import uuid
from pathlib import Path

from benchmarks.comparison.load import one_by_one


def ours(folder: Path) -> dict[int, list[float]]:
    from benchmarks.turns import running
    from bot.records.messages import Inbound

    with running(folder) as conversations:

        def say(sender: str, text: str) -> None:
            conversations.take(Inbound(sender, text, "website", uuid.uuid4().hex))

        return one_by_one(say)


def stock(folder: Path, model: str) -> dict[int, list[float]]:
    from rasa.core.agent import load_agent
    from rasa.core.utils import AvailableEndpoints

    from benchmarks.comparison.servers import stock_actions

    with stock_actions(folder) as (_process, endpoints):
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        found = AvailableEndpoints.read_endpoints(str(endpoints))
        agent = loop.run_until_complete(load_agent(model_path=model, endpoints=found))

        def say(sender: str, text: str) -> None:
            loop.run_until_complete(agent.handle_text(text, sender_id=sender))

        return one_by_one(say)


def main() -> None:
    which, *rest = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="aftercare-bench-") as folder:
        times = ours(Path(folder)) if which == "ours" else stock(Path(folder), rest[0])
    sys.stdout.write("\n" + json.dumps(times) + "\n")


if __name__ == "__main__":
    main()
