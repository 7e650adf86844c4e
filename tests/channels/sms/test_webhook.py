"""Texts through the webhook: a turn, wishes, media, repeats and odd ones."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from bot.channels.sms import Wishes
from bot.conversation.listening import Listener
from bot.conversation.recovery.spool import Spool
from bot.conversation.recovery.sweep import Sweep
from bot.escalation.steps import Outcome
from bot.rasa_agent.runner import AgentRequest, AgentTurn
from bot.records import messages
from bot.records.tables import messages as stored
from bot.records.texting import consents, media
from bot.texting.alphabet import FIRST_PART, LONGEST, foreign_characters, septets
from tests.channels.conftest import ScriptedRunner, client_of
from tests.channels.sms.twilio import PUBLIC, Phone, a_form, texts_of
from tests.conftest import TestServices

PHONE = "(217) 555-0142"


def escalations(services: TestServices) -> list[str]:
    return [str(note["note"]) for item in services.escalations.list() for note in item.notes] or [
        "" for _ in services.escalations.list()
    ]


def test_without_a_token_there_is_no_channel(services: TestServices, runner: ScriptedRunner) -> None:
    with client_of(services, runner, public_url=PUBLIC) as client:
        assert Phone(client).post(a_form("hello")).status_code == 404


def test_a_text_gets_its_reply_and_the_notice(phone: Phone) -> None:
    (reply,) = phone.text("hello")
    assert "Tell me how you feel" in reply
    assert "not a clinician" in reply
    assert "STOP" in reply
    (again,) = phone.text("hello again")
    assert "not a clinician" not in again


def test_a_red_flag_is_advised_in_one_text_with_its_reference(phone: Phone, services: TestServices) -> None:
    (reply,) = phone.text("my leg went numb")
    (escalation,) = services.escalations.list()
    assert PHONE in reply[:FIRST_PART]
    assert escalation.id in reply
    assert "not a clinician" in reply
    assert septets(reply) <= LONGEST
    assert not foreign_characters(reply)


def test_the_same_sid_is_the_same_text(phone: Phone, services: TestServices) -> None:
    form = a_form("my leg went numb", phone.number)
    answers = {phone.post(form).text for _ in range(3)}
    assert len(answers) == 1
    with services.database.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).where(stored.c.author == "patient")).scalar() == 1


def test_a_number_is_a_conversation_with_our_number(phone: Phone, services: TestServices) -> None:
    phone.text("hello")
    phone.text("hello")
    Phone(phone.client).text("hello")
    phone.text("hello", From=f"whatsapp:{phone.number}", To="whatsapp:+12175550100")
    with services.database.read() as connection:
        ids = connection.execute(sa.select(stored.c.conversation_id).distinct()).scalars().all()
    assert len(ids) == 3
    assert not any(phone.number[1:] in item for item in ids)


# --- wishes ------------------------------------------------------------------------------------------------


def test_stop_is_confirmed_once_and_then_there_is_silence(phone: Phone, services: TestServices) -> None:
    phone.text("hello")
    (confirmation,) = phone.text("Please stop texting me")
    assert "no more texts" in confirmation
    for text in ("STOP", "HELP", "hello", "when can I drive?", "stop texting me!"):
        assert phone.text(text) == []
    with services.database.read() as connection:
        (consent,) = consents.of_number(connection, phone.number)
    assert (consent.state, consent.how) == (consents.State.OUT, consents.How.WORDS)
    assert consent.wording == "Please stop texting me"
    assert consent.at == services.now()


def test_start_opts_in_again(phone: Phone) -> None:
    phone.text("STOP")
    (welcome,) = phone.text("START")
    assert "again" in welcome
    assert phone.text("hello")


def test_help_says_who_we_are_and_how_to_stop(phone: Phone, services: TestServices) -> None:
    (reply,) = phone.text("HELP")
    assert services.clinic.name in reply
    assert all(word in reply for word in (PHONE, "911", "STOP"))


def test_a_red_flag_after_stop_is_filed_for_the_phone_and_nothing_is_sent(phone: Phone, services: TestServices) -> None:
    phone.text("STOP")
    assert phone.text("when can I drive?") == []
    assert services.escalations.list() == []
    assert phone.text("my leg went numb") == []
    (escalation,) = services.escalations.list()
    assert [note["note"] for note in escalation.notes] == ["opted out of texts: phone, do not text"]
    assert escalation.disposition.value == "urgent"


def test_both_in_one_text_are_both_taken(phone: Phone, services: TestServices) -> None:
    form = a_form("stop texting me, my leg went numb", phone.number)
    answer = phone.post(form).text
    texts = texts_of(answer)
    assert PHONE in texts[0]
    assert "no more texts" in " ".join(texts)
    assert len(services.escalations.list()) == 1
    assert phone.post(form).text == answer
    assert phone.text("hello") == []


@pytest.mark.parametrize("word", ["STOP", "START", "HELP"])
def test_what_twilio_answers_itself_is_noted_and_not_answered(phone: Phone, services: TestServices, word: str) -> None:
    assert phone.text(word, OptOutType=word) == []
    with services.database.read() as connection:
        assert consents.opted_out(connection, phone.number) is (word == "STOP")


def test_yes_is_an_answer_although_twilio_takes_it_for_start(phone: Phone) -> None:
    assert phone.text("yes", OptOutType="START")
    phone.text("STOP", OptOutType="STOP")
    assert phone.text("yes", OptOutType="START") == []
    assert phone.text("hello")


def test_a_clinic_that_lets_twilio_answer_keeps_silent_on_its_words_only(
    services: TestServices, runner: ScriptedRunner, client: TestClient
) -> None:
    settings = {name: getattr(services.settings, name) for name in ("public_url", "twilio_auth_token")}
    with client_of(services, runner, twilio_answers_keywords=True, **settings) as other:
        for word in ("stop", " STOPALL\n", "Cancel", "revoke"):
            assert Phone(other).text(word) == []
        for words in ("please stop texting me", "stop please", "Parar", "stpo", "stop now", "please cancel", "opt out"):
            assert len(Phone(other).text(words)) == 1, words


def test_yes_after_stop_is_start_where_twilio_takes_it_so(
    services: TestServices, runner: ScriptedRunner, client: TestClient
) -> None:
    settings = {name: getattr(services.settings, name) for name in ("public_url", "twilio_auth_token")}
    with client_of(services, runner, twilio_answers_keywords=True, **settings) as other:
        phone = Phone(other)
        assert phone.text("STOP") == phone.text("Yes") == []
        assert PHONE in phone.text("my leg went numb")[0]


def test_a_text_that_is_told_again_after_stop_is_not(phone: Phone) -> None:
    assert phone.text("hello", sid="SM1")
    (confirmation,) = phone.text("STOP", sid="SM2")
    assert phone.text("hello", sid="SM1") == []
    assert phone.text("STOP", sid="SM2") == [confirmation]


def test_advice_that_is_told_again_after_stop_opens_nothing(phone: Phone, services: TestServices) -> None:
    phone.text("my leg went numb", sid="SM1")
    (escalation,) = services.escalations.list()
    services.escalations.close(escalation.id, "S. Example", Outcome.ADVISED, "done", escalation.version)
    phone.text("STOP")
    for _ in range(3):
        assert phone.text("my leg went numb", sid="SM1") == []
    assert services.escalations.list() == [services.escalations.find(escalation.id)]


def test_what_was_under_way_when_stop_came_is_not_told(
    services: TestServices, runner: ScriptedRunner, phone: Phone
) -> None:
    answer = runner.inner

    def meanwhile(request: AgentRequest) -> AgentTurn:
        assert len(phone.text("STOP")) == 1
        return answer(request)

    runner.inner = meanwhile
    assert phone.text("when can I drive?") == []
    assert services.escalations.list() == []
    phone.text("START")
    assert phone.text("my leg went numb") == []
    (escalation,) = services.escalations.list()
    assert "patient not reached by text (opted out): phone them" in [note["note"] for note in escalation.notes]


PHOTO = {"NumMedia": "1", "MediaUrl0": "https://api.twilio.com/ME1", "MediaContentType0": "image/jpeg"}


@pytest.mark.parametrize(("service", "answers"), [("", 1), ("STOP", 0)])
def test_stop_beside_a_photo_is_taken_and_the_photo_is_for_the_phone(
    phone: Phone, services: TestServices, service: str, answers: int
) -> None:
    fields = {**PHOTO, **({"OptOutType": service} if service else {})}
    assert len(phone.text("STOP", **fields)) == answers
    with services.database.read() as connection:
        assert consents.opted_out(connection, phone.number)
    (escalation,) = services.escalations.list()
    assert [note["note"] for note in escalation.notes] == ["opted out of texts: phone, do not text"]
    assert phone.text("hello") == []


def test_a_stop_that_the_database_could_not_take_is_taken_when_it_is_back(
    phone: Phone, services: TestServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise OperationalError("", {}, Exception())

    with monkeypatch.context() as patched:
        patched.setattr(services.database, "write", away)
        (reply,) = phone.text("STOP")
    assert PHONE in reply
    assert "no more texts" not in reply
    spool = Spool(services.settings.spool_file)
    Sweep(services, spool, Wishes(services, Listener(services, spool).reads_red).take_spooled).run_once()
    with services.database.read() as connection:
        assert consents.opted_out(connection, phone.number)
    assert phone.text("hello") == []
    assert services.escalations.list() == []


def test_a_photo_that_came_with_the_database_away_is_filed_when_it_is_back(
    phone: Phone, services: TestServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise OperationalError("", {}, Exception())

    with monkeypatch.context() as patched:
        patched.setattr(services.database, "write", away)
        (reply,) = phone.text("", **PHOTO)
    assert PHONE in reply
    sweep = Sweep(services, Spool(services.settings.spool_file))
    sweep.run_once()
    services.pass_time(minutes=1)
    sweep.run_once()
    (escalation,) = services.escalations.list()
    assert escalation.disposition.value == "urgent"


# --- what is no plain text ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind", ["image/jpeg", "video/mp4", "audio/amr", "application/pdf", "", "image/heic", "text/x-vlocation"]
)
def test_what_may_show_the_wound_is_filed(phone: Phone, services: TestServices, kind: str) -> None:
    url = "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1"
    (reply,) = phone.text("", NumMedia="1", MediaUrl0=url, MediaContentType0=kind)
    (escalation,) = services.escalations.list()
    assert escalation.id in reply
    assert PHONE in reply
    with services.database.read() as connection:
        (patient,) = [
            item for item in messages.history(connection, escalation.conversation_id) if item.author == "patient"
        ]
        ((medium,),) = media.of_messages(connection, [patient.id]).values()
    assert (medium.url, medium.content_type) == (url, kind)


def test_words_beside_a_photo_are_read_and_the_photo_is_filed(phone: Phone, services: TestServices) -> None:
    photo = {"NumMedia": "1", "MediaUrl0": "https://api.twilio.com/ME1", "MediaContentType0": "image/jpeg"}
    reply, rest = phone.text("hello", **photo)
    (escalation,) = services.escalations.list()
    assert reply.startswith(f"Call {PHONE} now")
    assert "how you feel" in rest
    assert "look at" in escalation.notes[0]["note"]


def test_a_contact_card_or_nothing_at_all_gets_a_reply_and_no_escalation(phone: Phone, services: TestServices) -> None:
    card = {"NumMedia": "1", "MediaUrl0": "https://api.twilio.com/ME2", "MediaContentType0": "text/x-vcard"}
    for fields in ({}, card):
        (reply,) = phone.text("", **fields)
        assert PHONE in reply
    assert services.escalations.list() == []


def test_a_place_leads_to_911_and_is_filed(phone: Phone, services: TestServices) -> None:
    (reply,) = phone.text("", Latitude="39.78", Longitude="-89.65", From=f"whatsapp:{phone.number}")
    assert "call 911" in reply
    assert len(services.escalations.list()) == 1


@pytest.mark.parametrize("parts", [("(1/2) my left leg", "(2/2) went numb"), ("(2/2) went numb", "(1/2) my left leg")])
def test_parts_of_one_text_are_read_together_in_whatever_order(
    phone: Phone, services: TestServices, parts: tuple[str, str]
) -> None:
    phone.text(parts[0])
    services.pass_time(seconds=3)
    phone.text(parts[1])
    (escalation,) = services.escalations.list()
    assert "leg_symptom" in escalation.symptoms


def test_a_very_long_text_gets_a_reply(phone: Phone, services: TestServices) -> None:
    assert phone.text("I wonder. " * 160)
    assert phone.text("I wonder. " * 155 + "My leg went numb.")
    assert len(services.escalations.list()) == 1


def test_the_fallback_needs_no_more_than_the_phone(phone: Phone) -> None:
    response = phone.post(a_form("hello"), "/webhooks/sms/fallback")
    (reply,) = texts_of(response.text)
    assert all(number in reply for number in (PHONE, "(217) 555-0187", "911"))
