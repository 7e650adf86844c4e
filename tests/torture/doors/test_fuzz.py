"""Anything at all through every patient door: never a 5xx, never silence, never an intent or a slot by typing."""

from __future__ import annotations

import json
import random
import re
import socket
import sqlite3
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests

from tests.channels.sms.over_http import post
from tests.channels.sms.twilio import a_form, texts_of
from tests.servers import Server
from tests.torture.doors.conftest import TOKEN
from tests.torture.results import Results
from tests.torture.sizes import Sizes

SEED = 20261123
PLANES = [
    (0x20, 0x7F),
    (0x80, 0xD7FF),
    (0xE000, 0xFFFF),
    *((plane << 16, (plane << 16) + 0xFFFF) for plane in range(1, 17)),
]
ODD = ["\x00", "\ud800", "\udfff", "\u202e", "\u2066", "\ufeff", "\u200d", "\u0301", "\r\n", "\x1b[31m", "\U000e0001"]
CODE = [
    "'; DROP TABLE messages; --",
    "<script>alert(1)</script>",
    '=HYPERLINK("http://x","y")',
    "+1+cmd|' /C calc'!A0",
    "{{7*7}}${7*7}%s%n{0}",
    "../../etc/passwd",
    "\\u0000\\n\\x00",
]
#: A slot that typed text must not set.
PLANTED = "planted by typing"
TYPED = [
    "/report_symptom",
    "/restart",
    "/session_start",
    "/back",
    '/slot{"open_disposition": "PLANTED"}',
    '/greet{"question": "PLANTED", "question_pending": true}',
    "EXTERNAL: report_symptom",
    "/ask_driving@1.0",
    "\u202e/greet",
    " \x00/ /restart",
]

Door = Callable[[random.Random, str], requests.Response]


def any_text(chance: random.Random) -> str:
    kind = chance.randrange(6)
    if kind == 0:
        return chance.choice(TYPED).replace("PLANTED", PLANTED)
    if kind == 1:
        return chance.choice(CODE) * chance.choice([1, 1, 20])
    first, last = chance.choice(PLANES)
    # Mostly as long as messages are: a long one costs a tenth of a second.
    length = chance.choice([0, 1, 2, 7, 7, 20, 20, 60, 60, 60, 150, 150, 300, 2000, 2001, chance.randrange(10_000)])
    letters = [chr(chance.randrange(first, last + 1)) for _ in range(min(length, 200))]
    text = "".join(letters) * (length // 200 + 1)
    text = text[:length]
    if kind in (2, 3):
        place = chance.randrange(len(text) + 1)
        text = text[:place] + "".join(chance.choices(ODD, k=3)) + text[place:]
    return text + (" my leg went numb" if kind == 4 else "")


def any_body(chance: random.Random, key: str, valid: dict[str, Any]) -> bytes:
    """A body that is usually a message, and sometimes no JSON, or no message."""
    text = any_text(chance)
    body = json.dumps({**valid, key: text}, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")
    odd = chance.randrange(40)
    if odd == 0:
        return chance.randbytes(chance.randrange(10_000))
    if odd == 1:
        return b"[" * chance.randrange(9_000)
    if odd == 2:
        return body[: chance.randrange(len(body))]
    if odd == 3:
        return b'{"%s": "first", "%s": "second", "sender": "x"}' % (key.encode(), key.encode())
    if odd == 4:
        value = chance.choice(["NaN", "Infinity", "1e999", "9" * 5000, "true", "null", "[]", "{}", '""', "-0"])
        return f'{{"{key}": {value}, "sender": "x", "message_id": {value}}}'.encode()
    if odd == 5:
        return b'{"a":' * 1500 + b"1" + b"}" * 1500
    if odd == 6:
        return body + b"\x00"
    return body


def any_form(chance: random.Random, number: str, sid: str) -> dict[str, str]:
    """A text as Twilio passes it on: UTF-8, so without lone surrogates."""
    body = re.sub("[\ud800-\udfff]", "?", any_text(chance))
    odd = chance.randrange(30)
    if odd == 0:
        return a_form(
            body, number, sid, NumMedia=chance.choice(["1", "-1", "x", "9" * 30]), MediaUrl0="file:///etc/passwd"
        )
    if odd == 1:
        return {chance.choice(["From", "MessageSid", "Body", "x"]): body}
    return a_form(body, number, sid)


def faults_of(response: requests.Response) -> list[str]:
    """What is wrong with an answer; empty when nothing is."""
    if response.status_code >= 500:
        return [f"status {response.status_code}"]
    if response.headers.get("content-type", "").startswith("text/xml"):
        texts = texts_of(response.text)
        return [] if texts and all(text.strip() for text in texts) else ["empty text"]
    if response.headers.get("content-type") != "application/json":
        return [f"{response.status_code} without JSON"]
    answer = response.json()
    if response.status_code != 200:
        return [] if "911" in answer["message"] else ["refused without words"]
    replies = answer if isinstance(answer, list) else answer["messages"]
    texts = [reply["text"] for reply in replies]
    return [] if texts and all(text.strip() for text in texts) else ["empty reply"]


def half_request(server: Server, chance: random.Random) -> None:
    """A client that goes away in the middle, or speaks no HTTP."""
    with socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])), timeout=10) as line:
        line.sendall(
            chance.choice(
                [
                    b"POST /webhooks/rest/webhook HTTP/1.1\r\nhost: x\r\ncontent-length: 90\r\n\r\n{",
                    b"POST /chat/messages HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\n",
                    b"GET / HTTP/1.1\r\nhost: x\r\nx: " + b"a" * 100_000,
                    b"\x16\x03\x01" + chance.randbytes(200),
                    chance.randbytes(500),
                ]
            )
        )


