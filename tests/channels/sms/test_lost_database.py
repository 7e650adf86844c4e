"""Texts whose wish or words the database cannot take: taken when it is back, and nothing sent that is not wished."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from bot.channels.sms import Deliveries, Wishes
from bot.channels.sms.outbound import status
from bot.conversation.listening import Listener
from bot.conversation.recovery.spool import Spool
from bot.conversation.recovery.sweep import Sweep
from bot.records.texting import consents
from tests.channels.sms.test_sending import client, fake, items, notes, runner  # noqa: F401  (fixtures)
from tests.channels.sms.twilio import PATH, Phone, a_form, texts_of
from tests.conftest import TestServices

PHONE = "(217) 555-0142"
PHOTO = {"NumMedia": "1", "MediaUrl0": "https://api.twilio.com/ME1", "MediaContentType0": "image/jpeg"}


@pytest.fixture
def phone(client: TestClient) -> Phone:  # noqa: F811
    return Phone(client)


@contextmanager
def cannot_write(services: TestServices) -> Iterator[None]:
    def away(*_: object) -> None:
        raise OperationalError("", {}, Exception())

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(services.database, "write", away)
        yield


def comes_back(services: TestServices) -> None:
    spool = Spool(services.settings.spool_file)
    sweep = Sweep(services, spool, Wishes(services, Listener(services, spool).reads_red).take_spooled)
    for _ in range(2):
        sweep.run_once()
        services.pass_time(minutes=1)


def is_out(services: TestServices, phone: Phone) -> bool:
    with services.database.read() as connection:
        return consents.opted_out(connection, phone.number)


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("STOP", {}),
        ("stop texting me, my leg went numb", {}),
        ("When can I drive? Please stop texting me.", {}),
        ("STOP", PHOTO),
        ("basta", {"OptOutType": "STOP"}),
    ],
)
def test_a_wish_is_taken_when_the_database_is_back(
    phone: Phone, services: TestServices, text: str, fields: dict[str, str]
) -> None:
    with cannot_write(services):
        said = phone.text(text, **fields)
    assert all("no more texts" not in words for words in said)
    assert (said == []) is ("OptOutType" in fields)
    assert not is_out(services, phone)
    comes_back(services)
    assert is_out(services, phone)
    assert phone.text("hello") == []


def test_the_newest_wish_stands(phone: Phone, services: TestServices) -> None:
    with cannot_write(services):
        phone.text("STOP")
    services.pass_time(minutes=1)
    phone.text("STOP")
    services.pass_time(minutes=1)
    phone.text("START")
    comes_back(services)
    assert not is_out(services, phone)


@pytest.mark.parametrize("text", ["STOP", "HELP", "hello", "my leg went numb"])
def test_who_is_known_to_have_opted_out_gets_nothing(phone: Phone, services: TestServices, text: str) -> None:
    phone.text("STOP")
    with cannot_write(services):
        assert phone.text(text) == []
    comes_back(services)
    assert len(services.escalations.list()) == (text == "my leg went numb")


def test_a_stuck_database_costs_no_more_than_five_seconds(
    phone: Phone, services: TestServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five seconds is what is promised; every call into the database takes longer here."""
    services.load_content()

    def stuck(*_: object) -> None:
        time.sleep(5.5)
        raise OperationalError("", {}, Exception())

    with monkeypatch.context() as patched:
        patched.setattr(services.database, "read", stuck)
        patched.setattr(services.database, "write", stuck)
        for text in ("my leg went numb", "when can I drive?", "STOP"):
            began = time.monotonic()
            (said,) = phone.text(text)
            took = time.monotonic() - began
            assert PHONE in said
            assert took < 5, (text, took)
        time.sleep(6)  # what still waits ends here
    comes_back(services)
    assert len(services.escalations.list()) == 1
    assert is_out(services, phone)


def test_what_comes_to_the_fallback_is_heard(phone: Phone, services: TestServices) -> None:
    form = a_form("my leg went numb", phone.number)
    for _ in range(2):
        (reply,) = texts_of(phone.post(form, f"{PATH}/fallback").text)
        assert all(number in reply for number in (PHONE, "911"))
    comes_back(services)
    (escalation,) = services.escalations.list()
    assert "leg_symptom" in escalation.symptoms
    phone.post(a_form("STOP", phone.number), f"{PATH}/fallback")
    comes_back(services)
    assert texts_of(phone.post(a_form("hello", phone.number), f"{PATH}/fallback").text) == []


def test_the_fallback_of_a_text_that_was_answered_does_nothing_more(phone: Phone, services: TestServices) -> None:
    form = a_form("my leg went numb", phone.number)
    phone.post(form)
    before, waiting = services.escalations.list(), items(services)
    phone.post(form, f"{PATH}/fallback")
    comes_back(services)
    assert (services.escalations.list(), items(services)) == (before, waiting)


def test_news_of_lost_advice_waits_for_the_database(
    services: TestServices, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone.text("my leg went numb")
    kept: list[Deliveries] = []
    take = status.Deliveries.take

    def noticed(self: Deliveries, *arguments: object) -> None:
        kept.append(self)
        take(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(status.Deliveries, "take", noticed)
    with cannot_write(services):
        form = {"MessageSid": "SM9", "MessageStatus": "failed", "ErrorCode": "30005", "To": phone.number}
        assert phone.post(form, f"{PATH}/status?text=1").status_code == 204
        with pytest.raises(OperationalError):
            kept[0].run_once()
    lost = "patient not reached by text (error 30005): phone them"
    assert lost not in notes(services)
    for _ in range(2):
        kept[0].run_once()
    assert notes(services).count(lost) == 1
