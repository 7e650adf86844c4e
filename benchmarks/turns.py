"""Latency of durable turns in this process: real model, SQLite with full fsync, one conversation and many; by stage."""

from __future__ import annotations

import json
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path

import typer
from starlette.datastructures import Secret

from benchmarks.messages import TEXTS, messages
from benchmarks.stages import draw, split, table
from bot.conversation.recovery.spool import Spool
from bot.conversation.turn import Conversations
from bot.rasa_agent.runner import AgentRunner
from bot.rasa_agent.training import find_model
from bot.records.messages import Inbound
from bot.services import Services, install
from bot.settings import ROOT, Settings

TURNS, ROUNDS = 500, 16


def main() -> None:
    results = ROOT / "results"
    results.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="aftercare-bench-") as folder, running(Path(folder)) as conversations:
        for name, ids in (("one conversation", 1), ("50 conversations", 50)):
            _report(name, _turns(conversations, ids))
        stages = split(conversations, TEXTS, ROUNDS)
    typer.echo(table(stages))
    draw(stages, results / "stages.svg")
    (results / "stages.json").write_text(json.dumps(stages, indent=2) + "\n", encoding="utf-8")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    typer.echo(f"peak resident memory {peak:.0f} MB")


@contextmanager
def running(folder: Path) -> Iterator[Conversations]:
    """Conversations with the trained model, on an empty SQLite database in the folder."""
    services = _services(folder)
    agent = AgentRunner(find_model)
    agent.start()
    if not agent.wait(120):
        sys.exit(f"No model to measure: {agent.problem}")
    conversations = Conversations(services, agent, Spool(folder / "spool.jsonl"))
    try:
        yield conversations
    finally:
        conversations.close()
        agent.stop()
        services.database.dispose()


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
    for number, text in enumerate(islice(messages(), TURNS + len(TEXTS))):
        inbound = Inbound(f"{number % ids:032x}", text, "website", f"{ids}-{number}")
        began = time.perf_counter()
        conversations.take(inbound)
        times.append((time.perf_counter() - began) * 1000)
    return times[len(TEXTS) :]


def _report(name: str, times: list[float]) -> None:
    ordered = sorted(times)
    early, late = statistics.median(times[:50]), statistics.median(times[-50:])
    typer.echo(
        f"{len(times)} turns, {name}: median {statistics.median(ordered):.1f} ms, "
        f"p99 {ordered[int(len(ordered) * 0.99)]:.1f} ms; last 50 / first 50 = {late / early:.2f}"
    )


if __name__ == "__main__":
    main()
