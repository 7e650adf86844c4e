"""What is kept on disk is its owner's alone, whatever the umask."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.datastructures import Secret

from bot.conversation.recovery.spool import Spool
from bot.records.messages import Inbound
from tests.conftest import TestServices, settings_in


@pytest.fixture
def no_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("no_umask")
def test_files_and_folder_are_the_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    settings = replace(settings_in(folder), secret_key=Secret("")).prepare()
    services = TestServices(settings)
    services.database.migrate()
    with services.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM outbox")
        Spool(folder / "spool.jsonl").append(Inbound("a" * 32, "words", "website", "m"), services.now())
        rights = {file.name: oct(stat.S_IMODE(file.stat().st_mode)) for file in folder.iterdir()}
    services.database.dispose()
    files = ("aftercare.db", "aftercare.db-wal", "aftercare.db-shm", "spool.jsonl", "spool.lock", "secret_key")
    assert rights == dict.fromkeys(files, "0o600")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.usefixtures("no_umask")
def test_a_database_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    services = TestServices(settings_in(tmp_path))
    (tmp_path / "aftercare.db").touch(mode=0o666)
    services.database.migrate()
    services.database.dispose()
    assert stat.S_IMODE((tmp_path / "aftercare.db").stat().st_mode) == 0o600
