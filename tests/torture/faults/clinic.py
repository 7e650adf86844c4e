"""A clinic whose parts can be broken, its patients on the website and by text, and what became of their messages."""

from __future__ import annotations

import re
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import sqlalchemy as sa
from starlette.testclient import TestClient

from bot.conversation.recovery.spool import Spool
from bot.conversation.recovery.sweep import Sweep
from bot.rasa_agent.runner import AgentRequest, AgentRunner, AgentTurn
from bot.records.messages import unfinished
from bot.records.tables import escalations, messages
from tests.channels.sms.twilio import PUBLIC, Phone
from tests.conftest import TestServices

#: What is promised.
SECONDS = 5.0
CHANNELS = ("website", "sms")
RED, TALK = "my leg went numb", "when can I drive?"
MUST_BE = "words with phone and 911 in 5 s; 0 lost, 0 doubled, 0 false claims"
#: Whatever waits for the fault's end has ended by then.
SETTLE_SECONDS = 60.0
_CLAIM = re.compile(r"\(reference ([^)]+)\)")


class Switch:
    """The session's Agent, or a broken one in its place. The app neither starts nor stops it."""

    def __init__(self, runner: AgentRunner, hang_seconds: float) -> None:
        self.runner = runner
        #: How long a turn takes that hangs: longer than Rasa's deadline.
        self.hang_seconds = hang_seconds

    def handle(self, request: AgentRequest, deadline: float) -> AgentTurn:
        return self.runner.handle(request, deadline)

    def start(self) -> None: ...

    def stop(self) -> None: ...


@dataclass(frozen=True)
class Said:
    """A message, and what the patient had before their eyes, when."""

    text: str
    message_id: str
    words: str
    seconds: float
    status: int

    @property
    def claims(self) -> list[str]:
        """References of what staff are said to have on their list."""
        return _CLAIM.findall(self.words)


class Patient:
    def __init__(self, channel: str, client: TestClient) -> None:
        self._channel = channel
        self._client = client
        self._phone = Phone(client)

    def say(self, text: str, message_id: str = "") -> Said:
        message_id = message_id or f"SM{uuid.uuid4().hex}"
        began = time.monotonic()
        words, status = (self._text if self._channel == "sms" else self._chat)(text, message_id)
        return Said(text, message_id, words, time.monotonic() - began, status)

    def _chat(self, text: str, message_id: str) -> tuple[str, int]:
        response = self._client.post("/chat/messages", json={"text": text, "message_id": message_id})
        if response.status_code != 200:
            return response.text, response.status_code
        return "\n".join(item["text"] for item in response.json()["messages"]), 200

    def _text(self, text: str, message_id: str) -> tuple[str, int]:
        return "\n".join(self._phone.text(text, message_id)), 200


class Clinic:
    def __init__(self, services: TestServices, agent: Switch, client: TestClient) -> None:
        self.services = services
        self.agent = agent
        self._client = client
        self.phone = services.clinic.facts(services.now())["phone"]

    def patient(self, channel: str) -> Patient:
        """Somebody who has not written yet."""
        # The address is that of the public: a session's cookie comes back only by https.
        client = TestClient(self._client.app, PUBLIC, raise_server_exceptions=False)
        client.portal = self._client.portal
        return Patient(channel, client)

    def known(self) -> list[Patient]:
        """One patient of each channel who has been answered before."""
        made = [self.patient(channel) for channel in CHANNELS]
        for patient in made:
            assert patient.say(TALK).status == 200
        return made

    def conversation_of(self, said: Said) -> str:
        (row,) = self._stored(said)
        return str(row.conversation_id)

    def advises(self, said: Said) -> bool:
        return said.status == 200 and self.phone in said.words and "911" in said.words

    def settle(self) -> None:
        """Lets the sweep do its work now that the fault is over.

        Raises:
            AssertionError: messages are left over.
        """
        self.services.pass_time(seconds=30)
        spool = self.services.settings.data_dir / "spool.jsonl"
        deadline = time.monotonic() + SETTLE_SECONDS
        while True:
            try:
                Sweep(self.services, Spool(spool)).run_once()
                with self.services.database.read() as connection:
                    left = len(unfinished(connection, self.services.now()))
                if not left and not spool.exists():
                    return
            except sa.exc.SQLAlchemyError:
                left = -1
            assert time.monotonic() < deadline, f"{left} messages are left over"
            time.sleep(0.2)

    def account(self, said: Sequence[Said]) -> dict[str, int | float]:
        """Counts of these messages and of what went wrong with them, each to be 0, and the slowest of their answers.

        A red flag that was answered is lost if it is not stored, or if no escalation holds it.
        """
        found: Counter[str] = Counter()
        for item in said:
            rows = self._stored(item)
            found["doubled"] += len(rows) > 1
            red = item.text == RED
            found["lost"] += red and not any(row.escalation_id for row in rows)
            found["false_claims"] += sum(not self._is_stored(reference) for reference in item.claims)
            found["not_advised"] += not self.advises(item)
        with self.services.database.read() as connection:
            several = sa.select(escalations.c.conversation_id).group_by(escalations.c.conversation_id)
            found["doubled"] += len(connection.execute(several.having(sa.func.count() > 1)).all())
        slowest = round(max(item.seconds for item in said), 2)
        return {
            "answers": len(said),
            "red_flags": sum(item.text == RED for item in said),
            "slowest_seconds": slowest,
            **{name: found[name] for name in ("not_advised", "lost", "doubled", "false_claims")},
        }

    def _stored(self, said: Said) -> Sequence[sa.engine.Row]:
        kept = messages.c.channel_message_id
        query = sa.select(messages).where(sa.or_(kept == said.message_id, kept.like(f"%:{said.message_id}")))
        with self.services.database.read() as connection:
            return connection.execute(query).all()

    def _is_stored(self, reference: str) -> bool:
        with self.services.database.read() as connection:
            return connection.execute(sa.select(escalations).where(escalations.c.id == reference)).first() is not None


def at_once(work: Iterable[Callable[[], Said]]) -> list[Said]:
    """All of it at the same time."""
    calls = list(work)
    with ThreadPoolExecutor(len(calls)) as threads:
        return [future.result() for future in [threads.submit(call) for call in calls]]


def wave(clinic: Clinic, known: Sequence[Patient]) -> list[Said]:
    """A red flag of each of these patients and of new ones, and a question of others, all at once."""
    red = [*known, *map(clinic.patient, CHANNELS)]
    calls = [*((patient, RED) for patient in red), *((clinic.patient(channel), TALK) for channel in CHANNELS)]
    return at_once([partial(patient.say, text) for patient, text in calls])


def broken(counts: dict[str, Any], full: bool) -> dict[str, Any]:
    """What of an account must not be: only the full form, on a machine of its own, judges the time."""
    names = ("not_advised", "lost", "doubled", "false_claims")
    wrong = {name: counts[name] for name in names if counts[name]}
    if full and counts["slowest_seconds"] > SECONDS:
        wrong["slowest_seconds"] = counts["slowest_seconds"]
    return wrong
