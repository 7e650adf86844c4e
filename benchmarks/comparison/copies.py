"""One process and two on one PostgreSQL, in turns: turns a second with the same number of patients."""

from __future__ import annotations

import json
import statistics
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import typer

from benchmarks.comparison.load import at_once
from benchmarks.comparison.servers import Server, aftercare
from bot.settings import ROOT
from tests.postgres import Postgres

WANTED = 1.7
ROUNDS, PATIENTS, SECONDS = 3, 8, 15.0


def main() -> None:
    """Print turns a second of one process and of two."""
    rates: dict[int, list[float]] = {1: [], 2: []}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="aftercare-bench-")))
        postgres = Postgres(sync=True)
        stack.callback(postgres.end)
        url = postgres.fresh()
        folders = [folder / f"copy{number}" for number in (1, 2)]
        for copy in folders:
            copy.mkdir()
        copies = [stack.enter_context(aftercare(copy, url)) for copy in folders]
        _rate(copies, 3.0)
        for _ in range(ROUNDS):
            for count, seen in rates.items():
                seen.append(_rate(copies[:count], SECONDS))
    one, two = (statistics.median(rates[count]) for count in (1, 2))
    verdict = f">= {WANTED}: {'met' if two / one >= WANTED else 'NOT MET'}"
    typer.echo(f"one process {one:.1f} turns a second, two {two:.1f}: {two / one:.2f} times as many ({verdict})")
    figures = {"one": one, "two": two, "ratio": two / one, "patients": PATIENTS}
    (ROOT / "results" / "copies.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def _rate(copies: Sequence[Server], seconds: float) -> float:
    with ThreadPoolExecutor(len(copies)) as pool:
        times = pool.map(lambda copy: at_once(copy, PATIENTS // len(copies), seconds), copies)
    return sum(len(of_copy) for of_copy in times) / seconds


if __name__ == "__main__":
    typer.run(main)
