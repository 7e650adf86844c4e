"""Turns that take too long for Twilio: advice at once, anything else later, nothing lost with a process."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from bot.channels.sms import desk
from bot.conversation.recovery.spool import Spool
from bot.conversation.recovery.sweep import Sweep
from bot.escalation.dispatcher import NotNeeded, Refused, Retry
from bot.rasa_agent.runner import AgentRequest, AgentTurn
from bot.records.messages import Inbound, Reply
from bot.records.tables import messages
from bot.records.texting import consents
from tests.channels.conftest import ScriptedRunner
from tests.channels.sms.fake_api import FakeTwilio
from tests.channels.sms.test_sending import client, deliver, dispatch, fake, notes, told  # noqa: F401  (fixtures)
from tests.channels.sms.twilio import Phone
from tests.conftest import TestServices

#: Long enough that storing the message falls into none of the waits, on a busy machine too.
PATIENCE_SECONDS = 2.0
SLOW_SECONDS = 3.5


@pytest.fixture
def runner() -> ScriptedRunner:
    def slowly(request: AgentRequest) -> AgentTurn:
        time.sleep(SLOW_SECONDS)
        return AgentTurn([Reply("Hello at last.", response="utter_greet")], {"slots": {}, "events": []}, {})

    return ScriptedRunner(slowly)


@pytest.fixture(autouse=True)
def impatient(services: TestServices, monkeypatch: pytest.MonkeyPatch) -> None:
    services.load_content()
    monkeypatch.setattr(desk, "PATIENCE_SECONDS", PATIENCE_SECONDS)


def wait_until_answered(services: TestServices) -> None:
    for _ in range(100):
        with services.database.read() as connection:
            if connection.execute(sa.select(messages.c.answered_at).where(messages.c.author == "patient")).scalar():
                return
        time.sleep(0.1)


def test_a_late_red_flag_has_its_advice_at_once(client: TestClient, services: TestServices) -> None:  # noqa: F811
    first, *_ = Phone(client).text("my leg went numb")
    assert "Call your provider now" in first
    (escalation,) = services.escalations.list()
    assert escalation.id in first
    wait_until_answered(services)
    assert len(services.escalations.list()) == 1


def test_advice_stands_though_the_wish_beside_it_cannot_be_stored(
    client: TestClient,  # noqa: F811
    services: TestServices,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def away(*_: object) -> None:
        raise sa.exc.OperationalError("", {}, Exception())

    monkeypatch.setattr("bot.channels.sms.wishes.Wishes.take_beside", away)
    first, *_ = Phone(client).text("please stop texting me. I can't breathe and my chest hurts")
    assert "911 now" in first
    with services.database.read() as connection:
        assert not consents.opted_out(connection, Phone(client).number)


def test_what_is_less_urgent_follows(client: TestClient, services: TestServices, fake: FakeTwilio) -> None:  # noqa: F811
    phone = Phone(client)
    assert phone.text("hello") == []
    with pytest.raises(Retry):
        deliver(services)
    wait_until_answered(services)
    deliver(services)
    deliver(services)
    (sent,) = fake.sent
    assert "Hello at last." in sent["Body"]
    assert "not a clinician" in sent["Body"]


def test_a_wish_beside_a_late_question_is_taken_and_what_is_late_is_not_sent(
    client: TestClient,  # noqa: F811
    services: TestServices,
    fake: FakeTwilio,  # noqa: F811
) -> None:
    phone = Phone(client)
    (confirmation,) = phone.text("When can I drive? Please stop texting me.")
    assert "no more texts" in confirmation
    with services.database.read() as connection:
        assert consents.opted_out(connection, phone.number)
    wait_until_answered(services)
    with pytest.raises(NotNeeded):
        deliver(services)
    assert fake.sent == []


def test_what_the_sweep_finishes_is_texted(client: TestClient, services: TestServices, fake: FakeTwilio) -> None:  # noqa: F811
    """The process died in the turn: Twilio got no answer, and the patient gets it all the same."""
    phone = Phone(client)
    sweep = Sweep(services, Spool(services.settings.data_dir / "spool.jsonl"))
    inbound = Inbound("a" * 32, "my leg went numb", "sms", "SM1", phone.number)
    from bot.conversation.intake import Intake

    Intake(services).accept(inbound)
    services.pass_time(minutes=5)
    sweep.run_once()
    deliver(services)
    (sent,) = fake.sent
    assert sent["To"] == phone.number
    assert "Call your provider now" in sent["Body"]
    assert services.escalations.list()[0].id in sent["Body"]


def test_without_a_way_to_send_staff_see_it(client: TestClient, services: TestServices) -> None:  # noqa: F811
    told(services, Phone(client), Reply("Call (217) 555-0142 now.", disposition="urgent"))
    services.settings = replace(services.settings, twilio_from="")
    with pytest.raises(Refused, match="TWILIO_FROM"):
        deliver(services)
    dispatch(services)
    (note,) = notes(services)
    assert note.endswith("phone them")
