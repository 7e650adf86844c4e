"""What Rasa says in one turn, collected with the name and the metadata of each response."""

from __future__ import annotations

from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel

from bot.records.messages import Reply


class TurnOutput(CollectingOutputChannel):
    """Rasa's own collector splits texts at blank lines and drops metadata; this one keeps whole messages."""

    def __init__(self, channel: str) -> None:
        super().__init__()
        self._channel = channel
        self.replies: list[Reply] = []

    def name(self) -> str:
        return self._channel

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        metadata = message.get("metadata") or {}
        self.replies.append(
            Reply(
                text=message.get("text") or "",
                buttons=tuple(
                    {"title": button["title"], "payload": button["payload"]} for button in message.get("buttons") or ()
                ),
                disposition=metadata.get("disposition", "none"),
                response=message.get("utter_action", ""),
            )
        )
