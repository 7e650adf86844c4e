"""The servers that are measured, each started as its users start it, on loopback."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from bot.settings import ROOT
from tests.servers import UNLIMITED, free_port, without_settings

HERE = Path(__file__).resolve().parent.parent
START_SECONDS = 300


@dataclass
class Server:
    """A running server and what its start took, in seconds from the start of the process."""

    name: str
    url: str
    processes: list[subprocess.Popen[bytes]]
    first_reply: float
    ready: float

    def say(self, session: requests.Session, sender: str, text: str) -> list[dict[str, object]]:
        response = session.post(
            f"{self.url}/webhooks/rest/webhook", json={"sender": sender, "message": text}, timeout=60
        )
        response.raise_for_status()
        reply: list[dict[str, object]] = response.json()
        return reply

    def memory(self) -> dict[str, int]:
        """Resident megabytes of each process (Linux)."""
        return {
            f"{self.name} {number}": _resident_megabytes(process.pid)
            for number, process in enumerate(self.processes, start=1)
        }


@contextmanager
def aftercare(folder: Path, database_url: str = "", port: int = 0) -> Iterator[Server]:
    """Ours: one process."""
    port = port or free_port()
    # The load comes from one address; its limits are not what is measured.
    variables = {"AFTERCARE_DATA_DIR": str(folder), "AFTERCARE_SECRET_KEY": "0" * 64, **UNLIMITED}
    if database_url:
        variables["DATABASE_URL"] = database_url
    with ExitStack() as stack:
        began = time.monotonic()
        process = stack.enter_context(
            _process(["-m", "bot.cli", "serve", "--dev", "--port", str(port)], folder / f"{port}.log", variables)
        )
        url = f"http://127.0.0.1:{port}"
        first = _until(lambda: _answers(url), process, began)
        ready = _until(lambda: requests.get(f"{url}/readyz", timeout=10).ok, process, began)
        yield Server("aftercare", url, [process], first, ready)


@contextmanager
def stock(folder: Path, model: Path) -> Iterator[Server]:
    """Rasa with its default configuration, an action server beside it, and its SQL tracker store."""
    port = free_port()
    with ExitStack() as stack:
        began = time.monotonic()
        acting, endpoints = stack.enter_context(stock_actions(folder))
        arguments = ["-m", "rasa", "run", "--model", str(model), "--port", str(port), "--interface", "127.0.0.1"]
        credentials = HERE / "stock" / "credentials.yml"
        arguments += ["--endpoints", str(endpoints), "--credentials", str(credentials)]
        process = stack.enter_context(_process(arguments, folder / "stock.log", {}))
        url = f"http://127.0.0.1:{port}"
        first = _until(lambda: _answers(url), process, began)
        yield Server("stock Rasa", url, [process, acting], first, first)


@contextmanager
def stock_actions(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """Rasa's action server, and the endpoints file of a Rasa that uses it and keeps its trackers in SQLite."""
    port = free_port()
    endpoints = folder / "endpoints.yml"
    endpoints.write_text(
        f"action_endpoint:\n  url: http://127.0.0.1:{port}/webhook\n"
        f"tracker_store:\n  type: SQL\n  dialect: sqlite\n  db: {folder / 'stock.db'}\n",
        encoding="utf-8",
    )
    arguments = ["-m", "rasa_sdk", "--actions", "benchmarks.stock.actions", "--port", str(port)]
    with _process(arguments, folder / "actions.log", {}) as process:
        _until(lambda: requests.get(f"http://127.0.0.1:{port}/health", timeout=5).ok, process, time.monotonic())
        yield process, endpoints


def _answers(url: str) -> bool:
    reply = requests.post(
        f"{url}/webhooks/rest/webhook", json={"sender": "start", "message": "my leg went numb"}, timeout=30
    )
    return reply.ok and bool(reply.json())


@contextmanager
def _process(arguments: list[str], log: Path, variables: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    environment = {**without_settings(), "RASA_TELEMETRY_ENABLED": "false", **variables}
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", *arguments], cwd=ROOT, env=environment, stdout=out, stderr=out
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()


def _resident_megabytes(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))) // 1024


def _until(check: Callable[[], bool], process: subprocess.Popen[bytes], began: float) -> float:
    while time.monotonic() - began < START_SECONDS:
        if process.poll() is not None:
            raise SystemExit("A server ended while it started; its log is in the folder of the benchmark.")
        try:
            if check():
                return time.monotonic() - began
        except (requests.RequestException, ValueError):
            pass
        time.sleep(0.1)
    raise SystemExit(f"A server did not start within {START_SECONDS} s.")
