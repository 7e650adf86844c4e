"""Texts through Twilio's API: once each, again after a busy answer, never to whom they may not go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa
from starlette.datastructures import Secret
from starlette.testclient import TestClient

from bot.channels.sms.outbound.api import Handed, TextApi
from bot.channels.sms.routes import text_deliverers
from bot.escalation import outbox as outbox_items
from bot.escalation.dispatcher import Deliverer, Dispatcher, NotNeeded, Refused, Retry
from bot.escalation.outbox import Item
from bot.escalation.patient import tell
from bot.records.messages import Reply
from bot.records.tables import outbox, texts
from bot.records.texting import consents
from bot.records.texting.consents import Consent, How, State
from tests.channels.conftest import ScriptedRunner, client_of
from tests.channels.sms.fake_api import ACCOUNT, FakeTwilio
from tests.channels.sms.twilio import OURS, PATH, PUBLIC, TOKEN, Phone
from tests.conftest import TestServices
from tests.conversation.fakes import says
from tests.escalation.notify.clinics import clinic_with, notify_by


@pytest.fixture
def fake() -> Iterator[FakeTwilio]:
    twilio = FakeTwilio()
    server = twilio.start()
    yield twilio
    server.shutdown()
    server.server_close()


@pytest.fixture
def runner() -> ScriptedRunner:
    long = [Reply(f"Part {number}. " + "We can tell you more. " * 9, response="utter_greet") for number in range(3)]
    return ScriptedRunner(says(*long))


@pytest.fixture
def client(services: TestServices, runner: ScriptedRunner, fake: FakeTwilio) -> TestClient:
    settings = {"twilio_account_sid": ACCOUNT, "twilio_from": OURS, "twilio_api_url": fake.url}
    # The real dispatcher stays away: the tests deliver by themselves.
    return client_of(
        services, runner, public_url=PUBLIC, twilio_auth_token=Secret(f"{TOKEN}, another"), delivery_tries=1, **settings
    )


def items(services: TestServices) -> list[Item]:
    with services.database.read() as connection:
        rows = connection.execute(sa.select(outbox).where(outbox.c.kind == "sms").order_by(outbox.c.id)).all()
    return [Item(row.kind, row.key, row.route, row.payload, row.escalation_id, row.message_id) for row in rows]


def deliver(services: TestServices) -> None:
    for item in items(services):
        text_deliverers(services)["sms"].deliver(item)


def dispatch(services: TestServices, rounds: int = 1, tries: int = 1) -> None:
    """As the server does, until nothing is under way."""
    deliverers: dict[str, Deliverer] = {outbox_items.NOTIFY: services.notifier, **text_deliverers(services)}
    dispatcher = Dispatcher(services.database, services.now, deliverers, tries)
    for _ in range(rounds):
        dispatcher.run_once()
        assert dispatcher.drain()
        services.pass_time(minutes=6)


def notes(services: TestServices) -> list[str]:
    return [note["note"] for escalation in services.escalations.list() for note in escalation.notes]


def keys_of(services: TestServices) -> list[str]:
    """Of the notifications of staff, without their case."""
    with services.database.read() as connection:
        query = sa.select(outbox.c.key).where(outbox.c.kind == "notify")
        return list(connection.execute(query.order_by(outbox.c.id)).scalars())


def told(services: TestServices, phone: Phone, *replies: Reply) -> None:
    """The patient has written, and is told something since."""
    phone.text("hello")
    with services.database.write() as connection:
        connection.execute(outbox.delete())
        conversation_id = connection.execute(sa.text("SELECT id FROM conversations")).scalar()
        tell(connection, conversation_id, "sms", replies, "staff", services.now())


def test_what_does_not_fit_into_the_first_text_follows(
    client: TestClient, services: TestServices, fake: FakeTwilio
) -> None:
    phone = Phone(client)
    (first,) = phone.text("hello")
    assert "Part 0" in first
    deliver(services)
    bodies = [text["Body"] for text in fake.sent]
    assert [next(part for part in ("Part 1", "Part 2") if part in body) for body in bodies] == ["Part 1", "Part 2"]
    assert {(text["To"], text["From"]) for text in fake.sent} == {(phone.number, OURS)}
    assert all(text["StatusCallback"].startswith(f"{PUBLIC}{PATH}/status?text=") for text in fake.sent)
    assert fake.sent[0]["user"] == f"{ACCOUNT}:{TOKEN}"


def test_nothing_is_sent_twice(client: TestClient, services: TestServices, fake: FakeTwilio) -> None:
    told(services, Phone(client), Reply("Please call us."))
    for _ in range(3):
        deliver(services)
    assert [text["Body"] for text in fake.sent] == ["Please call us."]


def test_a_text_whose_answer_was_lost_is_found_and_not_sent_again(
    client: TestClient, services: TestServices, fake: FakeTwilio
) -> None:
    told(services, Phone(client), Reply("Please call us."))
    fake.orders = ["lost"]
    with pytest.raises(Retry):
        deliver(services)
    deliver(services)
    assert len(fake.sent) == 1
    assert fake.calls == ["POST", "GET"]


@pytest.mark.parametrize("status", [429, 500, 503, 401])
def test_a_busy_service_is_asked_again(
    client: TestClient, services: TestServices, fake: FakeTwilio, status: int
) -> None:
    told(services, Phone(client), Reply("Please call us."))
    fake.orders = [(status, 20429), (status, 20429)]
    for _ in range(2):
        with pytest.raises(Retry):
            deliver(services)
    deliver(services)
    assert len(fake.sent) == 1


@pytest.mark.parametrize(("code", "out"), [(21610, True), (21614, False), (21211, False)])
def test_a_number_that_cannot_be_texted_is_not_tried_again(
    client: TestClient, services: TestServices, fake: FakeTwilio, code: int, out: bool
) -> None:
    phone = Phone(client)
    told(services, phone, Reply("Call (217) 555-0142 now.", disposition="urgent"))
    fake.orders = [(400, code)]
    dispatch(services, rounds=3, tries=5)
    with services.database.read() as connection:
        assert consents.opted_out(connection, phone.number) is out
    refused = f"the texting service refuses it: error {code}"
    assert notes(services) == [f"patient not reached by text ({refused}): phone them"]
    assert (fake.sent, fake.calls) == ([], ["POST"])


def test_a_refused_text_is_refused_again_and_goes_out_when_staff_try_again(
    client: TestClient, services: TestServices, fake: FakeTwilio
) -> None:
    """Refused again where the process died before it was noted; not taken for sent."""
    told(services, Phone(client), Reply("Please call us."))
    fake.orders = [(400, 21611), (400, 21611)]
    for _ in range(2):
        with pytest.raises(Refused):
            deliver(services)
    deliver(services)
    assert [text["Body"] for text in fake.sent] == ["Please call us."]


def test_stop_between_two_texts_of_one_reply_holds_back_the_second(
    client: TestClient, services: TestServices, fake: FakeTwilio, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = Phone(client)
    told(services, phone, Reply("We can tell you more. " * 20))
    send = TextApi.send

    def and_stop(*arguments: str) -> Handed:
        handed = send(*arguments)  # type: ignore[arg-type]
        assert "no more texts" in phone.text("STOP")[0]
        return handed

    monkeypatch.setattr(TextApi, "send", and_stop)
    with pytest.raises(NotNeeded):
        deliver(services)
    assert len(fake.sent) == 1


def test_advice_and_the_confirmation_that_it_is_the_last_both_answer(
    client: TestClient, services: TestServices, fake: FakeTwilio
) -> None:
    said = Phone(client).text("stop texting me, my leg went numb")
    assert "Call" in said[0]
    assert "no more texts" in said[-1]
    assert items(services) == []


def test_advice_that_no_attempt_gets_out_is_for_a_person_with_a_phone(
    client: TestClient, services: TestServices, fake: FakeTwilio
) -> None:
    told(services, Phone(client), Reply("Call (217) 555-0142 now.", disposition="urgent"))
    fake.orders = [(503, 0)] * 3
    dispatch(services, rounds=2, tries=3)
    assert services.escalations.list() == []
    dispatch(services, rounds=3, tries=3)
    assert notes(services) == ["patient not reached by text (the texting service answers 503): phone them"]
    assert fake.sent == []


def test_the_same_words_again_are_another_text(client: TestClient, services: TestServices, fake: FakeTwilio) -> None:
    """The first attempt of the second one fails: looking whether it went out finds the first one."""
    phone = Phone(client)
    told(services, phone, Reply("Please call us."))
    deliver(services)
    services.pass_time(minutes=3)
    told(services, phone, Reply("Please call us."))
    fake.orders = [(503, 0)]
    with pytest.raises(Retry):
        deliver(services)
    deliver(services)
    assert [text["Body"] for text in fake.sent] == ["Please call us."] * 2


def test_who_has_opted_out_gets_nothing_and_staff_are_told_to_phone(
    client: TestClient, services: TestServices, fake: FakeTwilio
) -> None:
    phone = Phone(client)
    told(services, phone, Reply("Call (217) 555-0142 now.", disposition="urgent"))
    with services.database.write() as connection:
        consents.record(connection, Consent(phone.number, OURS, State.OUT, How.KEYWORD, "stop", services.now()))
    with pytest.raises(NotNeeded):
        deliver(services)
    assert fake.calls == []
    (escalation,) = services.escalations.list()
    assert "phone them" in escalation.notes[0]["note"]


@pytest.mark.parametrize("number", ["+18765550100", "+4915112345678"])
def test_other_countries_are_not_texted(
    client: TestClient, services: TestServices, fake: FakeTwilio, number: str
) -> None:
    told(services, Phone(client, number), Reply("Please call us."))
    with pytest.raises(Refused):
        deliver(services)
    services.settings = replace(services.settings, text_countries=("US", "JM", "DE"))
    deliver(services)
    assert len(fake.sent) == 1


def test_a_messaging_service_sends_and_whatsapp_answers_on_whatsapp(
    client: TestClient, services: TestServices, fake: FakeTwilio
) -> None:
    phone = Phone(client, f"whatsapp:{Phone(client).number}")
    told(services, phone, Reply("Please call us."))
    deliver(services)
    assert (fake.sent[0]["To"], fake.sent[0]["From"]) == (phone.number, f"whatsapp:{OURS}")
    services.settings = replace(services.settings, twilio_from="MG" + "2" * 32)
    with services.database.write() as connection:
        connection.execute(texts.delete())
    deliver(services)
    assert fake.sent[1]["MessagingServiceSid"] == "MG" + "2" * 32


def test_caps_hold_for_all_but_advice(client: TestClient, services: TestServices) -> None:
    services.settings = replace(services.settings, texts_per_number=3)
    with client_of(services, ScriptedRunner(says(Reply("Hello.", response="utter_greet")))) as capped:
        phone = Phone(capped)
        assert [len(phone.text("hello")) for _ in range(4)] == [1, 1, 1, 0]
        assert [len(phone.text("my leg went numb")) for _ in range(3)] == [1, 1, 1]
        assert phone.text("hello") == []
        assert ["911" in text for text in phone.text("I can't breathe and my chest hurts")] == [True]
        services.pass_time(hours=25)
        assert len(phone.text("hello")) == 1
    assert len(services.escalations.list()) == 1


def test_advice_that_answers_nothing_goes_out_once_above_the_caps(
    client: TestClient, services: TestServices, fake: FakeTwilio
) -> None:
    services.settings = replace(services.settings, texts_per_number=1)
    phone = Phone(client)
    sent = []
    for disposition in ("none", "urgent", "urgent", "emergency", "emergency"):
        told(services, phone, Reply("Call (217) 555-0142 now.", disposition=disposition))
        dispatch(services)
        sent.append(len(fake.sent))
    assert sent == [0, 1, 1, 2, 3]
    assert notes(services) == ["patient not reached by text (too many texts in 24 hours): phone them"]


@pytest.mark.parametrize("status", ["undelivered", "failed"])
def test_advice_that_did_not_arrive_is_for_a_person_with_a_phone(
    client: TestClient, services: TestServices, status: str
) -> None:
    notify_by(services, clinic_with())
    phone = Phone(client)
    phone.text("my leg went numb")
    (escalation,) = services.escalations.list()
    assert {key.partition("/")[2] for key in keys_of(services)} == {"1/1/front_desk", "1/1/on_call"}
    with services.database.read() as connection:
        (row,) = connection.execute(sa.select(texts)).all()
    form = {"MessageSid": "SM9", "MessageStatus": status, "ErrorCode": "30005", "To": phone.number}
    for _ in range(2):
        assert phone.post(form, f"{PATH}/status?text={row.id}").status_code == 204
    (after,) = services.escalations.list()
    notes = [note["note"] for note in after.notes]
    assert notes.count("patient not reached by text (error 30005): phone them") == 1
    assert after.priority > escalation.priority
    # It was open and new, and staff are told again all the same.
    assert {key.partition("/")[2] for key in keys_of(services)} >= {"2/1/front_desk", "2/1/on_call"}


@pytest.mark.parametrize("query", ["", "?text=", "?text=x", "?text=99999", "?text=-1"])
def test_news_of_a_text_that_is_none_of_ours_changes_nothing(
    client: TestClient, services: TestServices, query: str
) -> None:
    form = {"MessageSid": "SM9", "MessageStatus": "failed", "ErrorCode": "30005"}
    assert Phone(client).post(form, f"{PATH}/status{query}").status_code == 204
    assert services.escalations.list() == []
