"""One process dies, one patient's query hangs, one route is down: it is that one's fault alone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.config import Config

from bot.console.alarms import alarms
from bot.conversation.recovery.spool import Spool
from bot.conversation.turn import Conversations
from bot.rasa_agent.runner import AgentRequest, AgentTurn
from bot.records.database import Database
from bot.records.messages import Inbound
from tests.conftest import TestServices
from tests.conversation.fakes import ScriptedAgent
from tests.escalation.notify.clinics import clinic_with, notify_by
from tests.torture.faults.clinic import CHANNELS, MUST_BE, RED, TALK, Clinic, Patient, Said, broken
from tests.torture.results import Results
from tests.torture.sizes import Sizes

P95_SECONDS = 1.0
#: Others at once, as many as two cores answer well.
AT_ONCE = 2
TURNS = ("my leg went numb", "when can I drive?", "hi", "I have a headache")
HANG_SECONDS = 6.0
NOBODY = "json://127.0.0.1:9/x"


class Killed(BaseException):
    """The process is no more: nothing of ours can catch it."""


def test_process_killed_in_a_turn_and_the_message_sent_again(
    clinic: Clinic, engine: str, sizes: Sizes, results: Results
) -> None:
    def dies(request: AgentRequest) -> AgentTurn:
        raise Killed

    services = clinic.services
    said = []
    for channel in CHANNELS:
        patient = clinic.patient(channel)
        before = patient.say(TALK)
        conversation = clinic.conversation_of(before)
        kept = before.message_id + "again"
        stored = kept if channel == "sms" else f"{conversation}:{kept}"
        dying = Conversations(services, ScriptedAgent(dies), Spool(services.settings.data_dir / "spool.jsonl"))
        with pytest.raises(Killed):
            dying.take(Inbound(conversation, RED, channel, stored))
        said.append(patient.say(RED, kept))
    clinic.settle()
    counts = clinic.account(said)
    results.add(f"process killed in a turn, message sent again ({engine})", MUST_BE, **counts)
    assert not broken(counts, sizes.full)


@pytest.fixture
def no_route(services: TestServices) -> None:
    notify_by(services, clinic_with())
    environment = Config(environ=dict.fromkeys(("FRONT_DESK_URL", "ON_CALL_URL"), NOBODY))
    services.settings = replace(services.settings, environment=environment, delivery_tries=1)


def test_route_of_notifications_is_down(
    no_route: None, clinic: Clinic, services: TestServices, engine: str, sizes: Sizes, results: Results
) -> None:
    said = [clinic.patient(channel).say(RED) for channel in CHANNELS]
    deadline = time.monotonic() + 60
    while not (warned := _warnings(services)) and time.monotonic() < deadline:
        time.sleep(0.1)
    counts = clinic.account(said)
    results.add(f"route of notifications down ({engine})", MUST_BE, **counts, warnings_in_the_console=len(warned))
    assert not broken(counts, sizes.full)
    assert all(item.claims for item in said)
    assert warned


def _warnings(services: TestServices) -> list[str]:
    with services.database.read() as connection:
        found = [alarm.words for alarm in alarms(connection, services, services.now())]
    return [words for words in found if words.startswith("Could not be delivered")]


def test_others_are_answered_while_one_query_hangs(
    clinic: Clinic, services: TestServices, engine: str, sizes: Sizes, results: Results
) -> None:
    victim = clinic.patient("website")
    first = victim.say(RED)
    hang = _row_locked if engine == "postgresql" else _reads_hang
    over = threading.Event()
    hanging: list[Said] = []

    def keep_writing() -> None:
        while not over.is_set():
            # Again the same message: on SQLite it is reading its reply that hangs.
            hanging.append(victim.say(RED, first.message_id if engine == "sqlite" else ""))

    with ThreadPoolExecutor(AT_ONCE + 1) as threads, hang(services.database, clinic.conversation_of(first)):
        busy = threads.submit(keep_writing)
        time.sleep(0.2)
        try:
            shares = [sizes.other_turns // AT_ONCE] * AT_ONCE
            taken = [threads.submit(_write, clinic.patient, share) for share in shares]
            others = [item for future in taken for item in future.result()]
        finally:
            over.set()
        busy.result()
    clinic.settle()
    p95 = sorted(item.seconds for item in others)[int(0.95 * (len(others) - 1))]
    counts = clinic.account(hanging)
    results.add(
        f"others while one query hangs ({engine})",
        f"p95 < {P95_SECONDS:g} s",
        others=len(others),
        others_p95_seconds=round(p95, 3),
        hung=len(hanging),
        hung_slowest_seconds=counts["slowest_seconds"],
    )
    assert all(item.status == 200 for item in others)
    assert not broken(counts, sizes.full)
    if sizes.full:
        assert p95 < P95_SECONDS


def _write(patient: Callable[[str], Patient], number: int) -> list[Said]:
    """So many messages, one after the other, of patients who have not written yet."""
    return [patient(CHANNELS[turn % 2]).say(TURNS[turn % len(TURNS)]) for turn in range(number)]


@contextmanager
def _row_locked(database: Database, conversation_id: str) -> Iterator[None]:
    other = Database(database.url)
    with other.engine.connect() as connection, connection.begin():
        statement = sa.text("SELECT id FROM conversations WHERE id = :id FOR UPDATE")
        connection.execute(statement, {"id": conversation_id})
        yield
    other.dispose()


@contextmanager
def _reads_hang(database: Database, conversation_id: str) -> Iterator[None]:
    def hang(connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        writes = connection.get_execution_options().get("begin_immediate")
        if not writes and conversation_id in str(parameters):
            time.sleep(HANG_SECONDS)

    sa.event.listen(database.engine, "before_cursor_execute", hang)
    try:
        yield
    finally:
        sa.event.remove(database.engine, "before_cursor_execute", hang)
