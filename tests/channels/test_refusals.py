"""Requests that get no turn: JSON with the clinic's phone and 911, the security headers, and never a 5xx."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from starlette.datastructures import Secret
from starlette.testclient import TestClient

from bot.channels.headers import security_headers
from tests.channels.conftest import ScriptedRunner, client_of
from tests.conftest import TestServices

CHAT = "/chat/messages"
REST = "/webhooks/rest/webhook"
pytestmark = pytest.mark.only_on("sqlite", reason="none of this depends on the database")
JSON = {"content-type": "application/json"}
HEADERS = security_headers(https=False)


def chat(client: TestClient, text: str, ascii_only: bool = False) -> int:
    body = json.dumps({"text": text, "message_id": "a" * 32}, ensure_ascii=ascii_only)
    return client.post(CHAT, content=body.encode("utf-8"), headers=JSON).status_code


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status"),
    [
        ("POST", CHAT, b"{", JSON, 400),
        ("POST", CHAT, b'{"text": 7}', JSON, 400),
        ("POST", CHAT, b'{"text": "' + b"a" * 9000 + b'"}', JSON, 413),
        ("POST", CHAT, b'{"text": "' + rb"\u0061" * 5000 + b'"}', JSON, 413),
        ("POST", CHAT, b"text=hello", {"content-type": "application/x-www-form-urlencoded"}, 415),
        ("POST", CHAT, b'{"text": "hello"}', {"content-type": "text/plain"}, 415),
        ("PUT", CHAT, b"", {}, 405),
        ("GET", CHAT + "?after=x", b"", {}, 400),
        ("GET", REST, b"", {}, 405),
        ("POST", REST, b"{}", {}, 400),
        ("GET", "/nowhere", b"", {}, 404),
        ("GET", "/demo/nowhere.js", b"", {}, 404),
        ("GET", "/demo/..%2f..%2f..%2fapp.py", b"", {}, 404),
        ("DELETE", "/", b"", {}, 405),
    ],
)
def test_a_refusal_helps_a_patient(
    client: TestClient, method: str, path: str, body: bytes, headers: dict[str, str], status: int
) -> None:
    response = client.request(method, path, content=body, headers=headers)
    assert response.status_code == status
    assert set(response.json()) == {"error", "message", "detail"}
    assert "(217) 555-01" in response.json()["message"]
    assert "911" in response.json()["message"]


@pytest.mark.parametrize("path", ["/", CHAT, "/demo/demo.css", "/nowhere", "/healthz", "/metrics", "/staff", REST])
def test_every_response_has_the_security_headers(client: TestClient, path: str) -> None:
    headers = client.get(path, follow_redirects=False).headers
    assert {name: headers.get(name) for name in HEADERS} == HEADERS
    assert "strict-transport-security" not in headers


@pytest.fixture
def broken(services: TestServices, runner: ScriptedRunner, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """An app whose turns raise where nothing should."""

    async def raises(*_: object) -> None:
        raise ValueError("canary")

    monkeypatch.setattr("bot.conversation.turn.Conversations.answer", raises)
    with client_of(services, runner, public_url="https://chat.example.org") as client:
        yield client


def test_a_fault_of_ours_gives_words_and_headers_but_no_trace(broken: TestClient) -> None:
    response = broken.post(CHAT, json={"text": "my leg went numb"})
    assert response.status_code == 500
    assert "911" in response.json()["message"]
    assert "canary" not in response.text
    expected = security_headers(https=True)
    assert {name: response.headers.get(name) for name in expected} == expected


@pytest.mark.parametrize("character", ["a", "é", "疼", "🤒", '"', "\n"])
@pytest.mark.parametrize("ascii_only", [False, True])
def test_two_thousand_characters_of_any_script_fit(client: TestClient, character: str, ascii_only: bool) -> None:
    assert chat(client, character * 2000, ascii_only) == 200


def test_a_text_that_is_too_long_is_read_to_its_end(client: TestClient) -> None:
    text = "I had a good day. " * 300 + "But now my leg went numb."
    response = client.post(CHAT, json={"text": text})
    assert "urgent" in [message["disposition"] for message in response.json()["messages"]]


def test_other_websites_are_allowed_by_name(services: TestServices, runner: ScriptedRunner) -> None:
    with client_of(services, runner, allowed_origins=("https://www.example.org",)) as client:
        asked = {"access-control-request-method": "POST", "access-control-request-headers": "content-type"}
        allowed = client.options(CHAT, headers={"origin": "https://www.example.org", **asked})
        other = client.options(CHAT, headers={"origin": "https://evil.example", **asked})
        read = client.get(CHAT, headers={"origin": "https://evil.example"})
    assert allowed.headers["access-control-allow-origin"] == "https://www.example.org"
    assert "access-control-allow-origin" not in other.headers
    assert "access-control-allow-origin" not in read.headers


def test_rest_needs_its_token(services: TestServices, runner: ScriptedRunner) -> None:
    with client_of(services, runner, api_token=Secret("t" * 32)) as client:
        body = {"sender": "me", "message": "hello"}
        refused = client.post(REST, json=body)
        wrong = client.post(REST, json=body, headers={"authorization": "Bearer " + "x" * 32})
        taken = client.post(REST, json=body, headers={"authorization": "Bearer " + "t" * 32})
    assert [refused.status_code, wrong.status_code, taken.status_code] == [401, 401, 200]
    assert refused.headers["www-authenticate"] == "Bearer"
