"""A thread that does its jobs again and again, whatever breaks in between."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

log = logging.getLogger(__name__)

INTERVAL_SECONDS = 1.0
#: The longest pause after rounds that failed: the database is away.
LONGEST_PAUSE_SECONDS = 10.0


class Rounds:
    def __init__(
        self,
        name: str,
        jobs: Sequence[Callable[[], None]],
        woken: threading.Event | None = None,
        interval: float = INTERVAL_SECONDS,
    ) -> None:
        """
        Args:
            jobs: done in this order in each round; one that fails does not keep the others from their turn.
            woken: set it, and the next round comes at once.
            interval: seconds between two rounds.
        """
        self._interval = interval
        self._name = name
        self._jobs = jobs
        self._woken = woken or threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ends after the round that is under way."""
        self._stopping = True
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def _run(self) -> None:
        failed = 0
        while not self._stopping:
            failed = 0 if self._round() else failed + 1
            pause = min(LONGEST_PAUSE_SECONDS, INTERVAL_SECONDS * 2**failed) if failed else self._interval
            self._woken.wait(pause)
            self._woken.clear()

    def _round(self) -> bool:
        done = True
        for job in self._jobs:
            try:
                job()
            except Exception as error:
                # Whatever it was, the next round must come.
                log.error("round failed", extra={"reason": self._name, "error": type(error).__name__})
                done = False
        return done
