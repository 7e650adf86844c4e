"""The trained pipeline as the tests ask it: a text in, Rasa's parse result out."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage

from bot.screen import ScreenResult
from bot.triage.model import Decision, Findings

#: A screen that found nothing: the classifier has its way.
NOTHING = ScreenResult(Findings(), Decision()).to_dict()


class Pipeline:
    def __init__(self, model: Path) -> None:
        processor = Agent.load(str(model)).processor
        assert processor is not None
        self._processor = processor
        self._loop = asyncio.new_event_loop()

    def parse(self, text: str, screen: dict[str, Any] | None) -> dict[str, Any]:
        """The parse result; without a given screen the real one reads the text."""
        message = UserMessage(text, metadata={"screen": screen})
        parsed: dict[str, Any] = self._loop.run_until_complete(self._processor.parse_message(message))
        return parsed

    def intent(self, text: str) -> str:
        """What the classifier makes of a text in which the screen finds nothing."""
        return str(self.parse(text, NOTHING)["intent"]["name"])
