"""The spool takes a message that the database cannot, and gives each to it once, whatever dies or is refused."""

from __future__ import annotations

import os
import stat
import threading
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import pytest

from bot.conversation.recovery.spool import Spool
from bot.escalation.model import Origin
from bot.records.messages import Inbound
from tests.conftest import TestServices
from tests.conversation.fakes import utters
from tests.conversation.recovery.test_sweep import accept_and_die, ask, sweep
from tests.conversation.test_late import FEVER
from tests.conversation.test_turn import CONVERSATION, converse, only_escalation, take

NOW = datetime(2026, 6, 9, tzinfo=timezone.utc)
FIRST = Inbound(CONVERSATION, "my leg went numb", "website", "m1")
SECOND = replace(FIRST, message_id="m2")


def drained(spool: Spool) -> list[str]:
    taken: list[str] = []
    spool.drain(lambda inbound, _: taken.append(inbound.message_id))
    return taken


@pytest.mark.parametrize("cut", [1, 20])
def test_a_line_cut_off_by_a_crash_spoils_no_other(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "spool.jsonl"
    for inbound in (FIRST, replace(FIRST, message_id="cut")):
        Spool(path).append(inbound, NOW)
    os.truncate(path, path.stat().st_size - 1 - cut)
    Spool(path).append(SECOND, NOW)
    assert drained(Spool(path)) == ["m1", "m2"]
    assert not path.exists()


def test_a_line_that_is_always_refused_keeps_no_other_waiting(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool.jsonl")
    for inbound in (FIRST, SECOND):
        spool.append(inbound, NOW)
    taken = []

    def file(inbound: Inbound, _: datetime) -> None:
        if inbound.message_id == "m1":
            raise ValueError
        taken.append(inbound.message_id)

    assert (spool.drain(file), taken) == (1, ["m2"])
    assert drained(spool) == ["m1"]


def test_what_another_copy_writes_during_a_drain_stays(tmp_path: Path) -> None:
    path = tmp_path / "spool.jsonl"
    Spool(path).append(FIRST, NOW)
    assert Spool(path).drain(lambda *_: Spool(path).append(SECOND, NOW)) == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert drained(Spool(path)) == ["m2"]


def test_a_message_is_taken_while_the_database_takes_its_time(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool.jsonl")
    spool.append(FIRST, NOW)
    filing, written = threading.Event(), threading.Event()

    def slow(*_: object) -> None:
        filing.set()
        assert written.wait(10)

    thread = threading.Thread(target=spool.drain, args=(slow,))
    thread.start()
    assert filing.wait(10)
    spool.append(SECOND, NOW)
    written.set()
    thread.join()
    assert drained(spool) == ["m2"]


def test_short_words_that_answered_nothing_file_nothing(services: TestServices) -> None:
    spool = Spool(services.settings.data_dir / "spool.jsonl")
    spool.append(replace(FIRST, text="hello there"), NOW)
    sweep(services).run_once()
    assert services.escalations.list() == []
    assert drained(spool) == []


@pytest.mark.parametrize("text", ["yes", "no", "since Monday", "101"])
def test_an_answer_to_a_question_that_cannot_be_looked_up_is_taken_for_urgent(
    services: TestServices, text: str
) -> None:
    services.__dict__["database"] = type(services.database)("sqlite:////nonexistent/folder/aftercare.db")
    reply = take(converse(services, utters("utter_greet")), text)
    assert [message.response for message in reply.messages] == ["utter_urgent", "utter_not_filed"]
    assert len(drained(Spool(services.settings.data_dir / "spool.jsonl"))) == 1


def test_a_spooled_answer_ends_the_question(services: TestServices) -> None:
    ask(services, FEVER)
    Spool(services.settings.data_dir / "spool.jsonl").append(replace(FIRST, text="yes"), services.now())
    services.pass_time(seconds=30)
    sweep(services).run_once()
    assert [item["symptom"] for item in only_escalation(services).findings] == ["fever"]
    services.pass_time(minutes=20)
    sweep(services).run_once()
    assert only_escalation(services).priority == 0


def test_a_question_without_a_database_gets_the_plain_safe_reply(services: TestServices) -> None:
    services.__dict__["database"] = type(services.database)("sqlite:////nonexistent/folder/aftercare.db")
    reply = take(converse(services, utters("utter_greet")), "when can I drive?")
    assert [message.response for message in reply.messages] == ["utter_safe_reply"]


def test_a_spool_that_cannot_be_read_does_not_stop_the_sweep(services: TestServices) -> None:
    (services.settings.data_dir / "spool.jsonl").mkdir()
    accept_and_die(services, "my leg went numb")
    services.pass_time(seconds=30)
    sweep(services).run_once()
    assert only_escalation(services).origin is Origin.RECOVERY
