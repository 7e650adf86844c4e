"""Really running servers: the command that users run, on a port and a data folder of its own."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests

from bot.settings import ROOT

START_SECONDS = 120
#: Settings of a server where nothing is about the pace.
UNLIMITED = {"AFTERCARE_RATE_CONVERSATION": "0", "AFTERCARE_RATE_ADDRESS": "0", "AFTERCARE_RATE_NEW": "0"}


class Server:
    """The server's address and data, and a patient's side of its REST door."""

    def __init__(
        self, process: subprocess.Popen[bytes], port: int, data_dir: Path, variables: Mapping[str, str]
    ) -> None:
        self.process = process
        self.url = f"http://127.0.0.1:{port}"
        self.data_dir = data_dir
        self.variables = variables

    def post(self, **kwargs: Any) -> requests.Response:
        return requests.post(f"{self.url}/webhooks/rest/webhook", timeout=20, **kwargs)

    def say(self, text: str, sender: str | None = None, **fields: str) -> list[dict[str, Any]]:
        """What the bot answers; a new patient unless ``sender`` is given."""
        response = self.post(json={"sender": sender or uuid.uuid4().hex, "message": text, **fields})
        assert response.status_code == 200, response.text
        return response.json()

    def aftercare(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs a command on the server's data."""
        return aftercare(*arguments, data_dir=self.data_dir, variables=self.variables)

    def escalations(self, *options: str) -> list[dict[str, Any]]:
        """As ``aftercare escalations --json`` lists them, from the disk."""
        return [json.loads(line) for line in self.aftercare("escalations", "--json", *options).stdout.splitlines()]

    def wait(self, path: str = "/readyz") -> Server:
        """Waits until this address answers with 200.

        Raises:
            AssertionError: the server ended, or took too long; the text is its log.
        """
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                if requests.get(self.url + path, timeout=5).status_code == 200:
                    return self
            except requests.RequestException:
                pass
            time.sleep(0.2)
        self.process.kill()
        raise AssertionError(f"the server did not start:\n{self.log()}")

    def log(self) -> str:
        return (self.data_dir / "server.log").read_text(encoding="utf-8")


def aftercare(
    *arguments: str, data_dir: Path, variables: Mapping[str, str] | None = None, **kwargs: Any
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot.cli", *arguments],
        cwd=ROOT,
        env={**environment(data_dir), **(variables or {})},
        capture_output=True,
        text=True,
        timeout=120,
        **kwargs,
    )


def environment(data_dir: Path) -> dict[str, str]:
    """For an installation that keeps everything in ``data_dir``."""
    return {**without_settings(), "AFTERCARE_DATA_DIR": str(data_dir)}


def without_settings() -> dict[str, str]:
    """The environment without the settings of whoever started this."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("AFTERCARE_", "DATABASE_"))}


def free_port() -> int:
    """On loopback, where nothing listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def launch_server(data_dir: Path, *options: str, **variables: str) -> Server:
    """Starts a server and does not wait for it."""
    port = free_port()
    log = open(data_dir / "server.log", "ab")  # noqa: SIM115  (the process keeps it)
    process = subprocess.Popen(
        [sys.executable, "-m", "bot.cli", "serve", "--port", str(port), *options],
        cwd=ROOT,
        env={**environment(data_dir), **variables},
        stdout=log,
        stderr=log,
    )
    return Server(process, port, data_dir, variables)


def start_server(data_dir: Path, *options: str, ready: bool = True, **variables: str) -> Server:
    return launch_server(data_dir, *options, **variables).wait("/readyz" if ready else "/healthz")


def stop_server(server: Server) -> int:
    server.process.terminate()
    return server.process.wait(timeout=30)
