"""Turns that take too long for Twilio: advice at once, anything else later, nothing lost with a process."""

from __future__ import annotations

import time

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from bot.channels.sms import desk
from bot.conversation.recovery.spool import Spool
from bot.conversation.recovery.sweep import Sweep
from bot.escalation.dispatcher import Refused, Retry
from bot.rasa_agent.runner import AgentRequest, AgentTurn
from bot.records.messages import Inbound, Reply
from bot.records.tables import messages
from bot.records.texting import consents
from tests.channels.conftest import ScriptedRunner
from tests.channels.sms.fake_api import FakeTwilio
from tests.channels.sms.test_sending import client, deliver, fake, items, told  # noqa: F401  (fixtures)
from tests.channels.sms.twilio import Phone
from tests.conftest import TestServices

SLOW_SECONDS = 2.5


@pytest.fixture
def runner() -> ScriptedRunner:
    def slowly(request: AgentRequest) -> AgentTurn:
        time.sleep(SLOW_SECONDS)
        return AgentTurn([Reply("Hello at last.", response="utter_greet")], {"slots": {}, "events": []}, {})

    return ScriptedRunner(slowly)


@pytest.fixture(autouse=True)
def impatient(services: TestServices, monkeypatch: pytest.MonkeyPatch) -> None:
    services.load_content()
    monkeypatch.setattr(desk, "PATIENCE_SECONDS", 0.7)


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

    monkeypatch.setattr("bot.channels.sms.desk.Desk._opt_out_beside", away)
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
    from dataclasses import replace

    phone = Phone(client)
    told(services, phone, Reply("Call (217) 555-0142 now.", disposition="urgent"))
    services.settings = replace(services.settings, twilio_from="")
    with pytest.raises(Refused, match="TWILIO_FROM"):
        deliver(services)
    assert "phone them" in str([item.notes for item in services.escalations.list()])
    assert items(services)
