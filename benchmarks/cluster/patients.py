"""Patients who write to the proxy at a given rate, and repeat a message, with its id, until it is answered."""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from benchmarks.cluster.processes import TOKEN
from benchmarks.messages import messages

#: Messages of a conversation, and seconds between a reply and the next message, on average.
TURNS, PAUSE = 5, 1.5
#: How long, and how often, a client waits for an answer before it repeats a message.
PATIENCE, TRIES = 20.0, 12
#: Of the safe replies.
CLAIMS_NOTHING = ("could NOT reach", "can't answer right now")


@dataclass
class Turn:
    sender: str
    message_id: str
    #: When it was written, in seconds since the load began.
    at: float
    #: From the first attempt to the answer; None when there was none.
    seconds: float | None
    attempts: int
    texts: list[str]

    @property
    def unsure(self) -> bool:
        """The reply claims nothing: it missed its time, gives the telephone number and leaves open what is on disk."""
        return not self.texts or any(words in text for text in self.texts for words in CLAIMS_NOTHING)


@dataclass
class Load:
    """What the patients saw."""

    turns: list[Turn] = field(default_factory=list)
    seconds: float = 0.0
    #: When the last conversation began.
    last: float = 0.0

    @property
    def steady(self) -> list[Turn]:
        """While as many conversations begin as end."""
        since = min(TURNS * PAUSE, self.last / 2)
        return [turn for turn in self.turns if since <= turn.at <= self.last]

    def percentile(self, share: float) -> float:
        """Milliseconds; of the answered ones."""
        times = sorted(turn.seconds for turn in self.steady if turn.seconds is not None)
        return times[int(share * (len(times) - 1))] * 1000 if times else float("nan")

    @property
    def rate(self) -> float:
        """Messages a second."""
        return len(self.steady) / (self.last - min(TURNS * PAUSE, self.last / 2))

    @property
    def repeated(self) -> int:
        return sum(turn.attempts > 1 for turn in self.turns)

    @property
    def safe_replies(self) -> int:
        return sum(turn.unsure for turn in self.turns)

    @property
    def unanswered(self) -> int:
        return sum(turn.seconds is None for turn in self.turns)


async def run(url: str, rate: float, conversations: int) -> Load:
    """So many conversations, begun so that about ``rate`` messages a second arrive; they do not wait for each other."""
    load = Load()
    chance = random.Random(7)
    began = time.monotonic()
    headers = {"Authorization": f"Bearer {TOKEN}"}
    timeout = aiohttp.ClientTimeout(total=PATIENCE)
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0), headers=headers, timeout=timeout
    ) as session:
        under_way = []
        for number in range(conversations):
            load.last = time.monotonic() - began
            under_way.append(asyncio.create_task(_converse(session, url, number, load, began)))
            await asyncio.sleep(chance.expovariate(rate / TURNS))
        await asyncio.gather(*under_way)
    load.seconds = time.monotonic() - began
    return load


async def _converse(session: aiohttp.ClientSession, url: str, number: int, load: Load, since: float) -> None:
    sender = uuid.uuid4().hex
    chance = random.Random(number)
    for turn, text in zip(range(TURNS), messages(offset=number * TURNS), strict=False):
        if turn:
            await asyncio.sleep(chance.uniform(0, 2 * PAUSE))
        load.turns.append(await _say(session, url, sender, f"{turn}", text, since))


async def _say(session: aiohttp.ClientSession, url: str, sender: str, message_id: str, text: str, since: float) -> Turn:
    body = {"sender": sender, "message": text, "message_id": message_id}
    began = time.monotonic()
    for attempt in range(1, TRIES + 1):
        answer = await _post(session, url, body)
        if answer is not None:
            texts = [str(element["text"]) for element in answer]
            return Turn(sender, message_id, began - since, time.monotonic() - began, attempt, texts)
        await asyncio.sleep(min(2.0, 0.1 * 2**attempt))
    return Turn(sender, message_id, began - since, None, TRIES, [])


async def _post(session: aiohttp.ClientSession, url: str, body: dict[str, str]) -> list[dict[str, Any]] | None:
    """None: no answer, or one that says that it is nobody's."""
    try:
        async with session.post(f"{url}/webhooks/rest/webhook", json=body) as response:
            if response.status == 200:
                answer: list[dict[str, Any]] = await response.json()
                return answer
    except (aiohttp.ClientError, asyncio.TimeoutError):
        pass
    return None
