"""What was backed up while the server worked is there again on a fresh installation of either engine."""

from __future__ import annotations

import gzip
import json
import stat
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.datastructures import Secret
from typer.testing import CliRunner

from bot.backup import BackupError, make, restore
from bot.cli.command import app
from bot.conversation.recovery.spool import Spool
from bot.escalation import audit
from bot.escalation.model import Origin, Report
from bot.records import conversations, messages
from bot.records.database import Database
from bot.records.messages import Inbound, Reply
from bot.records.tables import messages as messages_table
from bot.records.tables import metadata
from bot.services import install
from bot.triage.model import Disposition
from tests.conftest import ENGINES, TestServices

KEY = "0" * 64
Fresh = Callable[[str], Database]


@pytest.fixture
def lived(services: TestServices) -> TestServices:
    """An installation on which something of everything has happened."""
    for number in range(3):
        inbound = Inbound(f"{number:032x}", "my leg went numb — ça va?", "rest", f"m{number}", f"p{number}")
        with services.database.write() as connection:
            conversations.ensure_conversation(connection, inbound, services.now())
            message_id, _ = messages.accept_message(connection, inbound, services.now())
            messages.store_screen(connection, message_id, "urgent", {"findings": [], "of": None})
            report = Report(Disposition.URGENT, Origin.ACTION)
            filed = services.escalations.file_within(connection, inbound.conversation_id, "rest", report, message_id)
            reply = Reply("Call us.", ({"title": "Yes", "payload": "/yes"},), "urgent", "utter_urgent")
            messages.store_replies(connection, message_id, inbound.conversation_id, "rest", [reply], services.now())
        services.pass_time(seconds=7)
        services.escalations.acknowledge(filed.id, "Ana", filed.version)
    Spool(services.settings.data_dir / "spool.jsonl").append(Inbound("f" * 32, "fever", "rest", "m9"), services.now())
    return services


@pytest.fixture
def fresh(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Fresh]:
    """Makes an empty database of an engine, without tables."""
    made: list[Database] = []
    undo: list[Callable[[], None]] = []

    def make_one(engine: str) -> Database:
        folder = tmp_path / f"fresh{len(made)}"
        folder.mkdir()
        if engine == "sqlite":
            url = f"sqlite:///{folder / 'aftercare.db'}"
        else:
            postgres = request.getfixturevalue("postgres")
            url = postgres.url(f"restored{len(made)}")
            postgres.sql(f"CREATE DATABASE restored{len(made)}")
            undo.append(lambda: postgres.drop(url))
        made.append(Database(url, {audit.KEY_OPTION: audit.key_of(KEY)}))
        return made[-1]

    yield make_one
    for database in made:
        database.dispose()
    for step in undo:
        step()


