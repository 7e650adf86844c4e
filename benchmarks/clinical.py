"""Speed of the clinical screen on one core: a whole file, single messages, a long message, the start."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import islice, product
from pathlib import Path

from bot.screen import Screen
from bot.settings import ROOT

MESSAGES = 5_000
STARTS = 3
LONG = 2_000
OPENINGS = ("hi,", "Hello,", "It's day two and", "My husband had the discogram;", "quick question:", "ok so", "Doctor,")
MIDDLES = (
    "no fever but I have chills",
    "my left leg went numb an hour ago",
    "when may I drive again",
    "the pain is much worse than yesterday",
    "is it normal that I feel sore",
    "I had a headache since Monday and it won't go away",
    "my temperature was 99.4 this morning",
    "the spot looks red and warm",
    "can I take a shower",
    "he threw up twice last night",
    "thanks for everything",
)
ENDINGS = tuple(f"{words} {number}" for number in range(20) for words in ("room", "case", "at", "since"))
START = "from bot.screen import Screen; Screen.load().run('my leg went numb')"


def main() -> None:
    if hasattr(os, "sched_setaffinity"):
        everywhere = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {min(everywhere)})
    try:
        _measure()
    finally:
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, everywhere)


def _measure() -> None:
    # No message twice, so that nothing is remembered from the first time.
    texts = [
        f"{opening} {middle} {end}" for end, opening, middle in islice(product(ENDINGS, OPENINGS, MIDDLES), MESSAGES)
    ]
    start = statistics.median(_starts())
    _print(f"start in a fresh process, first message answered: median {start:.2f} s")
    seconds = _file(texts)
    _print(
        f"aftercare triage, one core: {len(texts)} messages in {seconds:.1f} s, {len(texts) / seconds:.0f} messages/s; "
        f"{len(texts) / (seconds - start):.0f} messages/s after the start"
    )
    screen = Screen.load()
    for text in texts[:50]:
        screen.run(text)
    times = sorted(_milliseconds(screen, text) for text in texts)
    _print(
        f"single messages: median {statistics.median(times):.2f} ms, p99 {times[int(len(times) * 0.99)]:.2f} ms; "
        f"{1000 * len(times) / sum(times):.0f} messages/s without reading and writing"
    )
    long = (" ".join(texts))[:LONG]
    took = statistics.median(_milliseconds(screen, f"{number} {long}"[:LONG]) for number in range(20))
    _print(f"a message of {LONG} characters: median {took:.1f} ms")


def _file(texts: list[str]) -> float:
    """Seconds that the command takes for a whole file, its start included."""
    with tempfile.TemporaryDirectory(prefix="aftercare-bench-") as folder:
        file = Path(folder) / "messages.jsonl"
        file.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), encoding="utf-8")
        return _run("-m", "bot.cli", "triage", str(file))


def _starts() -> list[float]:
    return [_run("-c", START) for _ in range(STARTS)]


def _run(*arguments: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, *arguments], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def _milliseconds(screen: Screen, text: str) -> float:
    began = time.perf_counter()
    screen.run(text)
    return (time.perf_counter() - began) * 1000


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
