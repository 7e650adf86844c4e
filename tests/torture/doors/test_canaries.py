"""What patients write stays in the database: not one of their words in logs, output, metrics or error answers."""

from __future__ import annotations

import random
import string
from concurrent.futures import ThreadPoolExecutor

import requests

from tests.channels.sms.over_http import post
from tests.channels.sms.twilio import PATH, a_form
from tests.servers import Server
from tests.torture.doors.conftest import TOKEN
from tests.torture.doors.faulty_server import FAULTS
from tests.torture.results import Results
from tests.torture.sizes import Sizes

SEED = 20261123
#: What may be wrong with a turn: nothing, a broken part, or the request itself.
KINDS = (
    "",
    *FAULTS,
    "not json",
    "too large",
    "no text",
    "bad id",
    "forged cookie",
    "wrong token",
    "address",
    "method",
    "unsigned text",
    "half a text",
)


class Turn:
    """A message with four things that occur nowhere else."""

    def __init__(self, number: int, chance: random.Random) -> None:
        def letters(count: int) -> str:
            return "".join(chance.choices(string.ascii_lowercase, k=count))

        self.kind = KINDS[number % len(KINDS)]
        self.name = f"Quill{letters(8)} Vance{letters(8)}"
        self.phone = f"217{chance.randrange(10**6, 10**7)}"
        self.symptom = f"zq{letters(10)}"
        self.token = letters(32)
        complaint = chance.choice(["my leg went numb near the", "can I drive with the", "fever of 102 and a", "hello"])
        self.text = f"{complaint} {self.symptom} {self.kind}. I am {self.name}, call me at {self.phone}"
        self.canaries = [*self.name.split(), self.phone, self.symptom, self.token]

    def send(self, door: Server) -> requests.Response:
        url = door.url
        rest, chat = f"{url}/webhooks/rest/webhook", f"{url}/chat/messages"
        bearer = {"authorization": f"Bearer {TOKEN}"}
        message = {"sender": self.name, "message": self.text, "message_id": self.token}
        site = {"text": self.text, "message_id": self.token}
        cookie = {"cookie": f"aftercare_chat={self.token}.{self.symptom}"}
        if self.kind == "not json":
            return requests.post(rest, data='{"message": ' + self.text, headers=bearer, timeout=30)
        if self.kind == "too large":
            return requests.post(chat, json={**site, "text": self.text * 200}, headers=cookie, timeout=30)
        if self.kind == "no text":
            return requests.post(chat, json={self.name: self.text}, headers=cookie, timeout=30)
        if self.kind == "bad id":
            return requests.post(rest, json={**message, "message_id": self.text}, headers=bearer, timeout=30)
        if self.kind == "wrong token":
            return requests.post(rest, json=message, headers={"authorization": f"Bearer {self.token}"}, timeout=30)
        if self.kind == "address":
            return requests.get(f"{url}/{self.token}?after={self.text}", timeout=30)
        if self.kind == "method":
            return requests.put(chat, params={"after": self.text}, data=self.text, headers=cookie, timeout=30)
        if self.kind == "unsigned text":
            return requests.post(f"{url}{PATH}", data=a_form(self.text, f"+1{self.phone}", self.token), timeout=30)
        if self.kind == "half a text":
            return post(door, {"Body": self.text, "From": f"+1{self.phone}", self.token: self.name})
        if self.kind == "forged cookie":
            return requests.post(chat, json=site, headers=cookie, timeout=30)
        if len(self.text) % 3 == 0:
            return post(door, a_form(self.text, f"+1{self.phone}", self.token))
        if len(self.text) % 3 == 1:
            return requests.post(chat, json=site, timeout=30)
        return requests.post(rest, json=message, headers=bearer, timeout=30)


def test_no_canary_leaves_the_database(door: Server, sizes: Sizes, results: Results) -> None:
    chance = random.Random(SEED)
    turns = [Turn(number, chance) for number in range(sizes.canary_turns)]
    with ThreadPoolExecutor(4) as patients:
        answers = list(patients.map(lambda turn: turn.send(door), turns))
    metrics = requests.get(f"{door.url}/metrics", timeout=10).text
    refusals = "\n".join(answer.text for answer in answers if answer.status_code != 200)
    log = door.log()
    places = {"logs and output": log, "metrics": metrics, "refusals": refusals}
    found = [
        f"{place}: {turn.kind or 'plain turn'}"
        for turn in turns
        for canary in turn.canaries
        for place, words in places.items()
        if canary in words
    ]
    answered = sum(answer.status_code == 200 for answer in answers)
    failures = [answer.status_code for answer in answers if answer.status_code >= 500]
    results.add("canaries", "0 found", turns=len(turns), answered=answered, log_lines=log.count("\n"), found=len(found))
    assert found == []
    assert failures == []
    assert door.process.poll() is None
    # The faults did happen, and were logged without their words.
    for event in ("turn failed", "rasa failed", "screen failed", "spool failed", "nobody caught an error"):
        assert event in log, event