def contents(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables; JSON as it was written."""
    with database.read() as connection:
        return {
            table.name: sorted(
                (
                    tuple(row)
                    for row in connection.execute(
                        sa.select(*(sa.cast(c, sa.Text) if isinstance(c.type, sa.JSON) else c for c in table.c))
                    )
                ),
                key=repr,
            )
            for table in metadata.sorted_tables
        }


def backed_up(services: TestServices, to: Path) -> Path:
    return make(services.database, services.settings.data_dir / "spool.jsonl", KEY, to, services.now())[0]


@pytest.mark.parametrize("target", ENGINES)
def test_everything_comes_back_on_either_engine(lived: TestServices, fresh: Fresh, tmp_path: Path, target: str) -> None:
    path = backed_up(lived, tmp_path)
    database = fresh(target)
    spool = tmp_path / "fresh.spool"
    done = restore(database, spool, KEY, path)
    assert done.faults == []
    assert done.spooled == 1
    assert contents(database) == contents(lived.database)
    assert sum(map(len, contents(database).values())) == done.rows > 10
    assert spool.read_text() == (lived.settings.data_dir / "spool.jsonl").read_text()
    assert database.is_current()
    # And it goes on: new rows get numbers of their own, and the trail its next entry.
    inbound = Inbound("a" * 32, "hi", "rest", "new")
    with database.write() as connection:
        conversations.ensure_conversation(connection, inbound, lived.now())
        messages.accept_message(connection, inbound, lived.now())
        audit.append(connection, "Ana", "case.viewed", "escalation/1", {}, lived.now())
        assert audit.verify(connection) == []


def test_it_is_of_one_moment_while_patients_write(lived: TestServices, fresh: Fresh, tmp_path: Path) -> None:
    """Each message is stored with its reply in one transaction, so no backup holds one without the other."""
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            inbound = Inbound(f"{number % 3:032x}", "hello", "rest", f"w{number}")
            with lived.database.write() as connection:
                message_id, _ = messages.accept_message(connection, inbound, lived.now())
                messages.store_replies(
                    connection, message_id, inbound.conversation_id, "rest", [Reply("Hi", (), "none", "")], lived.now()
                )
                audit.append(connection, "Ana", "case.viewed", f"escalation/{number}", {}, lived.now())
            number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        paths = [backed_up(lived, tmp_path / f"{number}.gz") for number in range(3)]
    finally:
        stop.set()
        writer.join()
    for path in paths:
        database = fresh("sqlite")
        assert restore(database, tmp_path / f"{path.name}.spool", KEY, path).faults == []
        with database.read() as connection:
            asked = {row.id for row in connection.execute(messages_table.select()) if row.author == "patient"}
            answered = {row.replies_to for row in connection.execute(messages_table.select()) if row.replies_to}
        assert asked == answered


def test_it_is_its_owners_alone_and_never_written_over(lived: TestServices, tmp_path: Path) -> None:
    path = backed_up(lived, tmp_path / "one.gz")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_bytes()
    with pytest.raises(BackupError, match="exists"):
        backed_up(lived, path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.glob("*.part")] == []


@pytest.mark.only_on("sqlite", reason="the form does not depend on the engine")
def test_the_secret_key_is_not_in_it(lived: TestServices, tmp_path: Path) -> None:
    key = "5a" * 32
    path, _ = make(lived.database, tmp_path / "spool", key, tmp_path, lived.now())
    assert key.encode() not in gzip.decompress(path.read_bytes())


def test_only_a_fresh_installation_is_filled(lived: TestServices, fresh: Fresh, tmp_path: Path, engine: str) -> None:
    path = backed_up(lived, tmp_path)
    before = contents(lived.database)
    with pytest.raises(BackupError, match="not empty"):
        restore(lived.database, tmp_path / "no.spool", KEY, path)
    with pytest.raises(BackupError, match="is there already"):
        restore(fresh(engine), lived.settings.data_dir / "spool.jsonl", KEY, path)
    assert contents(lived.database) == before


def test_damage_is_found_and_leaves_nothing(lived: TestServices, fresh: Fresh, tmp_path: Path, engine: str) -> None:
    path = backed_up(lived, tmp_path)
    whole = path.read_bytes()
    lines = gzip.decompress(whole).splitlines(keepends=True)
    damaged = {
        "cut": whole[: len(whole) // 2],
        "without its end": gzip.compress(b"".join(lines[:-1])),
        "a row less": gzip.compress(b"".join(lines[:2] + lines[3:])),
        "another form": gzip.compress(json.dumps({**json.loads(lines[0]), "aftercare_backup": 2}).encode()),
        "of a newer version": gzip.compress(json.dumps({**json.loads(lines[0]), "revision": "9999"}).encode()),
        "no backup": b"hello",
    }
    database = fresh(engine)
    for name, data in damaged.items():
        path = tmp_path / f"{name}.gz"
        path.write_bytes(data)
        with pytest.raises(BackupError):
            restore(database, tmp_path / "spool", KEY, path)
    assert not (tmp_path / "spool").exists()
    # Whatever schema is there by now: the same database takes the whole backup.
    path.write_bytes(whole)
    assert restore(database, tmp_path / "spool", KEY, path).faults == []


@pytest.mark.only_on("sqlite", reason="the trail's own tests run on both engines")
def test_a_change_in_the_backup_shows_in_the_trail(lived: TestServices, fresh: Fresh, tmp_path: Path) -> None:
    path = backed_up(lived, tmp_path)
    text = gzip.decompress(path.read_bytes()).replace(b'"escalation.acknowledged"', b'"escalation.closed"', 1)
    path.write_bytes(gzip.compress(text))
    assert restore(fresh("sqlite"), tmp_path / "spool", KEY, path).faults


@pytest.mark.only_on("sqlite", reason="the key does not depend on the engine")
def test_another_key_is_refused_unless_it_is_lost(lived: TestServices, fresh: Fresh, tmp_path: Path) -> None:
    path, database = backed_up(lived, tmp_path), fresh("sqlite")
    with pytest.raises(BackupError, match="another secret key"):
        restore(database, tmp_path / "spool", "1" * 64, path)
    other = Database(database.url, {audit.KEY_OPTION: audit.key_of("1" * 64)})
    done = restore(other, tmp_path / "spool", "1" * 64, path, lost_key=True)
    assert any("the key is another one" in fault.what for fault in done.faults)
    other.dispose()


@pytest.mark.only_on("sqlite", reason="the commands are the same on both")
def test_the_commands(lived: TestServices, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = CliRunner().invoke(app, ["backup", str(tmp_path / "b.gz")])
    assert made.exit_code == 0, made.output
    assert CliRunner().invoke(app, ["backup", str(tmp_path / "b.gz")]).exit_code == 2
    folder = tmp_path / "new"
    monkeypatch.setenv("AFTERCARE_DATA_DIR", str(folder))
    assert CliRunner().invoke(app, ["restore", str(tmp_path / "b.gz")]).exit_code == 2  # no key, and none is made
    assert not folder.exists()
    monkeypatch.setenv("AFTERCARE_SECRET_KEY", KEY)
    folder.mkdir()
    settings = replace(lived.settings, data_dir=folder, database_url=Secret(f"sqlite:///{folder / 'aftercare.db'}"))
    target = TestServices(settings)
    install(target)
    done = CliRunner().invoke(app, ["restore", str(tmp_path / "b.gz")])
    assert done.exit_code == 0, done.output
    assert "audit trail is whole" in done.output
    verified = CliRunner().invoke(app, ["audit", "verify"])
    assert verified.output.split()[-1] in done.output
    target.database.dispose()
