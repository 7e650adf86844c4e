"""Many patients at once at the REST doors of running servers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp

from tests.servers import Server

#: Longer than any turn may take.
TIMEOUT_SECONDS = 20.0


@dataclass(frozen=True)
class Delivery:
    """One request that carries a message."""

    server: Server
    sender: str
    text: str
    message_id: str


@dataclass(frozen=True)
class Answer:
    delivery: Delivery
    #: 0: no answer came.
    status: int
    elements: list[dict[str, Any]]
    seconds: float

    @property
    def said(self) -> list[tuple[str, tuple[str, ...]]]:
        """What the patient reads: texts, and titles of the choices below them."""
        return [
            (element["text"], tuple(button["title"] for button in element.get("buttons", ())))
            for element in self.elements
        ]


def deliver(groups: Sequence[Sequence[Delivery]], at_once: int) -> list[list[Answer]]:
    """Sends the deliveries of a group all at the same time, with ``at_once`` groups under way."""
    return asyncio.run(_deliver(groups, at_once))


def percentile(answers: Sequence[Answer], share: float) -> float:
    """So many seconds or less took this share of the answers."""
    return sorted(answer.seconds for answer in answers)[int(share * (len(answers) - 1))]


async def _deliver(groups: Sequence[Sequence[Delivery]], at_once: int) -> list[list[Answer]]:
    room = asyncio.Semaphore(at_once)
    connector = aiohttp.TCPConnector(limit=0)
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:

        async def group(deliveries: Sequence[Delivery]) -> list[Answer]:
            async with room:
                return await asyncio.gather(*(_send(session, delivery) for delivery in deliveries))

        return await asyncio.gather(*(group(deliveries) for deliveries in groups))


async def _send(session: aiohttp.ClientSession, delivery: Delivery) -> Answer:
    body = {"sender": delivery.sender, "message": delivery.text, "message_id": delivery.message_id}
    began = time.monotonic()
    try:
        async with session.post(f"{delivery.server.url}/webhooks/rest/webhook", json=body) as response:
            elements = await response.json() if response.status == 200 else []
            return Answer(delivery, response.status, elements, time.monotonic() - began)
    except (aiohttp.ClientError, asyncio.TimeoutError):
        return Answer(delivery, 0, [], time.monotonic() - began)