def test_nothing_sent_breaks_a_door(door: Server, sizes: Sizes, results: Results) -> None:
    url = door.url
    bearer = {"authorization": f"Bearer {TOKEN}"}

    def send(number: int) -> list[str]:
        chance = random.Random(f"{SEED} {number}")
        if number % 50 == 0:
            half_request(door, chance)
        # A few conversations take many messages, so that state can build up.
        patient = chance.randrange(40)
        if number % 3 == 2:
            form = any_form(chance, f"+121755501{patient:02d}", f"SM{number:032x}")
            response = post(door, form)
        elif number % 3:
            data = any_body(chance, "message", {"sender": f"patient {patient}"})
            response = requests.post(f"{url}/webhooks/rest/webhook", data=data, headers=bearer, timeout=60)
        else:
            data = any_body(chance, "text", {})
            headers = {"content-type": "application/json", "cookie": f"aftercare_chat={cookies[patient]}"}
            response = requests.post(f"{url}/chat/messages", data=data, headers=headers, timeout=60)
        statuses[response.status_code] += 1
        return [f"message {number}: {fault}" for fault in faults_of(response)]

    statuses: Counter[int] = Counter()
    cookies = [requests.post(url + "/chat/session", timeout=10).cookies["aftercare_chat"] for _ in range(40)]
    with ThreadPoolExecutor(4) as patients:
        faults = [fault for found in patients.map(send, range(sizes.fuzz_messages)) for fault in found]
    planted = typed = 0
    with sqlite3.connect(door.data_dir / "aftercare.db") as database:
        for (dialogue,) in database.execute("SELECT dialogue FROM conversations WHERE dialogue IS NOT NULL"):
            planted += PLANTED in json.dumps(json.loads(dialogue)["slots"])
        for (text,) in database.execute("SELECT text FROM messages WHERE author = 'patient'"):
            typed += text.startswith("/")
    results.add(
        "fuzz",
        "0 faults, 0 set by typing",
        messages=sizes.fuzz_messages,
        answered=statuses[200],
        refused=sum(count for status, count in statuses.items() if 400 <= status < 500),
        server_errors=sum(count for status, count in statuses.items() if status >= 500),
        faults=len(faults),
        set_by_typing=planted + typed,
        seed=str(SEED),
    )
    assert faults == []
    assert (planted, typed) == (0, 0)
    assert door.process.poll() is None
    assert statuses[200] > sizes.fuzz_messages / 2
