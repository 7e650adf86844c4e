"""Agents that tests script, in Rasa's place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.rasa_agent.runner import AgentTurn
from bot.records.messages import Reply
from bot.services import services

Script = Callable[..., AgentTurn]


class ScriptedAgent:
    """Answers by a function of the turn's arguments; remembers what it was asked."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.asked: list[Mapping[str, Any]] = []

    def handle(
        self,
        sender_id: str,
        text: str,
        metadata: Mapping[str, Any],
        dialogue: Mapping[str, Any] | None,
        slots: Mapping[str, Any],
        channel: str,
        deadline: float,
    ) -> AgentTurn:
        turn = {"sender_id": sender_id, "text": text, "metadata": metadata, "dialogue": dialogue, "slots": slots}
        self.asked.append(turn)
        return self.script(turn)


def says(*replies: Reply, dialogue: Mapping[str, Any] | None = None) -> Script:
    """Always the same replies; no question is left pending."""
    return lambda turn: AgentTurn(replies, dialogue or {"slots": {}, "events": []}, {})


def utters(*responses: str) -> Script:
    """The words of these responses."""

    def script(turn: Mapping[str, Any]) -> AgentTurn:
        replies = [services().say(response, "website") for response in responses]
        return AgentTurn(replies, {"slots": {}, "events": []}, {})

    return script


def raises(error: BaseException) -> Script:
    def script(turn: Mapping[str, Any]) -> AgentTurn:
        raise error

    return script
