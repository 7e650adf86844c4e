"""Red flags that the database could not take: one line each in a local file, filed when it is back."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from bot.records.messages import Inbound


class Spool:
    """An append-only file, readable by its owner alone, synced to disk before ``append`` returns."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def append(self, inbound: Inbound, at: datetime) -> None:
        """
        Raises:
            OSError: the disk refused.
        """
        line = json.dumps({"at": at.isoformat(), "message": asdict(inbound)}) + "\n"
        with self._lock:
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                os.write(descriptor, line.encode("ascii"))
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def drain(self, file: Callable[[Inbound], None]) -> int:
        """Hands every line to ``file`` and removes the spool when all are taken; a failure keeps them all,
        and filing the same message twice must do no harm.

        Returns:
            How many lines were taken.
        """
        with self._lock:
            if not self._path.exists():
                return 0
            lines = self._path.read_text(encoding="ascii").splitlines()
            for line in lines:
                file(Inbound(**json.loads(line)["message"]))
            self._path.unlink()
            return len(lines)
