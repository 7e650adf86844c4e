"""How much each torture test does: the quick form of ``make test``, the full form of ``make torture``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """One number for each test that needs one; tests of closed lists do all of them in both forms."""

    full: bool
    #: Messages of the idempotency test, each delivered one to five times.
    ids: int
    #: Conversations of the order test, each with four messages at once.
    conversations: int
    #: Lives of escalations, and the steps of each.
    lives: int
    steps: int
    #: Turns with words that must turn up nowhere else.
    canary_turns: int
    #: Messages of any bytes through the patients' doors.
    fuzz_messages: int
    #: Examples of each operation of the OpenAPI description.
    api_examples: int
    #: How often each part is broken.
    fault_rounds: int
    #: Turns of other patients while one patient's query hangs.
    other_turns: int
    #: Of the server, on each engine, and the red flags that patients report meanwhile.
    kills: int
    red_flags: int


QUICK = Sizes(
    full=False,
    ids=60,
    conversations=30,
    lives=12,
    steps=25,
    canary_turns=150,
    fuzz_messages=300,
    api_examples=20,
    fault_rounds=1,
    other_turns=16,
    kills=4,
    red_flags=30,
)
FULL = Sizes(
    full=True,
    ids=1000,
    conversations=500,
    lives=1000,
    steps=40,
    canary_turns=5000,
    fuzz_messages=24_000,
    api_examples=300,
    fault_rounds=3,
    other_turns=300,
    kills=54,
    red_flags=550,
)
