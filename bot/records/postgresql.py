"""Connections to PostgreSQL that never keep a patient waiting, whatever the database or the network does."""

from __future__ import annotations

import select
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
import sqlalchemy as sa
from psycopg2 import extensions
from sqlalchemy.engine import Connection
from sqlalchemy.engine.url import URL
from sqlalchemy.pool import NullPool

#: Statements take a few milliseconds. A turn must end in the safe reply within five seconds, so it cannot wait long
#: for one, nor for the lock that it needs: first the server ends it; and where the server ends nothing (it is frozen,
#: or behind a network that swallows everything) this side hangs up.
STATEMENT_SECONDS = 2.0
HANG_UP_SECONDS = 2.5
#: A copy that is frozen in the middle of a transaction holds its locks no longer than this.
IDLE_SECONDS = 15.0
#: A turn holds a connection for milliseconds at a time, so ten serve it well; four copies at their most fit into
#: the hundred that PostgreSQL allows by default.
POOL_SIZE, OVERFLOW = 10, 10
POOL_SECONDS = 1.0
#: Any number: whoever holds this advisory lock migrates.
MIGRATION_LOCK = 4_023_117
#: So long one copy waits for another one's migrations before it says so and tries again.
MIGRATION_LOCK_SECONDS = 30.0
TABLE_LOCK_SECONDS = 1.0

_unhurried = threading.local()


def engine(url: str, options: dict[str, Any]) -> sa.engine.Engine:
    """A pool whose connections are tried before each use; ``options`` is what each of them carries."""
    # For the whole process: psycopg2 knows no other way to give up waiting.
    extensions.set_wait_callback(_wait)
    return sa.create_engine(
        url,
        execution_options=options,
        pool_pre_ping=True,
        pool_size=POOL_SIZE,
        max_overflow=OVERFLOW,
        pool_timeout=POOL_SECONDS,
        connect_args={
            "application_name": "aftercare",
            "options": f"-c statement_timeout={_ms(STATEMENT_SECONDS)}"
            f" -c idle_in_transaction_session_timeout={_ms(IDLE_SECONDS)}",
        },
    )


@contextmanager
def migrating(url: URL) -> Iterator[Connection]:
    """A connection on which a statement may take long. Only one at a time has it: others wait.

    A migration does not wait long for the lock on a table, since all turns wait behind it meanwhile: it fails, and
    is tried again later.
    """
    turn = {"options": f"-c lock_timeout={_ms(MIGRATION_LOCK_SECONDS)}"}
    waiting = sa.create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args=turn)
    brief = {"options": f"-c lock_timeout={_ms(TABLE_LOCK_SECONDS)}"}
    working = sa.create_engine(url, poolclass=NullPool, connect_args=brief)
    with waiting.connect() as lock, working.connect() as connection:
        _unhurried.on = True
        try:
            lock.exec_driver_sql(f"SELECT pg_advisory_lock({MIGRATION_LOCK})")
            yield connection
        finally:
            # Closing its connection gives the lock back.
            _unhurried.on = False


def _wait(connection: Any) -> None:
    """Waits until the connection has done what it was told, connecting included.

    Raises:
        psycopg2.OperationalError: it took too long; the connection is closed with that.
    """
    patience = float("inf") if getattr(_unhurried, "on", False) else HANG_UP_SECONDS
    deadline = time.monotonic() + patience
    while True:
        state = connection.poll()
        if state == extensions.POLL_OK:
            return
        left = deadline - time.monotonic()
        if left <= 0:
            raise psycopg2.OperationalError("no answer in time")
        poll = select.poll()
        poll.register(connection.fileno(), select.POLLIN if state == extensions.POLL_READ else select.POLLOUT)
        poll.poll(min(left, HANG_UP_SECONDS) * 1000)


def _ms(seconds: float) -> int:
    return int(seconds * 1000)
