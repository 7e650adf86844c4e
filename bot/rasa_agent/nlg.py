"""Rasa's responses through the project's own wording, with the clinic's facts of the hour."""

from __future__ import annotations

from typing import Any

from rasa.core.nlg.generator import NaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.services import services


class ClinicNLG(NaturalLanguageGenerator):
    """One way to words for Rasa, the safe reply and the console; ``endpoints.yml`` names this class."""

    def __init__(self, endpoint_config: EndpointConfig | None = None, domain: Domain | None = None) -> None:
        super().__init__()

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> dict[str, Any]:
        """
        Raises:
            WordingError: no such response, or nothing to fill one of its placeholders with.
        """
        reply = services().say(utter_action, output_channel, **kwargs)
        return {
            "text": reply.text,
            "buttons": [dict(button) for button in reply.buttons],
            "metadata": {"disposition": reply.disposition},
        }
