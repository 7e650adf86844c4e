"""What follows when nobody will try to deliver something again."""

from __future__ import annotations

import pytest
from sqlalchemy.engine import Connection

from bot.escalation import outbox
from bot.escalation.dispatcher import Refused, Retry
from bot.escalation.outbox import Item
from tests.conftest import TestServices
from tests.escalation.test_dispatcher import TRIES, dispatcher, failing, work, write


@pytest.mark.parametrize(("error", "rounds"), [(Refused("no such number"), 1), (Retry("busy", after=1.0), TRIES)])
def test_what_is_given_up_is_told_to_its_kind_once(services: TestServices, error: Exception, rounds: int) -> None:
    recorder = failing(error)
    write(services, "a")
    made = dispatcher(services, recorder)
    for _ in range(rounds + 2):
        assert bool(recorder.lost) is (len(recorder.keys) >= rounds)
        work(made)
        services.pass_time(seconds=2)
    assert recorder.lost == [("a", str(error))]


def test_a_fault_in_what_follows_leaves_the_dead_letter(
    services: TestServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = failing(Refused("no such number"))

    def fault(connection: Connection, item: Item, reason: str) -> None:
        raise RuntimeError

    monkeypatch.setattr(recorder, "given_up", fault)
    write(services, "a")
    work(dispatcher(services, recorder))
    with services.database.read() as connection:
        assert [letter.error for letter in outbox.dead_letters(connection)] == ["no such number"]
