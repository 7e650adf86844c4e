"""A really running server: the command that users run, on a port and a data folder of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from bot.settings import ROOT

START_SECONDS = 120


class Server:
    """The server's address and data, and a patient's side of its REST door."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, data_dir: Path) -> None:
        self.process = process
        self.url = f"http://127.0.0.1:{port}"
        self.data_dir = data_dir

    def post(self, **kwargs: Any) -> requests.Response:
        return requests.post(f"{self.url}/webhooks/rest/webhook", timeout=20, **kwargs)

    def say(self, text: str, sender: str | None = None, **fields: str) -> list[dict[str, Any]]:
        """What the bot answers; a new patient unless ``sender`` is given."""
        response = self.post(json={"sender": sender or uuid.uuid4().hex, "message": text, **fields})
        assert response.status_code == 200, response.text
        return response.json()

    def escalations(self, *options: str) -> list[dict[str, Any]]:
        """As ``aftercare escalations --json`` lists them, from the disk."""
        listed = aftercare("escalations", "--json", *options, data_dir=self.data_dir)
        return [json.loads(line) for line in listed.stdout.splitlines()]


def aftercare(*arguments: str, data_dir: Path, **kwargs: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot.cli", *arguments],
        cwd=ROOT,
        env=environment(data_dir),
        capture_output=True,
        text=True,
        timeout=120,
        **kwargs,
    )


def environment(data_dir: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AFTERCARE_", "DATABASE_"))}
    return {**kept, "AFTERCARE_DATA_DIR": str(data_dir)}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_server(data_dir: Path, *options: str, ready: bool = True, **variables: str) -> Server:
    port = free_port()
    log = open(data_dir / "server.log", "ab")  # noqa: SIM115  (the process keeps it)
    process = subprocess.Popen(
        [sys.executable, "-m", "bot.cli", "serve", "--port", str(port), *options],
        cwd=ROOT,
        env={**environment(data_dir), **variables},
        stdout=log,
        stderr=log,
    )
    server = Server(process, port, data_dir)
    path = "/readyz" if ready else "/healthz"
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if requests.get(server.url + path, timeout=5).status_code == 200:
                return server
        except requests.RequestException:
            pass
        time.sleep(0.2)
    process.kill()
    raise AssertionError(f"the server did not start:\n{(data_dir / 'server.log').read_text()}")


def stop_server(server: Server) -> int:
    server.process.terminate()
    return server.process.wait(timeout=30)


@pytest.fixture(scope="session")
def server(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = start_server(tmp_path_factory.mktemp("server"), "--dev")
    yield running
    # uvicorn finishes its requests and then ends by the signal that it was sent.
    assert stop_server(running) in (0, -signal.SIGTERM)
