"""How many messages one conversation and one address may send, and how many streams of events they may hold open.
No message is refused here: this tells the pace, and what it means is decided after the screen has read the message."""

from __future__ import annotations

import ipaddress
import math
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from functools import partial
from typing import cast

from pyrate_limiter import Decision, Duration, Rate, RateItem, StateBucket

#: So many conversations and addresses are remembered; the ones seen longest ago are forgotten first.
KEYS = 10_000
#: So many messages of one conversation are worked on or wait for their turn; more of them count as a flood, because
#: each holds a thread that other patients need.
UNDER_WAY = 8
#: Above so many times the limit, a message that is not red may be refused before it is stored.
FLOOD_FACTOR = 4
#: So many streams of events one conversation may hold open, in all its tabs, and one address, for all behind it.
STREAMS, STREAMS_OF_ADDRESS = 8, 200


class Pace(Enum):
    STEADY = "steady"
    #: Above the limit: Rasa is not asked; the screen's advice, or one short reply.
    HURRIED = "hurried"
    #: Far above it: what is not red may be refused.
    FLOOD = "flood"


class Meter:
    """Events of many keys against one rate, ``per_minute`` at once and on average (0: no limit)."""

    def __init__(self, per_minute: int, keys: int = KEYS, now: Callable[[], int] | None = None) -> None:
        self._buckets: OrderedDict[str, StateBucket] = OrderedDict()
        self._rates = [Rate(per_minute, Duration.MINUTE)] if per_minute else []
        self._keys = keys
        self._now = now

    def __contains__(self, key: str) -> bool:
        return key in self._buckets

    def __len__(self) -> int:
        return len(self._buckets)

    def wait(self, key: str) -> float:
        """Counts one event. Seconds until it would fit, 0 if it does; one that does not fit is not counted."""
        if not self._rates:
            return 0.0
        bucket = self._buckets.pop(key, None) or StateBucket(self._rates)
        self._buckets[key] = bucket
        if len(self._buckets) > self._keys:
            self._buckets.popitem(last=False)
        # A bucket in memory decides at once.
        decision = cast(Decision, bucket.put_decision(RateItem("", self._now() if self._now else bucket.now())))
        return 0.0 if decision.allowed else (decision.retry_after_ms or 1000) / 1000


class Limits:
    """The pace of every message, by its conversation and its address. Used from one thread."""

    def __init__(self, conversation: int, address: int, begun: int, now: Callable[[], int] | None = None) -> None:
        """
        Args:
            conversation: messages a minute of one conversation that get the full answer.
            address: the same for one address, over all its conversations.
            begun: conversations a minute that one address may begin.
            now: a clock in milliseconds, for tests.
        """
        meter = partial(Meter, now=now)
        self._conversations = meter(conversation), meter(FLOOD_FACTOR * conversation)
        self._addresses = meter(address), meter(FLOOD_FACTOR * address)
        self._seen = meter(conversation or 1)
        self._begun = meter(begun)
        self._under_way: Counter[str] = Counter()
        self._streams: Counter[str] = Counter()

    @contextmanager
    def under_way(self, conversation_id: str) -> Iterator[bool]:
        """Counts a message until it is answered; gives True when there are too many of its conversation."""
        with _counted(self._under_way, conversation_id):
            yield self._under_way[conversation_id] > UNDER_WAY

    def may_listen(self, conversation_id: str, address: str) -> bool:
        """True if one more stream of events may be opened."""
        return self._streams[conversation_id] < STREAMS and self._streams[network_of(address)] < STREAMS_OF_ADDRESS

    @contextmanager
    def listening(self, conversation_id: str, address: str) -> Iterator[None]:
        """Counts a stream of events until it ends."""
        with _counted(self._streams, conversation_id), _counted(self._streams, network_of(address)):
            yield

    def pace(self, conversation_id: str, address: str = "") -> tuple[Pace, int]:
        """Counts a message: its pace, and for a flood the seconds after which to try again.

        Args:
            address: of the network; empty where one caller speaks for many patients.
        """
        new = conversation_id not in self._seen
        self._seen.wait(conversation_id)
        meters = [(self._conversations, conversation_id)]
        floods = []
        if address:
            network = network_of(address)
            meters.append((self._addresses, network))
            if new:
                floods.append(self._begun.wait(network))
        hurried = [soft.wait(key) for (soft, _), key in meters]
        floods += [hard.wait(key) for (_, hard), key in meters]
        if any(floods):
            return Pace.FLOOD, math.ceil(max(floods))
        return (Pace.HURRIED if any(hurried) else Pace.STEADY), 0


@contextmanager
def _counted(counts: Counter[str], key: str) -> Iterator[None]:
    counts[key] += 1
    try:
        yield
    finally:
        counts[key] -= 1
        if not counts[key]:
            del counts[key]


def network_of(address: str) -> str:
    """What counts as one address: an IPv4 address, or the /64 that one IPv6 subscriber is given."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else str(parsed)
