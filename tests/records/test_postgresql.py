"""PostgreSQL that is away, frozen, locked or restarted: every wait ends, and the reason is said without secrets."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from sqlalchemy.exc import DBAPIError, OperationalError

from bot.records.database import Database, again_if_lost, fault_of
from tests.conftest import TestServices
from tests.postgres import GUARDED, Postgres

pytestmark = pytest.mark.only_on("postgresql", reason="its own faults")


def fault(url: str) -> str:
    """Why a database at this address cannot be used."""
    database = Database(url)
    with pytest.raises(OperationalError) as caught:
        database.is_current()
    said = fault_of(caught.value)
    assert "hidden" not in said
    assert "hidden" not in str(caught.value)
    return said


@pytest.fixture
def deaf_port() -> Iterator[int]:
    """Takes connections and never says a word."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_host_that_never_answers(deaf_port: int) -> None:
    assert fault(f"postgresql://user:hidden@127.0.0.1:{deaf_port}/aftercare") == "it does not answer in time"


def test_nobody_listens() -> None:
    assert fault("postgresql://user:hidden@127.0.0.1:1/aftercare") == "it cannot be reached"


def test_unknown_host() -> None:
    assert fault("postgresql://user:hidden@nowhere.invalid/aftercare") == "the host name in DATABASE_URL is not known"


def test_wrong_password(postgres: Postgres) -> None:
    postgres.sql(f"CREATE ROLE {GUARDED} LOGIN PASSWORD 'right'")
    url = postgres.url("migrated").replace("postgres@", f"{GUARDED}:hidden@")
    assert fault(url) == "it refuses the user or the password of DATABASE_URL"


def test_no_such_database(postgres: Postgres) -> None:
    assert fault(postgres.url("absent")) == "it has no database of the name in DATABASE_URL"


def test_statement_that_takes_too_long_is_ended(services: TestServices) -> None:
    with pytest.raises(DBAPIError) as caught, services.database.read() as connection:
        connection.exec_driver_sql("SELECT pg_sleep(60)")
    assert fault_of(caught.value) == "it does not answer in time"


def test_server_that_ends_nothing_itself_is_hung_up_on(services: TestServices) -> None:
    with services.database.engine.connect() as connection:
        connection.exec_driver_sql("SET statement_timeout = 0")
        with pytest.raises(DBAPIError) as caught:
            connection.exec_driver_sql("SELECT pg_sleep(60)")
    assert caught.value.connection_invalidated
    assert fault_of(caught.value) == "it does not answer in time"
    assert services.database.is_current(), "the next one gets a new connection"


def test_lock_is_not_waited_for_long(services: TestServices) -> None:
    with services.database.write() as holder:
        holder.exec_driver_sql("LOCK TABLE conversations")
        with pytest.raises(DBAPIError) as caught, services.database.write() as connection:
            connection.exec_driver_sql("SELECT * FROM conversations")
    assert fault_of(caught.value) == "it does not answer in time"


def test_restart_between_two_messages_loses_nothing(services: TestServices, postgres: Postgres) -> None:
    assert services.database.is_current()
    postgres.stop()
    postgres.start()
    assert services.database.is_current()


def test_connection_lost_while_in_use_is_tried_again_once(services: TestServices, postgres: Postgres) -> None:
    runs = []

    def work() -> int:
        with services.database.write() as connection:
            own = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
            runs.append(own)
            if len(runs) == 1:
                postgres.sql(f"SELECT pg_terminate_backend({own})")
            return int(connection.exec_driver_sql("SELECT 7").scalar())

    assert again_if_lost(work) == 7
    assert len(runs) == 2


def test_what_went_wrong_otherwise_is_not_tried_again(services: TestServices) -> None:
    runs = []

    def work() -> None:
        runs.append(1)
        with services.database.write() as connection:
            connection.exec_driver_sql("SELECT 1/0")

    with pytest.raises(DBAPIError):
        again_if_lost(work)
    assert len(runs) == 1
