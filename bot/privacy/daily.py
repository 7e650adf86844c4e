"""The server purges once a day, each copy by itself: what one has removed the others do not find."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from bot.privacy.purge import Retention, purge
from bot.records.database import Database

log = logging.getLogger(__name__)

#: Not in the rush of the start.
FIRST_SECONDS = 600.0
AGAIN_SECONDS = 24 * 3600.0


class DailyPurge:
    def __init__(self, database: Database, retention: Retention, now: Callable[[], datetime]) -> None:
        self._database = database
        self._retention = retention
        self._now = now
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="purge", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def run_once(self) -> None:
        """Purges; what goes wrong is logged and tried again the next day."""
        try:
            purge(self._database, self._retention, self._now())
        except (SQLAlchemyError, ValueError) as error:
            log.error("purge failed", extra={"error": type(error).__name__})

    def _run(self) -> None:
        wait = FIRST_SECONDS
        while not self._stop.wait(wait):
            self.run_once()
            wait = AGAIN_SECONDS
