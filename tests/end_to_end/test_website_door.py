"""The website door of a running server: one conversation a browser, and nobody else's."""

from __future__ import annotations

import pytest
import requests

from bot.channels.website import LATE
from tests.servers import Server

COOKIE = "aftercare_chat"
JSON = {"content-type": "application/json"}


@pytest.fixture
def browser(server: Server) -> requests.Session:
    """A visitor who has opened the chat."""
    session = requests.Session()
    begun = session.post(server.url + "/chat/session", timeout=5)
    assert begun.status_code == 200
    return session


def send(server: Server, session: requests.Session, text: str, message_id: str = "m1") -> requests.Response:
    return session.post(f"{server.url}/chat/messages", json={"text": text, "message_id": message_id}, timeout=20)


def read(server: Server, session: requests.Session, after: int = 0) -> list[dict[str, object]]:
    response = session.get(f"{server.url}/chat/messages", params={"after": after}, timeout=5)
    assert response.status_code == 200
    messages: list[dict[str, object]] = response.json()["messages"]
    return messages


def test_page_names_the_clinic_its_phone_and_911(server: Server) -> None:
    page = requests.get(server.url + "/", timeout=5)
    assert page.headers["content-type"].startswith("text/html")
    assert "(fictional)" in page.text
    assert "911" in page.text
    assert "(217) 555-01" in page.text


def test_pages_and_answers_keep_to_themselves(server: Server) -> None:
    for path in ("/", "/chat/messages", "/healthz", "/demo/demo.css"):
        headers = requests.get(server.url + path, timeout=5).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_question_and_red_flag_are_answered_and_kept(server: Server, browser: requests.Session) -> None:
    first = send(server, browser, "when can I drive?", "m1").json()["messages"]
    second = send(server, browser, "my leg went numb", "m2").json()["messages"]
    assert "24 hours" in " ".join(message["text"] for message in first)
    assert {message["disposition"] for message in second} >= {"urgent"}
    kept = read(server, browser)
    assert [message["text"] for message in kept if message["author"] == "patient"] == [
        "when can I drive?",
        "my leg went numb",
    ]
    # The last ones come again, in case a copy gave a lower id later; nothing else does.
    again = read(server, browser, after=int(str(kept[-1]["id"])))
    assert again == kept[-LATE:]


def test_conversation_cookie_is_out_of_reach_of_scripts(server: Server, browser: requests.Session) -> None:
    (cookie,) = [item for item in browser.cookies if item.name == COOKIE]
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.get_nonstandard_attr("SameSite") == "lax"


@pytest.mark.parametrize("forge", [lambda value: value[:-3] + "abc", lambda value: "0" * 32, lambda value: ""])
def test_forged_cookie_opens_nobodys_conversation(server: Server, browser: requests.Session, forge: object) -> None:
    send(server, browser, "I have chills")
    value = browser.cookies[COOKIE]
    stranger = requests.Session()
    stranger.cookies.set(COOKIE, forge(value))  # type: ignore[operator]
    assert stranger.get(f"{server.url}/chat/messages", timeout=5).status_code == 401
    send(server, stranger, "hello")
    assert [message["text"] for message in read(server, browser) if message["author"] == "patient"] == ["I have chills"]


def test_message_id_of_another_conversation_gives_nothing_away(server: Server, browser: requests.Session) -> None:
    send(server, browser, "I have chills", "shared")
    stranger = requests.Session()
    stranger.post(server.url + "/chat/session", timeout=5)
    reply = send(server, stranger, "thanks", "shared").json()["messages"]
    assert all(message["disposition"] == "none" for message in reply)


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{", 400), (b"[]", 400), (b"{}", 400), (b'{"text": 1}', 400), (b'{"text": "' + b"a" * 70_000 + b'"}', 413)],
)
def test_request_that_is_no_message_is_refused(
    server: Server, browser: requests.Session, body: bytes, status: int
) -> None:
    response = browser.post(f"{server.url}/chat/messages", data=body, headers=JSON, timeout=5)
    assert response.status_code == status
    assert set(response.json()) == {"error", "message", "detail"}
    assert "911" in response.json()["message"]


@pytest.mark.parametrize("after", ["x", "-1", "9" * 30, "1.5"])
def test_strange_place_in_the_history_is_refused(server: Server, browser: requests.Session, after: str) -> None:
    response = browser.get(f"{server.url}/chat/messages", params={"after": after}, timeout=5)
    assert response.status_code == 400


def test_unknown_page_is_a_plain_404(server: Server) -> None:
    response = requests.get(server.url + "/nowhere", timeout=5)
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/json"


def test_health_readiness_and_metrics(server: Server) -> None:
    assert requests.get(server.url + "/healthz", timeout=5).json() == {"status": "alive"}
    assert requests.get(server.url + "/readyz", timeout=10).json() == {"status": "ready"}
    metrics = requests.get(server.url + "/metrics", timeout=5).text
    assert "aftercare_turns_total" in metrics
