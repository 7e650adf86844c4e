"""Runs both servers in turns and writes what they took: a table, and JSON beside it."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any

import requests
import typer

from benchmarks.comparison.load import WINDOWS, at_once, one_by_one
from benchmarks.comparison.servers import Server, aftercare, stock
from bot.settings import ROOT

ROUNDS = 2
CLIENTS = (1, 8, 32)
SECONDS = 10.0
RESULTS = ROOT / "results"

Start = Callable[[Path], AbstractContextManager[Server]]


def main() -> None:
    RESULTS.mkdir(exist_ok=True)
    model, training = _stock_model()
    starts: dict[str, Start] = {"aftercare": aftercare, "stock Rasa": lambda folder: stock(folder, model)}
    measured: dict[str, list[dict[str, Any]]] = {name: [] for name in starts}
    for number in range(ROUNDS):
        for name, start in starts.items():
            typer.echo(f"round {number + 1} of {ROUNDS}: {name} ...")
            with tempfile.TemporaryDirectory(prefix="aftercare-bench-") as folder, start(Path(folder)) as server:
                measured[name].append(_measure(server))
            measured[name][-1]["in_process"] = _in_process(name, model)
    report = {
        "machine": _machine(),
        "stock_training_seconds": training,
        **{name: _joined(rounds) for name, rounds in measured.items()},
    }
    (RESULTS / "comparison.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    typer.echo(_table(report))


def _stock_model() -> tuple[Path, float | None]:
    """The stock model, trained when there is none, and the seconds that it took."""
    path = ROOT / "models" / "stock" / "stock.tar.gz"
    if path.exists():
        return path, None
    typer.echo("Training stock Rasa on the same data (some minutes, once) ...")
    began = time.monotonic()
    config = Path(__file__).resolve().parent.parent / "stock" / "config.yml"
    arguments = ["train", "--config", str(config), "--domain", "domain.yml", "--data", "data"]
    arguments += ["--out", str(path.parent), "--fixed-model-name", "stock"]
    with (RESULTS / "stock_training.log").open("wb") as log:
        subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "rasa", *arguments],
            cwd=ROOT,
            env={**os.environ, "RASA_TELEMETRY_ENABLED": "false"},
            stdout=log,
            stderr=log,
            check=True,
        )
    return path, time.monotonic() - began


def _measure(server: Server) -> dict[str, Any]:
    with requests.Session() as session:
        turns = one_by_one(partial(server.say, session))
    at_once(server, 2, 2)  # a warm-up
    load = {clients: at_once(server, clients, SECONDS) for clients in CLIENTS}
    return {
        "first_reply": server.first_reply,
        "ready": server.ready,
        "turns": turns,
        "load": load,
        "memory": server.memory(),
    }


def _in_process(name: str, model: Path) -> dict[int, list[float]]:
    side = ["ours"] if name == "aftercare" else ["stock", str(model)]
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.comparison.in_process", *side]
    environment = {**os.environ, "RASA_TELEMETRY_ENABLED": "false"}
    ran = subprocess.run(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True
    )
    times: dict[str, list[float]] = json.loads(ran.stdout.splitlines()[-1])
    return {int(turn): milliseconds for turn, milliseconds in times.items()}


def _joined(rounds: list[dict[str, Any]]) -> dict[str, Any]:
    turns = {turn: [ms for item in rounds for ms in item["turns"][turn]] for turn in WINDOWS}
    inside = {turn: [ms for item in rounds for ms in item["in_process"][turn]] for turn in WINDOWS}
    load = {clients: [ms for item in rounds for ms in item["load"][clients]] for clients in CLIENTS}
    return {
        "first_reply_seconds": min(item["first_reply"] for item in rounds),
        "ready_seconds": min(item["ready"] for item in rounds),
        "turn_ms": {turn: _spread(times) for turn, times in turns.items()},
        "turn_in_process_ms": {turn: _spread(times) for turn, times in inside.items()},
        "load": {
            clients: {**_spread(times), "turns_per_second": len(times) / (SECONDS * len(rounds))}
            for clients, times in load.items()
        },
        "memory_mb": rounds[-1]["memory"],
    }


def _spread(times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {"median": statistics.median(ordered), "p99": ordered[int(len(ordered) * 0.99)], "turns": len(ordered)}


def _table(report: dict[str, Any]) -> str:
    ours, theirs = report["aftercare"], report["stock Rasa"]
    rows = [("", "aftercare", "stock Rasa", "ratio", "wanted")]

    def add(name: str, own: float, other: float, unit: str, ratio: float = 0, most: float = 0) -> None:
        """``ratio``: the largest that is wanted; where more is better, the smallest. ``most``: of ours alone."""
        more = unit == "/s"
        met = (not most or own <= most) and (not ratio or (own / other >= ratio if more else own / other <= ratio))
        wanted = [f"{'>=' if more else '<='} {ratio} x stock"] * bool(ratio) + [f"<= {most} {unit}".rstrip()] * bool(
            most
        )
        verdict = f"{' and '.join(wanted)}: {'met' if met else 'NOT MET'}" if wanted else ""
        rows.append((name, f"{own:.1f} {unit}".rstrip(), f"{other:.1f} {unit}".rstrip(), f"{own / other:.2f}", verdict))

    for turn in WINDOWS:
        own, other = ours["turn_ms"][turn], theirs["turn_ms"][turn]
        first = turn == min(WINDOWS)
        add(f"turn {turn}, median", own["median"], other["median"], "ms", 0.4 * first, 12 * first)
        add(f"turn {turn}, p99", own["p99"], other["p99"], "ms")
    for turn in WINDOWS:
        own, other = ours["turn_in_process_ms"][turn], theirs["turn_in_process_ms"][turn]
        add(f"turn {turn}, median, in process", own["median"], other["median"], "ms")
    growth = [side["turn_ms"][400]["median"] / side["turn_ms"][5]["median"] for side in (ours, theirs)]
    add("median at turn 400 / at turn 5", growth[0], growth[1], "", most=1.15)
    for clients in CLIENTS:
        own, other = ours["load"][clients], theirs["load"][clients]
        add(f"{clients} patients, turns a second", own["turns_per_second"], other["turns_per_second"], "/s", 2.5)
        add(f"{clients} patients, p99", own["p99"], other["p99"], "ms", 0.4 * (clients == 8))
    add("first reply after start", ours["first_reply_seconds"], theirs["first_reply_seconds"], "s", most=2.5)
    add("ready after start", ours["ready_seconds"], theirs["ready_seconds"], "s", most=15)
    add("resident memory", sum(ours["memory_mb"].values()), sum(theirs["memory_mb"].values()), "MB")
    processes = list(theirs["memory_mb"].values())
    rows.append(("of it server and action server", "one process", " + ".join(f"{mb} MB" for mb in processes), "", ""))
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)


def _machine() -> dict[str, Any]:
    cpu = next((line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "")
    return {"processor": cpu or platform.processor(), "cores": os.cpu_count(), "python": platform.python_version()}


def _lines(path: str) -> list[str]:
    file = Path(path)
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


if __name__ == "__main__":
    main()
