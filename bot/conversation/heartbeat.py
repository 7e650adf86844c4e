"""Says every few seconds that this copy of the server is there, and whether it is ready."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from bot.records.console import copies
from bot.records.database import Database

INTERVAL_SECONDS = 30.0


class Heartbeat:
    def __init__(self, database: Database, problems: Callable[[], Sequence[str]], now: Callable[[], datetime]) -> None:
        self._database = database
        self._problems = problems
        self._now = now
        self._id = secrets.token_hex(16)

    def beat(self) -> None:
        """
        Raises:
            SQLAlchemyError: the database does not answer; then nobody learns of it this way.
        """
        problems = self._problems()
        with self._database.write() as connection:
            copies.beat(connection, self._id, problems, self._now())

    def leave(self) -> None:
        """This copy ends in order."""
        try:
            with self._database.write() as connection:
                copies.leave(connection, self._id)
        except SQLAlchemyError:
            pass  # The others will find it silent.
