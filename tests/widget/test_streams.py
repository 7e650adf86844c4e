"""So many streams of events may be open at once: of one conversation, and of one address."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, nullcontext

import pytest
import requests

from bot.channels.limits import STREAMS
from tests.widget.conftest import Clinic

SECONDS = 30


@pytest.fixture
def streams() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def cookie_of(clinic: Clinic) -> dict[str, str]:
    cookies = requests.post(f"{clinic.url}/chat/session", timeout=10).cookies
    return {"cookie": "; ".join(f"{item.name}={item.value}" for item in cookies)}


def listen(streams: ExitStack, clinic: Clinic, headers: dict[str, str]) -> requests.Response:
    """An open stream, or its refusal."""
    response = requests.get(f"{clinic.url}/chat/events", headers=headers, stream=True, timeout=10)
    streams.callback(response.close)
    if response.status_code == 200:
        # Held: whoever lets go of the lines closes the stream.
        lines = streams.enter_context(nullcontext(response.iter_lines()))
        assert next(lines)
    return response


def test_of_one_conversation(clinic: Clinic, streams: ExitStack) -> None:
    own, other = cookie_of(clinic), cookie_of(clinic)
    opened = [listen(streams, clinic, own) for _ in range(STREAMS)]
    assert {response.status_code for response in opened} == {200}
    refused = listen(streams, clinic, own)
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    assert refused.json()["error"] == "too_many"
    # Whoever is refused can still write and read.
    said = requests.post(f"{clinic.url}/chat/messages", json={"text": "my leg went numb"}, headers=own, timeout=10)
    assert "urgent" in [message["disposition"] for message in said.json()["messages"]]
    assert requests.get(f"{clinic.url}/chat/messages", headers=own, timeout=10).status_code == 200
    assert listen(streams, clinic, other).status_code == 200
    opened[0].close()
    deadline = time.monotonic() + SECONDS
    while listen(streams, clinic, own).status_code == 429 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert time.monotonic() < deadline


def test_of_one_address(clinic: Clinic, streams: ExitStack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.channels.limits.STREAMS_OF_ADDRESS", 3)
    sessions = [cookie_of(clinic) for _ in range(4)]
    for _ in range(100):
        # Streams of the tests before may still be closing.
        with ExitStack() as attempt:
            answers = [listen(attempt, clinic, session).status_code for session in sessions]
        if answers == [200, 200, 200, 429]:
            return
        time.sleep(0.1)
    raise AssertionError(answers)
