"""Migrating while other copies start, while they are of another version, and once a database is there at all."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from bot.records.database import MIGRATIONS, Database, revisions
from tests.conftest import TestServices
from tests.servers import aftercare


@pytest.fixture
def empty_url(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A database without tables."""
    if engine == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    postgres = request.getfixturevalue("postgres")
    postgres.sql("CREATE DATABASE without_tables")
    yield postgres.url("without_tables")
    postgres.drop(postgres.url("without_tables"))


def test_copies_that_start_at_once_migrate_once(empty_url: str, tmp_path: Path) -> None:
    def copy(number: int) -> str:
        folder = tmp_path / str(number)
        folder.mkdir()
        return aftercare("db", "upgrade", data_dir=folder, variables={"DATABASE_URL": empty_url}).stdout

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(copy, range(3))) == ["The database is up to date.\n"] * 3
    database = Database(empty_url)
    assert database.is_current()
    database.dispose()


def test_older_copy_goes_on_with_the_schema_of_a_newer_one(services: TestServices) -> None:
    with services.database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    assert services.database.is_current()
    services.database.migrate()
    with services.database.read() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == "9999"


def test_older_schema_is_not_current(services: TestServices) -> None:
    with services.database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    assert not services.database.is_current()


def test_migrations_are_numbered_in_their_order() -> None:
    scripts = ScriptDirectory(str(MIGRATIONS))
    assert [script.revision for script in scripts.walk_revisions()] == revisions()[::-1]
