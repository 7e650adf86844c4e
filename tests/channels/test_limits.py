"""The pace of messages: what a person writes is never hurried, memory is bounded, addresses are counted as one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.limits import FLOOD_FACTOR, Limits, Meter, Pace, network_of

MINUTE = 60_000


class Clock:
    def __init__(self) -> None:
        self.milliseconds = 10 * MINUTE

    def __call__(self) -> int:
        return self.milliseconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_conversation_is_steady_then_hurried_then_a_flood(clock: Clock) -> None:
    limits = Limits(3, 0, 0, clock)
    paces = [limits.pace("a")[0] for _ in range(3 * FLOOD_FACTOR + 1)]
    assert paces == [Pace.STEADY] * 3 + [Pace.HURRIED] * (3 * FLOOD_FACTOR - 3) + [Pace.FLOOD]
    assert limits.pace("b")[0] is Pace.STEADY
    clock.milliseconds += MINUTE
    assert limits.pace("a")[0] is Pace.STEADY


def test_a_flood_says_when_to_try_again(clock: Clock) -> None:
    limits = Limits(1, 0, 0, clock)
    waits = [limits.pace("a")[1] for _ in range(FLOOD_FACTOR + 1)]
    assert waits[:FLOOD_FACTOR] == [0] * FLOOD_FACTOR
    assert 1 <= waits[-1] <= 60 / FLOOD_FACTOR


def test_an_address_is_counted_over_its_conversations(clock: Clock) -> None:
    limits = Limits(0, 3, 0, clock)
    assert [limits.pace(f"c{n}", "192.0.2.1")[0] for n in range(4)] == [Pace.STEADY] * 3 + [Pace.HURRIED]
    assert limits.pace("other", "192.0.2.2")[0] is Pace.STEADY
    assert limits.pace("no address")[0] is Pace.STEADY


def test_an_address_begins_so_many_conversations(clock: Clock) -> None:
    limits = Limits(0, 0, 2, clock)
    assert [limits.pace(f"c{n}", "192.0.2.1")[0] for n in range(3)] == [Pace.STEADY] * 2 + [Pace.FLOOD]
    assert limits.pace("c0", "192.0.2.1")[0] is Pace.STEADY


def test_without_limits_everything_is_steady(clock: Clock) -> None:
    limits = Limits(0, 0, 0, clock)
    assert {limits.pace("a", "192.0.2.1") for _ in range(1000)} == {(Pace.STEADY, 0)}


@given(st.lists(st.text(max_size=3), max_size=200))
def test_memory_is_bounded(keys: list[str]) -> None:
    meter = Meter(1, keys=5)
    for key in keys:
        meter.wait(key)
    assert len(meter) <= 5
    assert all(key in meter for key in keys[-1:])


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
    ],
)
def test_an_address_is_what_one_subscriber_has(address: str, network: str) -> None:
    assert network_of(address) == network
