"""What became of a text: advice that did not arrive is for a person with a phone."""

from __future__ import annotations

from collections.abc import Mapping

from bot.channels.sms.incoming import CHANNEL
from bot.channels.sms.services import TextServices
from bot.escalation.unreached import not_reached
from bot.records.texting import texts


class Deliveries:
    def __init__(self, services: TextServices) -> None:
        self._services = services

    def take(self, text_id: str, form: Mapping[str, str]) -> None:
        """Notes what the network says. A text that we do not know of is none of ours: nothing happens."""
        status = form.get("MessageStatus") or form.get("SmsStatus") or ""
        code = form.get("ErrorCode", "")
        error = int(code) if code.isascii() and code.isdigit() and len(code) < 7 else None
        if not (text_id.isascii() and text_id.isdigit() and len(text_id) < 16) or not status.isalpha():
            return
        services, now = self._services, self._services.now()
        with services.database.write() as connection:
            lost = texts.settle(connection, int(text_id), status, error, now, form.get("MessageSid", ""))
            text = texts.find(connection, int(text_id)) if lost else None
            if text is not None and text.urgent:
                not_reached(
                    connection, services.escalations, text.conversation_id, CHANNEL, f"error {error}" if error else ""
                )
