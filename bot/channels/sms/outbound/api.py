"""Twilio's API, of which we use two calls: send a text, and look whether it was sent."""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from requests import RequestException
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

TWILIO = "https://api.twilio.com"
TIMEOUT_SECONDS = 10.0
OPTED_OUT = 21610
#: Clocks of two systems.
_SLACK = timedelta(minutes=5)


class Unavailable(Exception):
    """It did not work, and may later: the service is busy or away, or does not take our account's token."""


class Rejected(Exception):
    """The service will never send this text. ``code`` is its own."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


@dataclass(frozen=True)
class Handed:
    sid: str
    status: str


class TextApi:
    def __init__(self, account_sid: str, token: str, url: str = TWILIO) -> None:
        """
        Args:
            url: where the API is.
        """
        # Twilio's own client writes what it sends to its log: numbers and words.
        silent = logging.getLogger("bot.channels.sms.twilio")
        silent.disabled = True
        self._client = Client(account_sid, token, http_client=_Http(url, timeout=TIMEOUT_SECONDS, logger=silent))

    def send(self, to: str, sender: str, words: str, status_url: str) -> Handed:
        """
        Args:
            sender: our number, or a messaging service (MG...).

        Raises:
            Unavailable, Rejected: it was not sent, or (Unavailable alone) perhaps it was.
        """
        who = {"messaging_service_sid": sender} if sender.startswith("MG") else {"from_": sender}
        sent = self._call(lambda: self._client.messages.create(to=to, body=words, status_callback=status_url, **who))
        return Handed(sent.sid, str(sent.status))

    def find(self, to: str, words: str, since: datetime, others: Collection[str]) -> Handed | None:
        """The text, if it has been sent since then: after a crash or a lost answer nobody else knows.

        Args:
            others: names of texts that are known to be other ones, with the same words perhaps.

        Raises:
            Unavailable, Rejected: it could not be looked for.
        """
        sent = self._call(lambda: self._client.messages.list(to=to, date_sent_after=since - _SLACK, limit=50))
        # A text in answer to one of the patient's has no name with us until news of it comes.
        own = (item for item in sent if item.direction == "outbound-api" and item.sid not in others)
        return next((Handed(item.sid, str(item.status)) for item in own if item.body == words), None)

    def _call(self, call: Any) -> Any:
        try:
            return call()
        except TwilioRestException as error:
            if error.status in (401, 403, 408, 429) or error.status >= 500:
                raise Unavailable(f"the texting service answers {error.status}") from None
            raise Rejected(int(error.code or 0)) from None
        except (TwilioException, RequestException) as error:
            raise Unavailable(f"the texting service cannot be reached ({type(error).__name__})") from None


class _Http(TwilioHttpClient):
    def __init__(self, url: str, **options: Any) -> None:
        super().__init__(**options)
        self._url = url

    def request(self, method: str, url: str, *arguments: Any, **options: Any) -> Any:
        return super().request(method, url.replace(TWILIO, self._url, 1), *arguments, **options)
