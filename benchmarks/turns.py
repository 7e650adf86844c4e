"""Latency of durable turns: real model, SQLite with full fsync, one conversation and many."""

from __future__ import annotations

import resource
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path

from starlette.datastructures import Secret

from bot.conversation.recovery.spool import Spool
from bot.conversation.turn import Conversations
from bot.rasa_agent.runner import AgentRunner
from bot.rasa_agent.training import find_model
from bot.records.messages import Inbound
from bot.services import Services, install
from bot.settings import Settings

TURNS = 500
TEXTS = (
    "hi",
    "when can I drive?",
    "my leg went numb",
    "can I lift my grandson",
    "I have a headache",
    "since yesterday",
    "thanks",
    "what is a discogram",
)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="aftercare-bench-") as folder:
        services = _services(Path(folder))
        began = time.perf_counter()
        agent = AgentRunner(find_model)
        agent.start()
        if not agent.wait(120):
            sys.exit(f"No model to measure: {agent.problem}")
        _print(f"model loaded in {time.perf_counter() - began:.1f} s")
        conversations = Conversations(services, agent, Spool(Path(folder) / "spool.jsonl"))
        for name, ids in (("one conversation", 1), ("50 conversations", 50)):
            _report(name, _turns(conversations, ids))
        agent.stop()
        services.database.dispose()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    _print(f"peak resident memory {peak:.0f} MB")


def _services(folder: Path) -> Services:
    settings = replace(
        Settings.load(),
        data_dir=folder,
        database_url=Secret(f"sqlite:///{folder / 'aftercare.db'}"),
        secret_key=Secret("0" * 64),
    )
    services = Services(settings)
    services.database.migrate()
    install(services)
    return services


def _turns(conversations: Conversations, ids: int) -> list[float]:
    """Milliseconds of each turn, in order."""
    times = []
    for number, text in enumerate(islice(cycle(TEXTS), TURNS + len(TEXTS))):
        inbound = Inbound(f"{number % ids:032x}", text, "website", f"{ids}-{number}")
        began = time.perf_counter()
        conversations.take(inbound)
        times.append((time.perf_counter() - began) * 1000)
    return times[len(TEXTS) :]


def _report(name: str, times: list[float]) -> None:
    ordered = sorted(times)
    early, late = statistics.median(times[:50]), statistics.median(times[-50:])
    _print(
        f"{len(times)} turns, {name}: median {statistics.median(ordered):.1f} ms, "
        f"p99 {ordered[int(len(ordered) * 0.99)]:.1f} ms; last 50 / first 50 = {late / early:.2f}"
    )


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
