"""The database: SQLite in WAL mode by default, PostgreSQL by ``DATABASE_URL``; short transactions only."""

from __future__ import annotations

import os
import re
import stat
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from bot.records import postgresql

MIGRATIONS = Path(__file__).resolve().parent / "migrations"
#: Below Rasa's deadline, so that a stuck statement fails the turn and not the other way round.
STATEMENT_TIMEOUT_SECONDS = 2.0
#: A connection that is lost later than this has cost its turn too much time for another try.
AT_ONCE_SECONDS = 1.0
#: How long a writer of SQLite waits for the others of its process before it asks the file.
LINE_SECONDS = 1.0
T = TypeVar("T")
_CREATING = threading.Lock()


class Database:
    """Opens nothing until it is used. Threads may share it."""

    def __init__(self, url: str, options: Mapping[str, Any] | None = None) -> None:
        """``options`` is what every connection carries for those who work on it: the key of the audit trail."""
        self.url = url
        make = _sqlite if make_url(url).get_backend_name() == "sqlite" else postgresql.engine
        self.engine = make(url, dict(options or {}))
        self._writer = threading.Lock()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that commits on leaving the block. SQLite takes its write lock at once, so that
        two writers wait for each other instead of failing half-way."""
        with self._in_line(), self.engine.connect() as connection:
            connection = connection.execution_options(begin_immediate=True)
            with connection.begin():
                yield connection

    @contextmanager
    def _in_line(self) -> Iterator[None]:
        """SQLite's own wait for its one writer is a sleep of growing length, in which others overtake for seconds.
        So the writers of this process stand in line here; who has waited for long tries all the same."""
        if self.engine.dialect.name != "sqlite":
            yield
            return
        mine = self._writer.acquire(timeout=LINE_SECONDS)
        try:
            yield
        finally:
            if mine:
                self._writer.release()

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """One transaction for reading in which everything is of the same moment, however long it takes."""
        with self.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    def revision(self, connection: Connection) -> str | None:
        """The version of the schema; None before it has one."""
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        return found

    def migrate(self, to: str = "head") -> None:
        """Brings the schema to a version, by default the newest; does nothing when it is there, or when a newer
        version of the app has been here already. Copies that start at once migrate one after the other.

        Raises:
            SQLAlchemyError: the database is away or refused; migrations that were complete stay.
            CommandError: there is no version ``to``.
        """
        with self._migrating() as connection:
            if not self._known(connection):
                return
            # A third of a second that no other start needs.
            from alembic import command
            from alembic.config import Config

            config = Config()
            config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
            config.attributes["connection"] = connection
            command.upgrade(config, to)

    @contextmanager
    def _migrating(self) -> Iterator[Connection]:
        """A connection for migrations, which nobody else has at the same time."""
        if self.engine.dialect.name == "sqlite":
            with self.engine.connect() as connection:
                # Not back into the pool: turns do not wait so long for the write lock, with which this one begins.
                connection.detach()
                connection.exec_driver_sql(f"PRAGMA busy_timeout = {int(postgresql.MIGRATION_LOCK_SECONDS * 1000)}")
                yield connection.execution_options(begin_immediate=True)
        else:
            with postgresql.migrating(self.engine.url) as connection:
                yield connection

    def is_current(self) -> bool:
        """True if the schema is at this version's newest, or at a newer version's: while copies are replaced
        one by one, the older ones go on with it."""
        with self.engine.connect() as connection:
            return self.revision(connection) == revisions()[-1] or not self._known(connection)

    def _known(self, connection: Connection) -> bool:
        """The schema's version is one of ours, or it has none yet."""
        current = self.revision(connection)
        return current is None or current in revisions()

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

    @sa.event.listens_for(engine, "do_connect")
    def owner_alone(_dialect: Any, _record: Any, _arguments: Any, _options: Any) -> None:
        path = engine.url.database
        if path and path != ":memory:":
            _keep_private(Path(path))

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


def revisions() -> list[str]:
    """The versions of the schema that this app knows, oldest first: the numbers that migrations' names begin with."""
    return sorted(file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*.py"))


#: What the drivers say -> what an operator wants to know. Their own words may name hosts and users.
_FAULTS = (
    (r"password|pg_hba|role .* does not exist", "it refuses the user or the password of DATABASE_URL"),
    (r'database ".*" does not exist', "it has no database of the name in DATABASE_URL"),
    (r"could not translate host name", "the host name in DATABASE_URL is not known"),
    (r"starting up|shutting down|terminating connection|server closed", "it is starting or stopping"),
    (r"timeout|timed out|no answer|canceling statement", "it does not answer in time"),
    (r"refused|No such file|unreachable|could not connect|connection to server", "it cannot be reached"),
    (r"unable to open", "its file cannot be opened"),
    (r"readonly|read-only", "it is read-only"),
    (r"full|No space", "its disk is full"),
    (r"locked", "it is locked"),
    (r"QueuePool limit", "all connections to it are in use"),
    (r"no such table|relation .* does not exist|no such column", "its schema is not there yet"),
)


def fault_of(error: Exception) -> str:
    """What is wrong with the database, in words that name no host, user or password."""
    said = str(getattr(error, "orig", None) or error)
    return next((words for pattern, words in _FAULTS if re.search(pattern, said)), type(error).__name__)


def again_if_lost(work: Callable[[], T]) -> T:
    """Runs ``work``; once more if its connection was lost at once, as when the database restarted between two
    messages. Whether the lost transaction was committed is unknown, so ``work`` must do no harm when it is done
    twice.

    Raises:
        SQLAlchemyError: as ``work``.
    """
    began = time.monotonic()
    try:
        return work()
    except DBAPIError as error:
        if not error.connection_invalidated or time.monotonic() - began > AT_ONCE_SECONDS:
            raise
        return work()


def _keep_private(path: Path) -> None:
    """The file is its owner's alone; SQLite makes the files beside it (-wal, -shm) with the same rights.

    An existing file is never opened here: closing it would take away the locks of this process's other connections.
    """
    with _CREATING:
        try:
            if not path.exists():
                os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            for file in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
                if file.exists() and stat.S_IMODE(file.stat().st_mode) & 0o077:
                    file.chmod(0o600)
        except OSError:
            # Read-only, or somebody else's: whether it can be used at all, SQLite will say.
            return
