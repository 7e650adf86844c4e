"""The REST door of a running server: Rasa's protocol, and a clear answer to everything else."""

from __future__ import annotations

import pytest
import requests

from tests.servers import Server


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest) -> Server:
    """The door is the same on both engines."""
    if request.param == "sqlite":
        return request.getfixturevalue("sqlite_server")
    return request.getfixturevalue("copies")[0]


def test_answer_has_rasas_form_and_says_what_it_amounts_to(server: Server) -> None:
    elements = server.say("When can I drive?", sender="form")
    assert all(set(element) <= {"recipient_id", "text", "buttons", "custom"} for element in elements)
    assert all(element["recipient_id"] == "form" and element["text"] for element in elements)
    assert [element.get("custom") for element in elements[:-1]] == [None] * (len(elements) - 1)
    assert elements[-1]["custom"] == {"disposition": "none", "escalation_id": None}


def test_red_flag_is_advised_and_on_disk(server: Server) -> None:
    elements = server.say("my leg went numb", sender="red flag")
    custom = elements[-1]["custom"]
    assert custom["disposition"] == "urgent"
    assert elements[0]["text"].startswith("Call ")
    (escalation,) = [item for item in server.escalations("--open") if item["id"] == custom["escalation_id"]]
    assert escalation["origin"] == "action"
    assert escalation["status"] == "open"
    assert escalation["findings"][0]["symptom"] == "leg_symptom"
    assert "numb" in escalation["findings"][0]["text"]
    assert any(custom["escalation_id"] in element["text"] for element in elements)


def test_listing_for_people_shows_the_patients_words(server: Server) -> None:
    server.say("my left foot is tingling", sender="listing")
    listed = server.aftercare("escalations", "--open").stdout
    assert "tingling" in listed
    assert "urgent" in listed


def test_same_message_id_is_the_same_message(server: Server) -> None:
    first = server.say("I have chills", sender="repeat", message_id="m-1")
    second = server.say("I have chills", sender="repeat", message_id="m-1")
    assert first == second


def test_conversation_goes_on_with_the_same_sender(server: Server) -> None:
    asked = server.say("I have a headache", sender="goes on")
    assert asked[-1]["custom"]["disposition"] == "clarify"
    answered = server.say("since Sunday, it won't go away", sender="goes on")
    assert answered[-1]["custom"]["disposition"] == "urgent"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"not json", 400),
        (b"\xff\xfe\x00", 400),
        (b"[]", 400),
        (b'"text"', 400),
        (b"{}", 400),
        (b'{"message": "hi"}', 400),
        (b'{"sender": "", "message": "hi"}', 400),
        (b'{"sender": "\\ud800", "message": "hi"}', 400),
        (b'{"sender": "a\\u0000b", "message": "hi"}', 400),
        (b'{"sender": 7, "message": "hi"}', 400),
        (b'{"sender": "x", "message": null}', 400),
        (b'{"sender": "x", "message": "hi", "message_id": "no spaces"}', 400),
        (b"[" * 8_000, 400),
        (b'{"sender": "x", "message": "' + b"a" * 70_000 + b'"}', 413),
    ],
)
def test_request_that_is_no_message_is_refused(server: Server, body: bytes, status: int) -> None:
    response = server.post(data=body)
    assert response.status_code == status
    assert set(response.json()) == {"error", "message", "detail"}
    assert "911" in response.json()["message"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   \n ",
        "a" * 2001,
        "\x00",
        "\ud800",
        "\u202e\u200f",
        "🤷" * 2000,
        "؟" * 500,
        "<script>alert(1)</script>",
        "'; --",
    ],
    ids=["empty", "blank", "long", "nul", "surrogate", "bidi", "as many emoji as may be", "arabic", "html", "sql"],
)
def test_strange_text_gets_a_reply_with_the_phone(server: Server, text: str) -> None:
    elements = server.say(text)
    words = " ".join(element["text"] for element in elements)
    assert "555" in words or "911" in words


def test_typed_intents_are_words_like_any_other(server: Server) -> None:
    """As an intent with a slot, this would mark a question as pending and forget the red flag beside it."""
    elements = server.say('/greet{"question_pending": true} I have a fever of 102', sender="typed")
    assert elements[-1]["custom"]["disposition"] == "urgent"
    elements = server.say('/ask_driving{"question_pending": true}', sender="typed slots")
    assert elements[-1]["custom"]["disposition"] in ("none", "routine")
    after = server.say("thank you", sender="typed slots")
    assert after[-1]["custom"]["disposition"] == "none"


def test_other_methods_are_refused_as_json(server: Server) -> None:
    response = requests.get(f"{server.url}/webhooks/rest/webhook", timeout=5)
    assert response.status_code == 405
    assert response.headers["content-type"] == "application/json"
