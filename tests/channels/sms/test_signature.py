"""Which address is signed, and what is refused. Requests by the thousand: tests/torture/test_signed_texts.py."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from starlette.testclient import TestClient

from bot.channels.sms.signature import Verifier
from tests.channels.sms.twilio import FORM, OURS, PATH, TOKEN, Phone, a_form, sign

pytestmark = pytest.mark.only_on("sqlite", reason="none of this depends on the database")


@pytest.mark.parametrize(
    ("public", "signed"),
    [
        ("https://a.example", "https://a.example"),
        ("https://a.example", "https://a.example:443"),
        ("https://a.example:443", "https://a.example"),
        ("http://a.example", "http://a.example:80"),
        ("https://a.example:8443", "https://a.example:8443"),
        ("https://a.example/clinic", "https://a.example/clinic"),
        ("https://a.example/clinic/#rc=3", "https://a.example/clinic"),
        ("http://localhost:8000", "http://localhost:8000"),
    ],
)
def test_the_public_address_counts_in_each_of_its_forms(public: str, signed: str) -> None:
    form = a_form("hello")
    assert Verifier(public, [TOKEN]).signed(PATH, "", form, sign(form, base=signed))


def test_two_signatures_are_none(client: TestClient) -> None:
    form = a_form("hello")
    headers = [("x-twilio-signature", sign(form)), ("x-twilio-signature", "x"), ("content-type", FORM)]
    assert client.post(PATH, content=urlencode(form), headers=headers).status_code == 403


def test_a_signed_form_that_is_no_text_is_refused_in_words(client: TestClient) -> None:
    form = {"To": OURS, "EventType": "something new"}
    response = Phone(client).post(form)
    assert response.status_code == 400
    assert "555" in response.json()["message"]
