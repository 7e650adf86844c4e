"""Notifications as they arrive: at a real webhook and a real mail server, by the services as the app builds them."""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.config import Config
from starlette.testclient import TestClient

from bot.app import create_app
from bot.escalation import outbox
from bot.escalation.dispatcher import Dispatcher
from bot.escalation.outbox import LEASE
from bot.rasa_agent.runner import AgentRunner
from bot.rasa_agent.training import ModelError
from tests.conftest import TestServices
from tests.escalation.notify.clinics import clinic_with, file, keys, notify_by, set_status
from tests.escalation.notify.receivers import mailbox, webhook

TRIES = 3
TOKEN = "tok3n-of-the-service"


@pytest.fixture
def addresses(services: TestServices) -> dict[str, str]:
    """What the routes' variables hold: nobody listens there, until a test points them elsewhere."""
    notify_by(services, clinic_with())
    given = dict.fromkeys(("FRONT_DESK_URL", "ON_CALL_URL"), f"json://user:{TOKEN}@127.0.0.1:9/x")
    services.settings = replace(services.settings, environment=Config(environ=given))
    return given


def dispatcher(services: TestServices) -> Dispatcher:
    return Dispatcher(services.database, services.now, {outbox.NOTIFY: services.notifier}, TRIES)


def work(made: Dispatcher, rounds: int = 1) -> None:
    for _ in range(rounds):
        made.run_once()
        assert made.drain(30)


def test_webhook_and_mail_get_reference_disposition_time_and_key(
    services: TestServices, addresses: dict[str, str]
) -> None:
    with webhook() as pager, mailbox() as (port, mails):
        addresses["ON_CALL_URL"] = f"json://127.0.0.1:{pager.port}/page"
        addresses["FRONT_DESK_URL"] = f"mailto://127.0.0.1:{port}?from=bot@example.org&to=desk@example.org"
        escalation = file(services, "my leg went numb")
        work(dispatcher(services), 2)
    ((body, headers),) = pager.got
    key = f"{escalation.id}/1/1/on_call"
    assert body["title"] == f"Urgent: {escalation.id} waits"
    assert "Tue Jun 9, 10:00 AM" in body["message"]
    assert key in body["message"]
    assert headers["Idempotency-Key"] == key
    (mail,) = mails
    assert mail["Subject"] == body["title"]
    assert "numb" not in body["message"] + str(mail)


def test_the_patients_words_only_where_the_clinic_lets_them_out(
    services: TestServices, addresses: dict[str, str]
) -> None:
    notify_by(services, clinic_with(patient_words=True))
    with webhook() as pager:
        addresses["ON_CALL_URL"] = f"json://127.0.0.1:{pager.port}/"
        file(services, "my leg went {numb}\n now")
        work(dispatcher(services))
    assert "The patient wrote: my leg went {numb} now" in pager.got[0][0]["message"]


@pytest.mark.parametrize(
    ("address", "error"),
    [
        (f"json://user:{TOKEN}@127.0.0.1:9/{TOKEN}", "no connection"),
        ("", "ON_CALL_URL: is not set; set it in the environment or in .env"),
        (f"nonsense://{TOKEN}", "its variable holds no address that apprise knows"),
    ],
)
def test_a_route_that_is_down_leaves_the_escalation_and_a_dead_letter(
    services: TestServices, addresses: dict[str, str], caplog: pytest.LogCaptureFixture, address: str, error: str
) -> None:
    caplog.set_level(logging.DEBUG, "bot")
    addresses["ON_CALL_URL"] = address
    escalation = file(services)
    made = dispatcher(services)
    for _ in range(TRIES):
        work(made)
        services.pass_time(minutes=10)
    with services.database.read() as connection:
        letters = {letter.route: letter for letter in outbox.dead_letters(connection)}
    assert (letters["on_call"].error, letters["on_call"].escalation_id) == (error, escalation.id)
    assert [item.id for item in services.escalations.list(open_only=True)] == [escalation.id]
    assert TOKEN not in "".join(record.getMessage() + str(record.__dict__) for record in caplog.records)
    assert TOKEN not in str(letters)


def test_a_service_that_refuses_is_tried_again_until_it_takes_it(
    services: TestServices, addresses: dict[str, str]
) -> None:
    with webhook() as pager:
        pager.status = 503
        addresses["ON_CALL_URL"] = f"json://127.0.0.1:{pager.port}/"
        file(services)
        made = dispatcher(services)
        work(made)
        pager.status = 200
        services.pass_time(minutes=10)
        work(made, 3)
    assert len({headers["Idempotency-Key"] for _, headers in pager.got}) == 1
    assert len(pager.got) == 2


def test_a_crash_before_the_mark_sends_the_same_key_again(services: TestServices, addresses: dict[str, str]) -> None:
    with webhook() as pager:
        addresses["ON_CALL_URL"] = f"json://127.0.0.1:{pager.port}/"
        file(services)
        died = dispatcher(services)
        died.run_once()
        died._flights.clear()  # what a crash forgets; the deliveries themselves go on
        services.pass_time(seconds=LEASE.total_seconds() + 1)
        work(dispatcher(services))
    sent = [headers["Idempotency-Key"] for _, headers in pager.got]
    assert len(sent) == 2
    assert len(set(sent)) == 1


def test_what_was_acknowledged_meanwhile_is_not_sent(services: TestServices, addresses: dict[str, str]) -> None:
    with webhook() as pager:
        addresses["ON_CALL_URL"] = f"json://127.0.0.1:{pager.port}/"
        set_status(services, file(services).id, "acknowledged")
        made = dispatcher(services)
        work(made, 3)
    assert pager.got == []
    with services.database.read() as connection:
        assert outbox.load(connection) == {}
    assert len(keys(services)) == 2


def test_the_server_notifies_of_what_a_patient_wrote(services: TestServices, addresses: dict[str, str]) -> None:
    def no_model() -> Path:
        raise ModelError("none in this test")

    with webhook() as pager:
        addresses["ON_CALL_URL"] = addresses["FRONT_DESK_URL"] = f"json://127.0.0.1:{pager.port}/"
        with TestClient(create_app(services, AgentRunner(no_model))) as client:
            said = client.post("/chat/messages", json={"text": "my leg went numb", "message_id": "m1"})
            until = time.monotonic() + 30
            while len(pager.got) < 2 and time.monotonic() < until:
                time.sleep(0.05)
    (escalation,) = services.escalations.list()
    assert escalation.id in said.text
    assert [body["title"] for body, _ in pager.got] == [f"Urgent: {escalation.id} waits"] * 2
