"""The outbox is delivered at least once, each route by itself, and what cannot be is listed."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from bot.escalation import outbox
from bot.escalation.dispatcher import Dispatcher, NotNeeded, Refused, Retry
from bot.escalation.outbox import LEASE, Item
from bot.records.tables import outbox as table
from tests.conftest import TestServices

TRIES = 4


class Recorder:
    """A deliverer that remembers what it was given, and does as the test says."""

    def __init__(self, script: Callable[[Item], None] = lambda item: None) -> None:
        self.script = script
        self.keys: list[str] = []
        self.lost: list[tuple[str, str]] = []

    def deliver(self, item: Item) -> None:
        self.keys.append(item.key)
        self.script(item)

    def given_up(self, connection: Connection, item: Item, reason: str) -> None:
        self.lost.append((item.key, reason))


def failing(error: Exception) -> Recorder:
    def fail(item: Item) -> None:
        raise error

    return Recorder(fail)


def hanging(until: threading.Event, *routes: str) -> Recorder:
    def hang(item: Item) -> None:
        if item.route in routes:
            until.wait(20)

    return Recorder(hang)


def write(services: TestServices, *keys: str, route: str = "page", kind: str = "notify") -> None:
    with services.database.write() as connection:
        for key in keys:
            assert outbox.enqueue(connection, Item(kind, key, route, {}), services.now())


def dispatcher(services: TestServices, recorder: Recorder) -> Dispatcher:
    return Dispatcher(services.database, services.now, {"notify": recorder}, TRIES)


def work(made: Dispatcher, rounds: int = 1) -> None:
    for _ in range(rounds):
        made.run_once()
        assert made.drain()


def row(services: TestServices, key: str) -> sa.engine.Row:
    with services.database.read() as connection:
        return connection.execute(sa.select(table).where(table.c.key == key)).one()


def test_what_is_written_is_delivered_once(services: TestServices) -> None:
    recorder = Recorder()
    write(services, "a", "b", "c")
    work(dispatcher(services, recorder), rounds=5)
    assert recorder.keys == ["a", "b", "c"]
    assert row(services, "c").delivered_at == services.now()


def test_the_same_key_is_the_same_delivery(services: TestServices) -> None:
    write(services, "a")
    with services.database.write() as connection:
        assert not outbox.enqueue(connection, Item("notify", "a", "other", {}), services.now())
    recorder = Recorder()
    work(dispatcher(services, recorder), rounds=2)
    assert recorder.keys == ["a"]


def test_an_item_of_a_transaction_that_is_rolled_back_is_never_sent(services: TestServices) -> None:
    def write_and_fail() -> None:
        with services.database.write() as connection:
            outbox.enqueue(connection, Item("notify", "a", "page", {}), services.now())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    recorder = Recorder()
    work(dispatcher(services, recorder))
    assert recorder.keys == []


def test_kinds_without_a_deliverer_wait(services: TestServices) -> None:
    write(services, "a", kind="sms")
    work(dispatcher(services, Recorder()))
    assert row(services, "a").attempts == 0


def test_nothing_goes_out_before_its_time(services: TestServices) -> None:
    recorder = Recorder()
    with services.database.write() as connection:
        later = services.now().replace(hour=18)
        outbox.enqueue(connection, Item("notify", "a", "page", {}), services.now(), later)
    work(dispatcher(services, recorder))
    assert recorder.keys == []
    services.time = later
    work(dispatcher(services, recorder))
    assert recorder.keys == ["a"]


def test_pauses_grow_until_it_is_given_up(services: TestServices) -> None:
    recorder = failing(Retry("no connection"))
    write(services, "a")
    made = dispatcher(services, recorder)
    pauses = []
    for attempt in range(1, TRIES + 1):
        work(made, rounds=2)
        assert len(recorder.keys) == attempt
        pauses.append((row(services, "a").due_at - services.now()).total_seconds())
        services.pass_time(seconds=max(0.0, pauses[-1]))
    assert [2.5 * 2**n <= pause <= 5 * 2**n for n, pause in enumerate(pauses[:-1])] == [True] * (TRIES - 1)
    work(made, rounds=3)
    assert len(recorder.keys) == TRIES
    with services.database.read() as connection:
        (letter,) = outbox.dead_letters(connection)
        assert outbox.load(connection)["notify"].dead == 1
    assert (letter.kind, letter.route, letter.attempts, letter.error) == ("notify", "page", TRIES, "no connection")


def test_a_service_names_its_own_pause(services: TestServices) -> None:
    write(services, "a")
    work(dispatcher(services, failing(Retry("busy", after=90))))
    assert (row(services, "a").due_at - services.now()).total_seconds() == 90


def test_refused_is_dead_at_once_and_can_be_revived(services: TestServices) -> None:
    write(services, "a")
    work(dispatcher(services, failing(Refused("opted out"))), rounds=3)
    assert (row(services, "a").attempts, row(services, "a").error) == (1, "opted out")
    with services.database.write() as connection:
        assert outbox.revive(connection, services.now(), "sms") == 0
        assert outbox.revive(connection, services.now()) == 1
    recorder = Recorder()
    work(dispatcher(services, recorder))
    assert recorder.keys == ["a"]
    assert row(services, "a").dead_at is None


def test_what_is_needed_no_more_is_done_and_not_dead(services: TestServices) -> None:
    recorder = failing(NotNeeded("acknowledged"))
    write(services, "a")
    work(dispatcher(services, recorder), rounds=2)
    assert recorder.keys == ["a"]
    assert (row(services, "a").dead_at, row(services, "a").error) == (None, "acknowledged")


def test_an_error_of_the_deliverer_is_tried_again_and_its_text_kept_nowhere(services: TestServices) -> None:
    write(services, "a")
    work(dispatcher(services, failing(ValueError("https://secret.example/token"))))
    assert row(services, "a").error == "ValueError"


def test_one_hanging_route_holds_up_no_other(services: TestServices) -> None:
    free = threading.Event()
    recorder = hanging(free, "hangs")
    write(services, "h1", "h2", route="hangs")
    for number in range(3):
        write(services, f"a{number}", f"b{number}", route=f"fine{number}")
    made = dispatcher(services, recorder)
    try:
        for _ in range(10):
            made.run_once()
            made.drain(0.05)
        assert Counter(recorder.keys) == Counter(["h1", *(f"{ab}{number}" for ab in "ab" for number in range(3))])
    finally:
        free.set()
    assert made.drain()
    work(made)
    assert row(services, "h2").delivered_at


def test_a_long_delivery_keeps_its_lease(services: TestServices) -> None:
    free = threading.Event()
    slow, other = hanging(free, "page"), Recorder()
    write(services, "a")
    first, second = dispatcher(services, slow), dispatcher(services, other)
    first.run_once()
    for _ in range(6):
        services.pass_time(seconds=25)
        first.run_once()
        work(second)
    free.set()
    assert first.drain()
    work(second)
    assert (slow.keys, other.keys) == (["a"], [])


def test_who_dies_between_sending_and_marking_is_followed_by_the_same_key(services: TestServices) -> None:
    sent: list[str] = []
    write(services, "a")
    dead = dispatcher(services, Recorder(lambda item: sent.append(item.key)))
    dead.run_once()  # and never again: how it ended is not stored
    wait_until(lambda: sent == ["a"])
    survivor = dispatcher(services, Recorder(lambda item: sent.append(item.key)))
    work(survivor)
    assert sent == ["a"]
    services.pass_time(seconds=LEASE.total_seconds() + 1)
    work(survivor)
    assert sent == ["a", "a"]


def test_a_late_failure_does_not_undo_a_later_attempt(services: TestServices) -> None:
    write(services, "a")
    stuck = dispatcher(services, failing(Retry("late")))
    stuck.run_once()
    services.pass_time(seconds=LEASE.total_seconds() + 1)
    work(dispatcher(services, Recorder()))
    assert stuck.drain()
    assert (row(services, "a").error, row(services, "a").delivered_at is not None) == (None, True)


def test_the_database_away_while_it_is_delivered(services: TestServices, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Recorder()
    write(services, "a", "b")
    made = dispatcher(services, recorder)
    made.run_once()
    with monkeypatch.context() as patch:

        def away() -> None:
            raise OperationalError("", {}, Exception())

        patch.setattr(services.database, "write", away)
        for _ in range(3):
            wait_until(lambda: recorder.keys == ["a"])
            with pytest.raises(OperationalError):
                made.run_once()
    services.pass_time(seconds=LEASE.total_seconds() + 1)
    work(made, rounds=2)
    assert recorder.keys == ["a", "b"]
    assert row(services, "a").attempts == 1


@pytest.mark.parametrize("hours", [-48, 48])
def test_after_a_jump_of_the_clock_nothing_waits_for_hours(services: TestServices, hours: int) -> None:
    recorder = Recorder()
    write(services, "a", "b")
    crashed = dispatcher(services, Recorder())
    crashed.run_once()
    services.pass_time(hours=hours)
    made = dispatcher(services, recorder)
    work(made, rounds=3)
    assert sorted(recorder.keys) == ["a", "b"]
    failed = failing(Retry("no"))
    write(services, "c")
    work(dispatcher(services, failed), rounds=3)
    assert failed.keys == ["c"]


def test_two_dispatchers_on_one_database_deliver_each_once(services: TestServices) -> None:
    keys = [f"k{number}" for number in range(60)]
    for number, key in enumerate(keys):
        write(services, key, route=f"route{number % 5}")
    recorder = Recorder(lambda item: time.sleep(0.001))
    copies = [dispatcher(services, recorder) for _ in range(2)]
    until = time.monotonic() + 60

    def run(made: Dispatcher) -> None:
        while time.monotonic() < until:
            made.run_once()
            with services.database.read() as connection:
                if not outbox.load(connection):
                    return
            time.sleep(0.002)

    threads = [threading.Thread(target=run, args=(made,)) for made in copies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(recorder.keys) == Counter(keys)


def wait_until(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.005)
