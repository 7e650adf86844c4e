"""A message that comes again is the same message, whatever it holds and however close it comes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from bot.rasa_agent.runner import AgentRequest, AgentTurn
from tests.conftest import TestServices
from tests.conversation.test_turn import converse, take, words


def test_repeat_with_another_text_gets_the_stored_reply(services: TestServices) -> None:
    asked: list[str] = []

    def script(request: AgentRequest) -> AgentTurn:
        asked.append(request.text)
        return AgentTurn([services.say("utter_greet", "website")], {"slots": {}, "events": []}, {})

    conversations = converse(services, script)
    first = take(conversations, "hello", "m1")
    assert words(take(conversations, "something else", "m1")) == words(first)
    assert asked == ["hello"]


def test_repeats_at_once_get_one_turn(services: TestServices) -> None:
    asked: list[str] = []

    def script(request: AgentRequest) -> AgentTurn:
        asked.append(request.text)
        return AgentTurn([services.say("utter_greet", "website")], {"slots": {}, "events": []}, {})

    conversations = converse(services, script)
    for number in range(10):
        with ThreadPoolExecutor(5) as pool:
            replies = list(
                pool.map(lambda text, id=f"m{number}": take(conversations, text, id), ["hello"] * 4 + ["other"])
            )
        assert len({words(reply) for reply in replies}) == 1
    assert len(asked) == 10
