"""Texts to a running server with its real model."""

from __future__ import annotations

import uuid
from urllib.parse import urlsplit

import pytest

from bot.texting.alphabet import FIRST_PART, LONGEST, foreign_characters, septets
from tests.channels.sms.over_http import post, text
from tests.channels.sms.twilio import PATH, a_form, texts_of
from tests.servers import Server


@pytest.fixture
def server(sqlite_server: Server) -> Server:
    return sqlite_server


@pytest.fixture
def number() -> str:
    return f"+1217{uuid.uuid4().int % 10**7:07d}"


def test_question_answer_and_numbered_choices(server: Server, number: str) -> None:
    (answer,) = text(server, number, "when can I drive?")
    assert "drive" in answer.casefold()
    assert "STOP" in answer
    (question,) = text(server, number, "I have a headache")
    assert "Reply 1" in question
    (advice,) = text(server, number, "2.")
    assert "call" in advice.casefold()
    assert "555" in advice[:FIRST_PART]


@pytest.mark.parametrize("choice", ["2", "2.", "two", "second", "more than a day"])
def test_a_choice_is_understood_however_it_is_written(server: Server, number: str, choice: str) -> None:
    text(server, number, "I have a headache")
    (advice, *_) = text(server, number, choice)
    assert "Call your provider now" in advice


@pytest.mark.parametrize(
    "body",
    [
        "my leg went numb",
        "chest pain",
        "I want to kill myself",
        "fever 102",
        "tengo fiebre",
        "my leg is numb, can I drive?",
    ],
)
def test_red_flags_come_first_in_a_text_that_fits(server: Server, number: str, body: str) -> None:
    first, *_ = text(server, number, body)
    assert "Call " in first[:FIRST_PART]
    assert any(digits in first[:FIRST_PART] for digits in ("911", "988", "555"))
    assert "reference" in first
    assert septets(first) <= LONGEST
    assert not foreign_characters(first)


def test_no_reply_repeats_what_was_reported(server: Server, number: str) -> None:
    text(server, number, "I have had a headache since Sunday and hepatitis")
    for body in ("hello", "what did I tell you?", "what is my reference", "who am I"):
        assert "hepatitis" not in " ".join(text(server, number, body))


def test_stop_ends_it(server: Server, number: str) -> None:
    text(server, number, "hello")
    assert len(text(server, number, "please stop texting me")) == 1
    assert [text(server, number, body) for body in ("my leg went numb", "hello", "STOP")] == [[], [], []]
    listed = str(server.escalations("--open"))
    assert "opted out of texts: phone, do not text" in listed


def test_the_same_text_again_gets_the_same_answer(server: Server, number: str) -> None:
    form = a_form("I have chills", number)
    assert len({post(server, form).text for _ in range(3)}) == 1


def test_the_fallback_answers(server: Server) -> None:
    (words,) = texts_of(post(server, a_form("hello"), f"{PATH}/fallback").text)
    assert "911" in words


def test_the_simulated_phone(server: Server, number: str) -> None:
    port = str(urlsplit(server.url).port)
    shown = server.aftercare(
        "sms", "simulate", "--from", number, "--server", f"http://localhost:{port}", "--text", "my leg went numb",
        "--text", "STOP", "--text", "hello",
    ).stdout  # fmt: skip
    assert "you: my leg went numb" in shown
    assert "Call your provider now" in shown
    assert "no more texts" in shown
    assert "(no text comes back)" in shown


def test_the_simulated_phone_says_what_is_missing(server: Server) -> None:
    away = server.aftercare("sms", "simulate", "--server", "http://localhost:9", "--text", "hi")
    assert away.returncode == 2
    assert "aftercare serve" in away.stderr
