"""Words in time: whatever hangs or fails behind the stored message, the patient is advised by what is known of it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.exc import OperationalError

from bot.conversation.reply import TurnReply
from bot.rasa_agent.runner import AgentRequest, AgentTurn
from bot.records import messages
from bot.records.messages import Inbound
from bot.triage.model import Question, QuestionKind
from tests.conftest import TestServices
from tests.conversation.fakes import Script, utters
from tests.conversation.recovery.test_sweep import ask, sweep
from tests.conversation.test_turn import CONVERSATION, NUMB, converse, only_escalation, take

FEVER = Question(QuestionKind.PRESENCE, ("fever",), "utter_ask_presence")
NO_SWEEP = pytest.mark.leaves_red(reason="the turn hangs until the test ends, and no sweep runs here")
LONG_ANSWER = "yes I think so, I feel hot and my wife says so too but we have no thermometer here"


@pytest.fixture
def hangs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Script]:
    """Rasa that answers nothing until the test ends, although it has missed every deadline."""
    monkeypatch.setattr("bot.conversation.turn.ANSWER_SECONDS", 0.3)
    released = threading.Event()

    def script(request: AgentRequest) -> AgentTurn:
        released.wait(30)
        return utters("utter_greet")(request)

    yield script
    released.set()


def responses(reply: TurnReply) -> list[str]:
    return [message.response for message in reply.messages]


@NO_SWEEP
def test_a_turn_that_hangs_is_answered_in_its_place(services: TestServices, hangs: Script) -> None:
    assert responses(take(converse(services, hangs), NUMB)) == ["utter_urgent", "utter_not_filed"]


@NO_SWEEP
def test_an_event_loop_does_not_wait_either(services: TestServices, hangs: Script) -> None:
    inbound = Inbound(CONVERSATION, NUMB, "website", "m1")
    assert responses(asyncio.run(converse(services, hangs).answer(inbound))) == ["utter_urgent", "utter_not_filed"]


def test_a_late_turn_goes_on_and_its_reply_is_given_when_the_message_comes_again(
    services: TestServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = threading.Event()

    def script(request: AgentRequest) -> AgentTurn:
        released.wait(30)
        return utters("utter_greet")(request)

    conversations = converse(services, script)
    monkeypatch.setattr("bot.conversation.turn.ANSWER_SECONDS", 0.2)
    assert responses(take(conversations, NUMB)) == ["utter_urgent", "utter_not_filed"]
    monkeypatch.setattr("bot.conversation.turn.ANSWER_SECONDS", 20)
    released.set()
    again = take(conversations, NUMB)
    assert again.escalation_id == only_escalation(services).id
    assert "utter_filed" in responses(again)
    assert only_escalation(services).priority == 0


def test_the_answer_to_a_question_is_advised_as_one_when_its_turn_fails(
    services: TestServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(services, FEVER)

    def away(*args: object) -> None:
        raise OperationalError("", {}, Exception())

    monkeypatch.setattr("bot.conversation.turn.messages.store_replies", away)
    reply = take(converse(services, utters("utter_greet")), LONG_ANSWER)
    assert responses(reply) == ["utter_urgent", "utter_not_filed"]
    services.pass_time(seconds=30)
    sweep(services).run_once()
    assert [item["symptom"] for item in only_escalation(services).findings][:1] == ["fever"]
    with services.database.read() as connection:
        assert messages.red_without_escalation(connection, services.now()) == []


def test_what_was_answered_out_of_turn_is_not_answered_again(
    services: TestServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.conversation.turn.PATIENCE_SECONDS", 0.2)
    monkeypatch.setattr("bot.conversation.turn.ANSWER_SECONDS", 20)
    begun, released = threading.Event(), threading.Event()

    def script(request: AgentRequest) -> AgentTurn:
        begun.set()
        released.wait(30)
        return utters("utter_greet")(request)

    conversations = converse(services, script)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(take, conversations, NUMB)
        assert begun.wait(30)
        again = take(conversations, NUMB)
        released.set()
        assert [message.id for message in first.result(30).messages] == [message.id for message in again.messages]
    assert responses(again) == ["utter_urgent", "utter_filed"]
    assert only_escalation(services).id in again.messages[-1].text
    assert responses(take(conversations, NUMB)) == ["utter_urgent", "utter_filed"]
