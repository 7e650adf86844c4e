"""PostgreSQL from its wheel, copies of the real server, and Caddy from the system, each ended with the block."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
import requests

from bot.settings import ROOT
from tests.postgres import Postgres
from tests.servers import UNLIMITED, environment, free_port, without_settings

START_SECONDS = 240
TOKEN = "cluster-on-loopback"  # noqa: S105  (of a server that lives for minutes)


class Copy:
    """One copy of the server, on a port and a data folder of its own, as on a machine of its own."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._folder = folder
        self._database_url = database_url
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._folder.mkdir(exist_ok=True)
        variables = {
            "DATABASE_URL": self._database_url,
            "AFTERCARE_SECRET_KEY": "0" * 64,
            "AFTERCARE_API_TOKEN": TOKEN,
            "AFTERCARE_TRUSTED_PROXIES": "127.0.0.1",
            # The load is what is measured, not its limits.
            **UNLIMITED,
        }
        with (self._folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-W", "ignore", "-m", "bot.cli", "serve", "--port", str(self.port)],
                cwd=ROOT,
                env={**environment(self._folder), **variables},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait(self) -> None:
        """Until it is ready.

        Raises:
            SystemExit: it ended, or took too long.
        """
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process is not None and self.process.poll() is None:
            try:
                if requests.get(f"{self.url}/readyz", timeout=5).ok:
                    return
            except requests.RequestException:
                pass
            time.sleep(0.2)
        raise SystemExit(f"A copy did not start:\n{(self._folder / 'server.log').read_text()[-2000:]}")

    def stop(self) -> None:
        """As an operator does; returns when it has ended."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def _end(self, number: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait(timeout=60)
            self.process = None


class Cluster:
    """The address of the proxy, the copies behind it, and the database."""

    def __init__(self, url: str, copies: list[Copy], database_url: str, others: Mapping[str, psutil.Process]) -> None:
        self.url = url
        self.copies = copies
        self.database_url = database_url
        self._others = others

    def processor_seconds(self) -> dict[str, float]:
        """Of each part since it started, with its children, ended ones too."""
        copies = [psutil.Process(copy.process.pid) for copy in self.copies if copy.process]
        used = {name: _seconds(process) for name, process in self._others.items()}
        return {**used, "copies": sum(map(_seconds, copies))}

    def megabytes_of_a_copy(self) -> list[int]:
        """Resident, of each."""
        return [psutil.Process(copy.process.pid).memory_info().rss >> 20 for copy in self.copies if copy.process]


def _seconds(process: psutil.Process) -> float:
    # User and system, then those of the children that have ended; then the children that live.
    return sum(process.cpu_times()[:4]) + sum(sum(child.cpu_times()[:4]) for child in process.children())


@contextmanager
def cluster(copies: int, port: int) -> Iterator[Cluster]:
    """Starts everything, the copies at the same time, and ends it with the block.

    Raises:
        SystemExit: something is missing or does not start; the text says what to do.
    """
    caddy = shutil.which("caddy")
    if caddy is None:
        raise SystemExit("make cluster needs the proxy Caddy. On Debian or Ubuntu: apt install caddy")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="aftercare-cluster-"))).resolve()
        postgres = Postgres(sync=True)
        stack.callback(postgres.end)
        database_url = postgres.fresh()
        started = [Copy(folder / f"copy{number}", database_url) for number in range(1, copies + 1)]
        for copy in started:
            copy.start()
            stack.callback(copy.stop)
        for copy in started:
            copy.wait()
        proxy = _start_proxy(caddy, folder, port, started)
        stack.callback(proxy.wait, 30)
        stack.callback(proxy.terminate)
        others = {"postgresql": psutil.Process(postgres.pid), "proxy": psutil.Process(proxy.pid)}
        yield Cluster(f"http://127.0.0.1:{port}", started, database_url, others)


def _start_proxy(caddy: str, folder: Path, port: int, copies: list[Copy]) -> subprocess.Popen[bytes]:
    """With the file that a clinic's installation uses."""
    variables = {
        "AFTERCARE_HOST": f"http://127.0.0.1:{port}",
        "AFTERCARE_COPIES": " ".join(f"127.0.0.1:{copy.port}" for copy in copies),
        "CADDY_ADMIN": f"127.0.0.1:{free_port()}",
        "XDG_CONFIG_HOME": str(folder),
        "XDG_DATA_HOME": str(folder),
    }
    log = folder / "proxy.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [caddy, "run", "--config", str(ROOT / "docs" / "deploy" / "Caddyfile"), "--adapter", "caddyfile"],
            env={**without_settings(), **variables},
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if requests.get(f"http://127.0.0.1:{port}/healthz", timeout=5).ok:
                return process
        except requests.RequestException:
            pass
        time.sleep(0.1)
    process.kill()
    raise SystemExit(f"The proxy did not start:\n{log.read_text()[-2000:]}")
