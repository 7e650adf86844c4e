"""Twilio's side of the webhooks: forms as it sends them, signed with its own library."""

from __future__ import annotations

import itertools
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.testclient import TestClient
from twilio.request_validator import RequestValidator

from tests.conftest import TEXT_TOKEN

PUBLIC = "https://chat.example.org"
TOKEN = TEXT_TOKEN
NEXT_TOKEN = "fedcba9876543210fedcba9876543210"
OURS = "+12175550100"
PATH = "/webhooks/sms"
FORM = "application/x-www-form-urlencoded; charset=UTF-8"

_numbers = itertools.count(1)


def a_number() -> str:
    """A phone that has not written yet."""
    return f"+1217555{next(_numbers):04d}"


def a_form(body: str, sender: str | None = None, sid: str | None = None, **fields: str) -> dict[str, str]:
    """The fields that Twilio sends with a text; those that it knows nothing of are blank."""
    number = next(_numbers)
    sid = sid or f"SM{number:032x}"
    return {
        "ToCountry": "US",
        "ToState": "IL",
        "SmsMessageSid": sid,
        "NumMedia": "0",
        "ToCity": "",
        "FromZip": "",
        "SmsSid": sid,
        "FromState": "IL",
        "SmsStatus": "received",
        "FromCity": "",
        "Body": body,
        "FromCountry": "US",
        "To": OURS,
        "ToZip": "",
        "NumSegments": "1",
        "MessageSid": sid,
        "AccountSid": "AC" + "1" * 32,
        "From": sender or a_number(),
        "ApiVersion": "2010-04-01",
        **fields,
    }


def sign(form: Mapping[str, str], path: str = PATH, token: str = TOKEN, base: str = PUBLIC) -> str:
    signature: str = RequestValidator(token).compute_signature(base + path, form)
    return signature


class Phone:
    """A patient's phone behind Twilio."""

    def __init__(self, client: TestClient, number: str | None = None) -> None:
        self.client = client
        self.number = number or a_number()

    def post(self, form: Mapping[str, str], path: str = PATH, **headers: str) -> Any:
        """The form, signed as it is."""
        given = {"x-twilio-signature": sign(form, path), "content-type": FORM, **headers}
        return self.client.post(path, content=urlencode(form), headers=given)

    def text(self, body: str, sid: str | None = None, **fields: str) -> list[str]:
        """The texts that come back."""
        response = self.post(a_form(body, self.number, sid, **fields))
        assert response.status_code == 200, response.text
        assert response.headers["content-type"].startswith("text/xml")
        return texts_of(response.text)


def texts_of(twiml: str) -> list[str]:
    # Our own server wrote it.
    answer = ElementTree.fromstring(twiml)  # noqa: S314
    return [message.text or "" for message in answer.findall("Message")]
