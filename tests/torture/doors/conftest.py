"""One server for all the torture of the doors: a token on its REST door, no limit of pace, faults by name."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.settings import ROOT
from tests.conftest import TEXT_TOKEN
from tests.servers import UNLIMITED, Server, environment, free_port, stop_server

TOKEN = "torture-" + "t" * 24
#: As many texts as there are.
TEXTS = {"AFTERCARE_TEXTS_PER_NUMBER": "0", "AFTERCARE_TEXTS_PER_DAY": "0"}


@pytest.fixture(scope="package")
def door(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("doors")
    variables = UNLIMITED | TEXTS | {"AFTERCARE_API_TOKEN": TOKEN, "TWILIO_AUTH_TOKEN": TEXT_TOKEN}
    port = free_port()
    with open(folder / "server.log", "ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.torture.doors.faulty_server", "serve", "--port", str(port)],
            cwd=ROOT,
            env={**environment(folder), **variables},
            stdout=log,
            stderr=log,
        )
    server = Server(process, port, folder, variables).wait()
    yield server
    stop_server(server)
