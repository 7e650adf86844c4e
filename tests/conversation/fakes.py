"""Agents that tests script, in Rasa's place."""

from __future__ import annotations

from collections.abc import Callable

from bot.rasa_agent.runner import AgentRequest, AgentTurn
from bot.records.messages import Reply
from bot.services import services

Script = Callable[[AgentRequest], AgentTurn]


class ScriptedAgent:
    """Answers by a function of the request."""

    def __init__(self, script: Script) -> None:
        self.script = script

    def handle(self, request: AgentRequest, deadline: float) -> AgentTurn:
        return self.script(request)


def says(*replies: Reply) -> Script:
    """Always the same replies; no question is left pending."""
    return lambda request: AgentTurn(replies, {"slots": {}, "events": []}, {})


def utters(*responses: str) -> Script:
    """The words of these responses."""

    def script(request: AgentRequest) -> AgentTurn:
        replies = [services().say(response, "website") for response in responses]
        return AgentTurn(replies, {"slots": {}, "events": []}, {})

    return script


def raises(error: BaseException) -> Script:
    def script(request: AgentRequest) -> AgentTurn:
        raise error

    return script
