"""What can be wrong with a database, each as a context in which it is so; after it the database is as it was."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from bot.records.conversations import ensure_conversation
from bot.records.database import Database
from bot.records.messages import Inbound, accept_message
from bot.records.tables import conversations, messages, metadata
from tests.postgres import Postgres

#: Pages without end, SQLite's own number for it.
NO_LIMIT = 1073741823


@dataclass(frozen=True)
class Place:
    """A database and where it is."""

    database: Database
    #: None on SQLite.
    server: Postgres | None

    @property
    def file(self) -> Path:
        path = self.database.engine.url.database
        assert path
        return Path(path)

    @property
    def name(self) -> str:
        return str(self.database.engine.url.database)


Fault = Callable[[Place], AbstractContextManager[None]]


@contextmanager
def _each_connection(database: Database, statement: str) -> Iterator[None]:
    """Every connection has this said to it before its use."""

    def say(connection: Any, *_: Any) -> None:
        connection.execute(statement)

    sa.event.listen(database.engine, "checkout", say)
    try:
        yield
    finally:
        sa.event.remove(database.engine, "checkout", say)
        database.dispose()


@contextmanager
def folder_gone(place: Place) -> Iterator[None]:
    folder = place.file.parent
    away = folder.with_name("away")
    folder.rename(away)
    place.database.dispose()
    try:
        yield
    finally:
        away.rename(folder)
        place.database.dispose()


@contextmanager
def file_unreadable(place: Place) -> Iterator[None]:
    """Something that is no database stands in the file's place. (A file's mode does not bind the superuser.)"""
    place.database.dispose()
    folder = place.file.parent
    away = folder.with_name("away")
    folder.rename(away)
    folder.mkdir()
    place.file.write_bytes(b"not a database " * 500)
    try:
        yield
    finally:
        place.database.dispose()
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()
        away.rename(folder)


@contextmanager
def locked_by_another(place: Place) -> Iterator[None]:
    other = sqlite3.connect(place.file, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


def _takes(database: Database, inbound: Inbound, now: datetime) -> bool:
    try:
        with database.write() as connection:
            ensure_conversation(connection, inbound, now)
            accept_message(connection, inbound, now)
    except OperationalError as error:
        if "full" not in str(error.orig):
            raise
        return False
    return True


@contextmanager
def disk_full(place: Place) -> Iterator[None]:
    """The file may not grow, and what was free in it is used up."""
    conversation = uuid.uuid4().hex
    now = datetime.now(timezone.utc)
    with place.database.write() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    with _each_connection(place.database, f"PRAGMA max_page_count = {pages}"):
        while _takes(place.database, Inbound(conversation, "", "website", uuid.uuid4().hex), now):
            pass
        yield
    with _each_connection(place.database, f"PRAGMA max_page_count = {NO_LIMIT}"), place.database.write() as connection:
        connection.execute(messages.delete().where(messages.c.conversation_id == conversation))
        connection.execute(conversations.delete().where(conversations.c.id == conversation))


@contextmanager
def query_only(place: Place) -> Iterator[None]:
    with _each_connection(place.database, "PRAGMA query_only = ON"):
        yield


@contextmanager
def server_stopped(place: Place) -> Iterator[None]:
    assert place.server
    place.server.stop()
    try:
        yield
    finally:
        place.server.start()


@contextmanager
def tables_locked(place: Place) -> Iterator[None]:
    other = Database(place.database.url)
    try:
        with other.engine.connect() as connection, connection.begin():
            connection.exec_driver_sql(f"LOCK TABLE {', '.join(metadata.tables)} IN ACCESS EXCLUSIVE MODE")
            yield
    finally:
        other.dispose()


@contextmanager
def default_read_only(place: Place) -> Iterator[None]:
    assert place.server
    place.server.sql(f"ALTER DATABASE {place.name} SET default_transaction_read_only = on")
    place.database.dispose()
    try:
        yield
    finally:
        place.server.sql(f"ALTER DATABASE {place.name} RESET default_transaction_read_only")
        place.database.dispose()


@contextmanager
def nothing_wrong(place: Place) -> Iterator[None]:
    """The database was away and is back: the fault is over before anybody writes."""
    with (server_stopped if place.server else folder_gone)(place):
        pass
    yield


#: By engine: of both.
BOTH: dict[str, dict[str, Fault]] = {
    "down": {"sqlite": folder_gone, "postgresql": server_stopped},
    "restarted between two messages": {"sqlite": nothing_wrong, "postgresql": nothing_wrong},
    "locked": {"sqlite": locked_by_another, "postgresql": tables_locked},
    "read-only": {"sqlite": query_only, "postgresql": default_read_only},
}
SQLITE: dict[str, Fault] = {"unreadable": file_unreadable, "disk full": disk_full}
