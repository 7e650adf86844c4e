"""A message that comes again is the same message, however close it comes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from bot.rasa_agent.runner import AgentRequest, AgentTurn
from bot.triage.model import Disposition
from tests.conftest import TestServices
from tests.conversation.test_turn import converse, take, words


def test_another_text_under_the_same_id_is_another_message(services: TestServices) -> None:
    conversations = converse(services, lambda request: greets(services))
    take(conversations, "hello", "m1")
    red = take(conversations, "I have a fever of 103", "m1")
    assert red.disposition is Disposition.URGENT
    (escalation,) = services.escalations.list()
    assert escalation.id in words(red)
    assert words(take(conversations, "I have a fever of 103", "m1")) == words(red)
    assert len(services.escalations.list()) == 1


def greets(services: TestServices) -> AgentTurn:
    return AgentTurn([services.say("utter_greet", "website")], {"slots": {}, "events": []}, {})


def test_repeats_at_once_get_one_turn(services: TestServices) -> None:
    asked: list[str] = []

    def script(request: AgentRequest) -> AgentTurn:
        asked.append(request.text)
        return greets(services)

    conversations = converse(services, script)
    for number in range(10):
        with ThreadPoolExecutor(5) as pool:
            replies = list(pool.map(lambda _, id=f"m{number}": take(conversations, "hello", id), range(5)))
        assert len({words(reply) for reply in replies}) == 1
    assert len(asked) == 10
