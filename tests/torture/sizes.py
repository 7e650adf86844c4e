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


QUICK = Sizes(full=False, ids=60, conversations=30, lives=12, steps=25)
FULL = Sizes(full=True, ids=1000, conversations=500, lives=1000, steps=40)
