"""Migrations build the tables that the code speaks of; constraints hold what the promises rest on."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.exc import IntegrityError

from bot.records import conversations
from bot.records.conversations import StaleTurn, TurnKey
from bot.records.messages import Inbound, accept_message
from bot.records.tables import escalations, metadata
from tests.conftest import TestServices

CONVERSATION = "a" * 32
INBOUND = Inbound(CONVERSATION, "hello", "website", "m1")


def test_migrations_and_tables_agree(services: TestServices) -> None:
    with services.database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_name": lambda name, kind, parents: name != "sqlite_sequence"}
        )
        assert compare_metadata(context, metadata) == []


def test_migrating_twice_changes_nothing(services: TestServices) -> None:
    services.database.migrate()
    assert services.database.is_current()


@pytest.mark.only_on("sqlite", reason="its own settings")
def test_sqlite_is_durable_and_shared(services: TestServices) -> None:
    with services.database.engine.connect() as connection:
        pragmas = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert pragmas == ["wal", 2, 1]


def test_a_conversation_cannot_have_two_open_escalations(services: TestServices) -> None:
    row = {
        "conversation_id": CONVERSATION, "channel": "website", "status": "open", "disposition": "urgent",
        "origin": "action", "findings": [], "criteria": [], "notes": [], "protocol_version": "", "protocol_hash": "",
        "opened_at": services.now(), "updated_at": services.now(),
    }  # fmt: skip
    with services.database.write() as connection:
        conversations.ensure_conversation(connection, INBOUND, services.now())
        connection.execute(escalations.insert().values(id="one", **{**row, "status": "closed"}))
        connection.execute(escalations.insert().values(id="two", **row))
    with pytest.raises(IntegrityError), services.database.write() as connection:
        connection.execute(escalations.insert().values(id="three", **{**row, "status": "acknowledged"}))


def begin(services: TestServices, message_id: int) -> TurnKey | None:
    with services.database.write() as connection:
        return conversations.begin_turn(connection, CONVERSATION, message_id, services.now())


def accept(services: TestServices, message_id: str) -> int:
    with services.database.write() as connection:
        conversations.ensure_conversation(connection, INBOUND, services.now())
        return accept_message(connection, Inbound(CONVERSATION, "hello", "website", message_id), services.now())[0]


def test_turn_owns_its_conversation_until_the_lease_ends(services: TestServices) -> None:
    first = accept(services, "m1")
    turn = begin(services, first)
    assert turn == TurnKey(CONVERSATION, 1)
    assert begin(services, first) is None
    services.pass_time(seconds=conversations.LEASE_SECONDS + 1)
    later = begin(services, first)
    assert later == TurnKey(CONVERSATION, 2)
    with pytest.raises(StaleTurn), services.database.write() as connection:
        conversations.hold_turn(connection, turn)
    with services.database.write() as connection:
        conversations.hold_turn(connection, later)


def test_later_message_waits_for_the_earlier_one(services: TestServices) -> None:
    first, second = accept(services, "m1"), accept(services, "m2")
    assert begin(services, second) is None
    assert begin(services, first) is not None


def test_stale_turn_files_nothing(services: TestServices) -> None:
    from bot.escalation.model import Origin, Report
    from bot.triage.model import Disposition

    accept(services, "m1")
    with pytest.raises(StaleTurn):
        services.escalations.file(TurnKey(CONVERSATION, 7), "website", Report(Disposition.URGENT, Origin.ACTION), None)
    assert services.escalations.list() == []


@pytest.mark.parametrize("text", ["", "default", "abc.1", "a" * 32, "a" * 32 + ".x", "a" * 32 + ".1.2"])
def test_foreign_sender_ids_are_no_turns(text: str) -> None:
    assert TurnKey.parse(text) is None
