"""Every command that a document names is run as it stands there, on an installation with a server, a conversation, a
route of notifications and a text number. Only names of people, files and ports are put in."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import requests
import sqlalchemy as sa

from bot.records.database import Database
from bot.records.tables import conversations
from bot.settings import ROOT
from tests.conftest import TEXT_TOKEN, assert_ends
from tests.documents.test_commands import named
from tests.escalation.notify.clinics import clinic_file
from tests.escalation.notify.receivers import webhook
from tests.servers import Server, environment, free_port, launch_server

LABELLED = ROOT / "tests" / "clinical" / "labelled" / "figurative.jsonl"
SECONDS = 120


@pytest.fixture(scope="module")
def installation(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("installation")
    with webhook() as pager:
        running = launch_server(
            folder,
            "--dev",
            AFTERCARE_SECRET_KEY="0" * 64,
            AFTERCARE_CLINIC=str(clinic_file(folder)),
            ON_CALL_URL=f"json://127.0.0.1:{pager.port}/page",
            TWILIO_AUTH_TOKEN=TEXT_TOKEN,
        ).wait()
        yield running
        assert_ends(running)


class Shell:
    """Runs commands in a folder of its own, on the installation's data."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server = server
        self.folder = folder

    def run(self, *words: str, typed: str = "", data_dir: Path | None = None) -> str:
        """What it prints; it must succeed."""
        made = subprocess.run(
            [sys.executable, "-m", "bot.cli", *words],
            cwd=self.folder,
            env={**environment(data_dir or self.server.data_dir), **self.server.variables},
            input=typed,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
        assert made.returncode == 0, made.stdout + made.stderr
        return made.stdout

    def a_conversation(self) -> str:
        self.server.say("hello")
        database = Database(f"sqlite:///{self.server.data_dir / 'aftercare.db'}")
        with database.read() as connection:
            newest = sa.select(conversations.c.id).order_by(conversations.c.created_at.desc()).limit(1)
            found: str = connection.execute(newest).scalar_one()
        database.dispose()
        return found


@pytest.fixture
def shell(installation: Server, tmp_path: Path) -> Shell:
    return Shell(installation, tmp_path)


def run(shell: Shell, words: tuple[str, ...]) -> None:
    url = f"http://localhost:{shell.server.url.rpartition(':')[2]}"
    match words:
        case ("forget", *_):
            shell.run("forget", shell.a_conversation())
        case ("audit", "verify", "--witness", _):
            witness = shell.run("audit", "verify").split()[-1]
            shell.run("audit", "verify", "--witness", witness)
        case ("evaluate", *rest):
            labelled = shell.folder / "labelled"
            labelled.mkdir()
            shutil.copy(LABELLED, labelled)
            shell.run("evaluate", str(labelled), *rest[1:])
        case ("staff", "add", _, *rest):
            assert "password" in shell.run("staff", "add", f"Somebody {uuid4().hex[:8]}", *rest)
        case ("triage",):
            assert "urgent" in shell.run("triage", typed='{"text": "my leg went numb"}\n')
        case ("backup", *rest):
            shell.run("backup", str(shell.folder / (rest[0].strip("/") if rest else "backup.jsonl.gz")))
        case ("restore", *_):
            shell.run("backup", "today.jsonl.gz")
            fresh = shell.folder / "fresh"
            fresh.mkdir()
            shell.run("restore", "today.jsonl.gz", data_dir=fresh)
            assert (fresh / "aftercare.db").exists()
        case ("serve", *_):
            port = free_port()
            command = [sys.executable, "-m", "bot.cli", "serve", "--port", str(port)]
            folder = shell.folder / "copy"
            folder.mkdir()
            copy = Server(subprocess.Popen(command, cwd=ROOT, env=environment(folder)), port, folder, {})
            assert requests.get(copy.wait("/healthz").url + "/widget.js", timeout=10).ok
            assert_ends(copy)
        case ("sms", "fallback", *_):
            assert "<Message>" in shell.run("sms", "fallback")
        case ("sms", "simulate", *rest):
            assert "911" in shell.run("sms", "simulate", "--server", url, *rest, typed="my leg went numb\n")
        case _:
            shell.run(*words)


@pytest.mark.parametrize("words", sorted({words for _, words in named()}), ids=" ".join)
def test_it_runs(shell: Shell, words: tuple[str, ...]) -> None:
    run(shell, words)
