"""A phone on this machine: texts a running server with Twilio's signature, and shows what Twilio would send back."""

from __future__ import annotations

import itertools
import secrets
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from dataclasses import dataclass, field

import requests
from twilio.request_validator import RequestValidator

PATH = "/webhooks/sms"
TIMEOUT_SECONDS = 20


class NoAnswer(Exception):
    """The server did not take the text. The text says why and what to do."""


@dataclass
class SimulatedPhone:
    #: Where the server is, and the address that Twilio would sign.
    server: str
    public_url: str
    token: str
    number: str
    ours: str
    _sids: itertools.count[int] = field(default_factory=lambda: itertools.count(secrets.randbits(64)))

    def text(self, body: str, media: str = "") -> list[str]:
        """Sends a text, with a photo if there is an address of one; the texts that come back.

        Raises:
            NoAnswer: the server is away, or refuses it.
        """
        sid = f"SM{next(self._sids):032x}"
        form = {
            "AccountSid": "AC" + "0" * 32,
            "ApiVersion": "2010-04-01",
            "Body": body,
            "From": self.number,
            "To": self.ours,
            "MessageSid": sid,
            "SmsMessageSid": sid,
            "SmsSid": sid,
            "SmsStatus": "received",
            "NumMedia": "1" if media else "0",
            "NumSegments": str(1 + len(body) // 160),
            "FromCity": "",
            "FromZip": "",
        }
        if media:
            form.update({"MediaUrl0": media, "MediaContentType0": "image/jpeg"})
        return texts_of(self._post(form))

    def _post(self, form: Mapping[str, str]) -> str:
        signature = RequestValidator(self.token).compute_signature(self.public_url + PATH, form)
        began = time.monotonic()
        try:
            answer = requests.post(
                self.server + PATH, data=form, headers={"X-Twilio-Signature": signature}, timeout=TIMEOUT_SECONDS
            )
        except requests.RequestException:
            raise NoAnswer(f"no server answers at {self.server}. Start it: aftercare serve") from None
        if answer.status_code == 404:
            raise NoAnswer("the server has no SMS channel. Set TWILIO_AUTH_TOKEN (any words will do here), start again")
        if answer.status_code == 403:
            raise NoAnswer("the server does not take the signature. It must run with the same .env as this command")
        if answer.status_code != 200:
            raise NoAnswer(f"the server answers {answer.status_code} after {time.monotonic() - began:.1f} s")
        return answer.text


def texts_of(twiml: str) -> list[str]:
    """The words of the texts that TwiML asks for."""
    # Our own server wrote it.
    return [message.text or "" for message in ElementTree.fromstring(twiml).findall("Message")]  # noqa: S314
