"""``python -m benchmarks.cluster``: a cluster to try by hand; with ``--trial`` load, a rolling restart and a kill."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import requests
import typer

from benchmarks.cluster.ledger import check, kilobytes
from benchmarks.cluster.patients import TURNS, Load, run
from benchmarks.cluster.processes import TOKEN, Cluster, cluster

#: Slower than this is too slow, for one turn in twenty.
P95_MS = 500.0
#: Rates that are tried, messages a second; each for so many seconds.
RATES, TRY_SECONDS = (3, 5, 8, 12, 16, 24, 32, 48, 64), 20.0
IDLE_SECONDS = 10.0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cluster", description=__doc__)
    parser.add_argument("--copies", type=int, default=2, choices=range(1, 5))
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--trial", action="store_true", help="measure, restart and kill under load, and end")
    parser.add_argument("--minutes", type=float, default=10, help="of the long run of --trial")
    parser.add_argument("--rate", type=float, default=0, help="messages a second; 0: the highest that is fast enough")
    parser.add_argument("--output", type=Path, help="write the figures there as JSON")
    options = parser.parse_args()
    # Ended like that, it leaves nothing behind either.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    with cluster(options.copies, options.port) as running:
        if options.trial:
            return trial(running, options.minutes, options.rate, options.output)
        typer.echo(f"Chat {running.url}/  ·  staff console {running.url}/staff  ·  REST token {TOKEN}")
        for number, copy in enumerate(running.copies, start=1):
            typer.echo(f"  copy {number}: {copy.url}  (process {copy.process.pid if copy.process else 0})")
        typer.echo("Ctrl-C ends everything.")
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            typer.echo("Ending ...")
    return 0


def trial(running: Cluster, minutes: float, rate: float, output: Path | None) -> int:
    everything: list[Load] = []
    figures: dict[str, object] = {"copies": len(running.copies)}

    def load(name: str, at: float, count: int, meanwhile: Callable[[], None] | None = None) -> Load:
        doing = threading.Thread(target=meanwhile) if meanwhile else None
        if doing:
            doing.start()
        before = running.processor_seconds()
        seen = asyncio.run(run(running.url, at, count))
        after = running.processor_seconds()
        if doing:
            doing.join()
        everything.append(seen)
        row: dict[str, object] = {
            "conversations": count,
            "messages": len(seen.turns),
            "seconds": round(seen.seconds, 1),
            "messages_a_second": round(seen.rate, 1),
            "p50_ms": round(seen.percentile(0.5)),
            "p95_ms": round(seen.percentile(0.95)),
            "slowest_ms": round(seen.percentile(1)),
            "repeated": seen.repeated,
            "safe_replies": seen.safe_replies,
            "unanswered": seen.unanswered,
        }
        if not meanwhile:
            # Without what they use when nobody writes: looks at the database, and the proxy's at who is ready.
            row["processor_ms_a_message"] = {
                part: round((after[part] - before[part] - idle[part] * seen.seconds) * 1000 / len(seen.turns), 1)
                for part in after
            }
        figures[name] = row
        typer.echo(f"{name}: {json.dumps(row)}")
        return seen

    before = running.processor_seconds()
    time.sleep(IDLE_SECONDS)
    idle = {part: (used - before[part]) / IDLE_SECONDS for part, used in running.processor_seconds().items()}
    figures["processor_share_when_idle"] = {part: round(share, 3) for part, share in idle.items()}
    typer.echo(f"share of a core when nobody writes: {json.dumps(figures['processor_share_when_idle'])}")
    load("warm up", 5, 10)
    best = rate
    for tried in () if rate else RATES:
        seen = load(f"{tried} a second", tried, int(tried * TRY_SECONDS / TURNS))
        if seen.percentile(0.95) > P95_MS or seen.unanswered:
            break
        best = tried
    best = best or RATES[0]
    load("long run", best, max(1, int(best * minutes * 60 / TURNS)))
    figures["answered by the interlock"] = _interlock(running)
    typer.echo(f"answered by the interlock until here: {json.dumps(figures['answered by the interlock'])}")
    count = max(40, int(best / 2 * 90 / TURNS))
    load("rolling restart", best / 2, count, lambda: _rolling_restart(running))
    load("killed copy", best / 2, count // 2, lambda: _kill_one(running))
    # The sweep finishes what the dead copy had begun when its leases have ended.
    time.sleep(20)
    every_turn = [turn for seen in everything for turn in seen.turns]
    ledger = check(running.database_url, every_turn)
    figures["resident_megabytes_of_a_copy"] = running.megabytes_of_a_copy()
    figures["all messages"] = len(every_turn)
    figures["must be 0"] = asdict(ledger)
    figures["kilobytes_of_disk_a_message"] = round(kilobytes(running.database_url) / len(every_turn), 1)
    typer.echo(f"resident megabytes of a copy: {figures['resident_megabytes_of_a_copy']}")
    typer.echo(f"disk of the database: {figures['kilobytes_of_disk_a_message']} kB a message")
    typer.echo(f"of {figures['all messages']} messages, each of these must be 0: {json.dumps(asdict(ledger))}")
    if output:
        output.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 0 if ledger.clean else 1


def _interlock(running: Cluster) -> dict[str, float]:
    """Replies that were not Rasa's, by reason."""
    counts: dict[str, float] = {}
    for copy in running.copies:
        for line in requests.get(f"{copy.url}/metrics", timeout=10).text.splitlines():
            if line.startswith("aftercare_interlock_total{"):
                reason = line.split('"')[1]
                counts[reason] = counts.get(reason, 0) + float(line.split()[-1])
    return counts


def _rolling_restart(running: Cluster) -> None:
    time.sleep(3)
    for copy in running.copies:
        copy.stop()
        copy.start()
        copy.wait()
        # The proxy looks every two seconds who is ready.
        time.sleep(5)


def _kill_one(running: Cluster) -> None:
    time.sleep(5)
    running.copies[0].kill()
    time.sleep(10)
    running.copies[0].start()
    running.copies[0].wait()


if __name__ == "__main__":
    sys.exit(main())
