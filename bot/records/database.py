"""The database: SQLite in WAL mode by default, PostgreSQL by ``DATABASE_URL``; short transactions only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.pool import QueuePool

MIGRATIONS = Path(__file__).resolve().parent / "migrations"
#: Below Rasa's deadline, so that a stuck statement fails the turn and not the other way round.
STATEMENT_TIMEOUT_SECONDS = 2.5


class Database:
    """Opens nothing until it is used. Threads may share it."""

    def __init__(self, url: str, options: Mapping[str, Any] | None = None) -> None:
        """``options`` is what every connection carries for those who work on it: the key of the audit trail."""
        self.url = url
        make = _sqlite if make_url(url).get_backend_name() == "sqlite" else _postgresql
        self.engine = make(url, dict(options or {}))

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that commits on leaving the block. SQLite takes its write lock at once, so that
        two writers wait for each other instead of failing half-way."""
        with self.engine.connect() as connection:
            connection = connection.execution_options(begin_immediate=True)
            with connection.begin():
                yield connection

    def migrate(self) -> None:
        """Brings the schema to the newest version; does nothing when it is there."""
        with self.engine.connect() as connection:
            config = Config()
            config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def is_current(self) -> bool:
        """True if the schema is at the newest version."""
        with self.engine.connect() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
        return current == ScriptDirectory(str(MIGRATIONS)).get_current_head()

    def dispose(self) -> None:
        self.engine.dispose()


def _sqlite(url: str, options: dict[str, Any]) -> sa.engine.Engine:
    engine = sa.create_engine(
        url,
        execution_options=options,
        poolclass=QueuePool,
        pool_size=5,
        max_overflow=20,
        connect_args={"check_same_thread": False, "timeout": STATEMENT_TIMEOUT_SECONDS},
    )

    @sa.event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        # pysqlite would begin transactions by its own rules; we begin them (SQLAlchemy's documented recipe).
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        # A reply that claims a stored escalation must survive a power cut.
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get("begin_immediate")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine


def _postgresql(url: str, options: dict[str, Any]) -> sa.engine.Engine:
    milliseconds = int(STATEMENT_TIMEOUT_SECONDS * 1000)
    return sa.create_engine(
        url,
        execution_options=options,
        pool_pre_ping=True,
        pool_size=5,
        max_overflow=20,
        pool_timeout=STATEMENT_TIMEOUT_SECONDS,
        connect_args={
            "connect_timeout": 3,
            "options": f"-c statement_timeout={milliseconds} -c lock_timeout={milliseconds}",
        },
    )
