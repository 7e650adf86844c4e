"""Slows down guessing: after a few wrong passwords an account waits before the next one is looked at."""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime, timedelta

FREE_TRIES = 5
FIRST_WAIT_SECONDS = 5.0
#: Short, because whoever guesses also locks out the nurse whose name it is.
LONGEST_WAIT_SECONDS = 60.0
#: Names remembered; beyond that the one that failed longest ago is forgotten.
MAX_NAMES = 10_000


class Backoff:
    """Counts failures by name, known or not. Of this process only, and gone when it ends."""

    def __init__(self) -> None:
        self._failures: OrderedDict[str, tuple[int, datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def waits(self, name: str, now: datetime) -> bool:
        """True while sign-in with this name is refused unseen."""
        with self._lock:
            count, last = self._failures.get(_key(name), (0, now))
        if count < FREE_TRIES:
            return False
        seconds = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2.0 ** min(count - FREE_TRIES, 10))
        return now < last + timedelta(seconds=seconds)

    def failed(self, name: str, now: datetime) -> None:
        with self._lock:
            count, _ = self._failures.pop(_key(name), (0, now))
            self._failures[_key(name)] = (count + 1, now)
            if len(self._failures) > MAX_NAMES:
                self._failures.popitem(last=False)

    def succeeded(self, name: str) -> None:
        with self._lock:
            self._failures.pop(_key(name), None)


def _key(name: str) -> str:
    return name.strip()[:200]
