"""The judge of the crash test finds what it looks for."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from bot.escalation.model import Origin, Report
from bot.records import conversations, messages
from bot.records.conversations import new_conversation_id
from bot.records.messages import Inbound, Reply
from bot.records.tables import escalations
from bot.triage.model import Disposition
from tests.conftest import TestServices
from tests.torture.crash.evidence import Evidence
from tests.torture.crash.patients import RED, Message, Patient, Said

SAID = Said(("call now",), stored=True, untrue=False)
REPORT = Report(Disposition.URGENT, Origin.ACTION)

pytestmark = pytest.mark.leaves_red(reason="that it would be seen is what is tested")


@pytest.fixture
def evidence(services: TestServices) -> Evidence:
    return Evidence(str(services.settings.database_url), services.settings.data_dir / "spool.jsonl")


def stored(services: TestServices, message: Message, *, replies: int = 1, filed: bool = True) -> str:
    """The message with its replies and its escalation; its reference, if it has one."""
    conversation_id = new_conversation_id()
    inbound = Inbound(conversation_id, message.text, "rest", f"{conversation_id}:{message.id}")
    reference = ""
    with services.database.write() as connection:
        conversations.ensure_conversation(connection, inbound, services.now())
        message_id, _ = messages.accept_message(connection, inbound, services.now())
        messages.store_screen(connection, message_id, "urgent", {})
        if filed:
            file = services.escalations.file_within
            reference = file(connection, conversation_id, "rest", REPORT, message_id).id
        reply = Reply("call now")
        messages.store_replies(connection, message_id, conversation_id, "rest", [reply], services.now())
        for _ in range(replies - 1):
            services.pass_time(seconds=1)
            messages.store_further_reply(connection, message_id, conversation_id, "rest", reply, services.now())
    return reference


def found(evidence: Evidence, *said: Message) -> set[str]:
    faults = evidence.faults([Patient("", "rest", list(said))])
    # The example clinic notifies nobody.
    return {name for name, which in faults.items() if which and name != "not_notified"}


def test_what_is_held_and_told_as_stored_is_no_fault(services: TestServices, evidence: Evidence) -> None:
    message = Message(RED[0], answers=[SAID])
    stored(services, message)
    assert found(evidence, message) == set()
    assert not evidence.red_without_escalation()


def test_red_flags_that_are_lost(services: TestServices, evidence: Evidence) -> None:
    never_stored, not_held, closed = (Message(RED[0], answers=[SAID]) for _ in range(3))
    unsure = replace(SAID, texts=("We could NOT reach the clinic's staff.",), stored=False)
    assert found(evidence, replace(never_stored, answers=[unsure])) == {"lost"}
    stored(services, not_held, filed=False)
    assert found(evidence, not_held) == {"lost"}
    reference = stored(services, closed)
    with services.database.write() as connection:
        connection.execute(sa.update(escalations).where(escalations.c.id == reference).values(status="closed"))
    assert found(evidence, closed) == {"lost"}


def test_what_is_doubled_or_differs(services: TestServices, evidence: Evidence) -> None:
    twice_answered, twice_stored, told_otherwise = (Message(RED[0]) for _ in range(3))
    stored(services, twice_answered, replies=2)
    stored(services, twice_stored)
    stored(services, twice_stored)
    stored(services, told_otherwise)
    assert found(evidence, twice_answered) == found(evidence, twice_stored) == {"doubled"}
    other = replace(SAID, texts=("hello",))
    assert found(evidence, replace(told_otherwise, answers=[other])) == {"differing"}
    assert found(evidence, replace(told_otherwise, answers=[replace(other, stored=False)])) == {"unsettled"}


def test_a_claim_is_true_only_of_its_own_conversation(services: TestServices, evidence: Evidence) -> None:
    filed, other, not_filed = (Message(RED[0]) for _ in range(3))
    reference, elsewhere = stored(services, filed), stored(services, other)
    stored(services, not_filed, filed=False)
    assert evidence.check(filed.id, [reference]) == (True, True)
    assert evidence.check(filed.id, [elsewhere]) == (True, False)
    assert evidence.check(filed.id, []) == (True, True)
    assert evidence.check(not_filed.id, []) == (True, False)
    assert evidence.check("unknown", [reference]) == (False, False)
    assert found(evidence, replace(filed, answers=[replace(SAID, untrue=True)])) == {"untrue"}
