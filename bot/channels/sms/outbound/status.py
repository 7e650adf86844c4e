"""What became of a text: advice that did not arrive is for a person with a phone."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Mapping

from sqlalchemy.exc import SQLAlchemyError

from bot.channels.sms.incoming import CHANNEL
from bot.channels.sms.services import TextServices
from bot.escalation.unreached import not_reached
from bot.records.texting import texts

log = logging.getLogger(__name__)

#: News that wait for the database; Twilio does not tell them again.
MOST_WAITING = 10_000


class Deliveries:
    def __init__(self, services: TextServices) -> None:
        self._services = services
        self._waiting: deque[tuple[str, dict[str, str]]] = deque(maxlen=MOST_WAITING)

    def take(self, text_id: str, form: Mapping[str, str]) -> None:
        """Notes what the network says, when the database is back if it is away. A text that we do not know of is none
        of ours: nothing happens."""
        try:
            self._take(text_id, form)
        except SQLAlchemyError as error:
            log.error("database is away", extra={"error": type(error).__name__})
            named = ("MessageStatus", "SmsStatus", "ErrorCode", "MessageSid")
            self._waiting.append((text_id, {name: form[name] for name in named if name in form}))

    def run_once(self) -> None:
        """Notes what has waited.

        Raises:
            SQLAlchemyError: the database is away still.
        """
        while self._waiting:
            self._take(*self._waiting[0])
            self._waiting.popleft()

    def _take(self, text_id: str, form: Mapping[str, str]) -> None:
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
