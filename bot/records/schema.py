"""Keeps the schema at the newest version: at the start, or as soon as the database is there."""

from __future__ import annotations

import logging
import threading

from sqlalchemy.exc import SQLAlchemyError

from bot.records.database import Database, fault_of

log = logging.getLogger(__name__)

EVERY_SECONDS = 2.0


class SchemaKeeper:
    """Migrates in a thread of its own, never in a patient's turn, and ends when the schema is there."""

    def __init__(self, database: Database, every: float = EVERY_SECONDS) -> None:
        self._database = database
        self._every = every
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="schema", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def migrate(self) -> str:
        """Tries once.

        Returns:
            What keeps the schema from being the newest, for the operator; empty when it is.
        """
        try:
            if not self._database.is_current():
                self._database.migrate()
        except SQLAlchemyError as error:
            return fault_of(error)
        return ""

    def _run(self) -> None:
        said = ""
        while problem := self.migrate():
            if problem != said:
                log.error("database not ready", extra={"error": problem})
                said = problem
            if self._stopped.wait(self._every):
                return
        if said:
            log.info("database ready")
