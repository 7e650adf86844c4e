"""Whoever waits hears of messages and escalations of any copy, and only of those that concern them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator

import pytest

from bot.escalation import repository
from bot.escalation.model import Origin, Report, Status
from bot.records.changes import Changes
from bot.records.conversations import ensure_conversation
from bot.records.database import Database
from bot.records.messages import Inbound, accept_message
from bot.records.tables import escalations, messages
from bot.triage.model import Disposition
from tests.conftest import TestServices

MINE, OTHER = "a" * 32, "b" * 32
LONG = 10.0
SHORT = 0.2


@pytest.fixture
def changes(services: TestServices) -> Iterator[Changes]:
    # A connection pool of its own, as another copy of the server has.
    database = Database(services.database.url)
    made = Changes(database, every=0.02)
    made.start()
    yield made
    made.stop()
    database.dispose()


def write(services: TestServices, conversation_id: str, message_id: str) -> None:
    inbound = Inbound(conversation_id, "hello", "website", conversation_id + message_id)
    with services.database.write() as connection:
        ensure_conversation(connection, inbound, services.now())
        accept_message(connection, inbound, services.now())


def file(services: TestServices) -> str:
    report = Report(Disposition.URGENT, Origin.ACTION)
    with services.database.write() as connection:
        return services.escalations.file_within(connection, MINE, "website", report, None).id


def set_status(services: TestServices, status: Status) -> None:
    with services.database.write() as connection:
        escalation = repository.find_open(connection, MINE)
        assert escalation
        change = escalations.update().where(escalations.c.id == escalation.id)
        connection.execute(change.values(status=status.value))


def listening(
    changes: Changes, conversation_id: str | None, act: Callable[[Callable[[float], Awaitable[bool]]], Awaitable[None]]
) -> None:
    """Runs ``act`` with a way to wait, after the first wake-up, which every subscription gets."""

    async def run() -> None:
        with changes.subscribe(conversation_id) as subscription:
            assert await subscription.wait(LONG)
            await act(subscription.wait)

    asyncio.run(run())


@pytest.mark.parametrize("conversation_id", [MINE, None])
def test_a_message_wakes_its_own_conversation(
    services: TestServices, changes: Changes, conversation_id: str | None
) -> None:
    write(services, MINE, "m0")

    async def act(wait: Callable[[float], Awaitable[bool]]) -> None:
        assert not await wait(SHORT)
        write(services, MINE, "m1")
        assert await wait(LONG)
        assert not await wait(SHORT)

    listening(changes, conversation_id, act)


def test_a_message_that_is_gone_wakes_its_conversation(services: TestServices, changes: Changes) -> None:
    write(services, OTHER, "m0")
    write(services, MINE, "m0")

    async def act(wait: Callable[[float], Awaitable[bool]]) -> None:
        with services.database.write() as connection:
            connection.execute(messages.delete().where(messages.c.conversation_id == MINE))
        assert await wait(LONG)
        assert not await wait(SHORT)

    listening(changes, MINE, act)


def test_another_conversation_wakes_nobody(services: TestServices, changes: Changes) -> None:
    async def act(wait: Callable[[float], Awaitable[bool]]) -> None:
        write(services, OTHER, "m1")
        assert not await wait(SHORT)

    listening(changes, MINE, act)


def test_an_escalation_wakes_when_it_is_filed_seen_and_closed(services: TestServices, changes: Changes) -> None:
    write(services, MINE, "m0")

    async def act(wait: Callable[[float], Awaitable[bool]]) -> None:
        file(services)
        assert await wait(LONG)
        for status in (Status.ACKNOWLEDGED, Status.CLOSED):
            set_status(services, status)
            assert await wait(LONG)

    listening(changes, MINE, act)


def test_a_database_that_was_away_is_read_again(
    services: TestServices, changes: Changes, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def act(wait: Callable[[float], Awaitable[bool]]) -> None:
        with services.database.write() as connection:
            connection.exec_driver_sql("ALTER TABLE messages RENAME TO hidden")
        await asyncio.sleep(SHORT)
        with services.database.write() as connection:
            connection.exec_driver_sql("ALTER TABLE hidden RENAME TO messages")
        write(services, MINE, "m1")
        assert await wait(LONG)

    listening(changes, MINE, act)


def test_nothing_is_read_while_nobody_waits(
    services: TestServices, changes: Changes, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def act(wait: Callable[[float], Awaitable[bool]]) -> None:
        return None

    listening(changes, None, act)
    reads: list[object] = []
    monkeypatch.setattr(changes, "_read", reads.append)
    asyncio.run(asyncio.sleep(SHORT))
    assert len(reads) <= 1
