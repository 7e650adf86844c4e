"""A server that is told to end finishes what it has begun."""

from __future__ import annotations

import json
import signal
import socket
import time
from contextlib import closing
from pathlib import Path

import pytest
import requests

from tests.servers import Server, start_server

SECONDS = 20


@pytest.fixture
def running(model: Path, tmp_path: Path) -> Server:
    return start_server(tmp_path, "--dev")


def port_of(server: Server) -> int:
    return int(server.url.rpartition(":")[2])


def until_refused(port: int) -> None:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return
        time.sleep(0.05)
    raise AssertionError("it still takes connections")


@pytest.mark.model
def test_a_turn_in_flight_is_finished_and_open_streams_keep_nobody(running: Server) -> None:
    with requests.Session() as reader:
        reader.post(f"{running.url}/chat/session", timeout=SECONDS)
        stream = reader.get(f"{running.url}/chat/events", stream=True, timeout=SECONDS)
        assert stream.status_code == 200
        body = json.dumps({"sender": "p1", "message": "my leg went numb", "message_id": "m1"}).encode()
        with closing(socket.create_connection(("127.0.0.1", port_of(running)), timeout=SECONDS)) as patient:
            head = f"POST /webhooks/rest/webhook HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}\r\n"
            patient.sendall(f"{head}Expect: 100-continue\r\n\r\n".encode())
            assert patient.recv(1000).startswith(b"HTTP/1.1 100")  # the app has begun and waits for the body
            running.process.send_signal(signal.SIGTERM)
            until_refused(port_of(running))
            patient.sendall(body)
            answer = b""
            while piece := patient.recv(65536):
                answer += piece
        assert answer.startswith(b"HTTP/1.1 200")
        said = json.loads(answer.partition(b"\r\n\r\n")[2])
        stream.close()
    assert running.process.wait(timeout=SECONDS) in (0, -signal.SIGTERM)
    (escalation,) = running.escalations()
    assert said[-1]["custom"] == {"disposition": "urgent", "escalation_id": escalation["id"]}
    assert escalation["origin"] == "action"  # Rasa's, not what the interlock says of a server that is ending
