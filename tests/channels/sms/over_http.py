"""A patient's phone behind Twilio, on a really running server."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

import requests

from tests.channels.sms.twilio import FORM, PATH, a_form, sign, texts_of
from tests.servers import Server


def post(server: Server, form: Mapping[str, str], path: str = PATH) -> requests.Response:
    """The form, signed for the address that a server without a public one has."""
    base = f"http://localhost:{urlsplit(server.url).port}"
    headers = {"x-twilio-signature": sign(form, path, base=base), "content-type": FORM}
    return requests.post(server.url + path, data=urlencode(form), headers=headers, timeout=20)


def text(server: Server, number: str, body: str, **fields: str) -> list[str]:
    """The texts that come back."""
    response = post(server, a_form(body, number, **fields))
    assert response.status_code == 200, response.text
    return texts_of(response.text)
