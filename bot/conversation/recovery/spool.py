"""Messages that the database could not take: one line each in a local file, filed when it is back."""

from __future__ import annotations

import fcntl
import json
import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from bot.records.messages import Inbound

log = logging.getLogger(__name__)


class Spool:
    """A file readable by its owner alone, synced to disk before ``append`` returns. Processes may share it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def append(self, inbound: Inbound, at: datetime) -> None:
        """
        Raises:
            OSError: the disk refused.
        """
        line = json.dumps({"at": at.isoformat(), "message": asdict(inbound)}) + "\n"
        with self._alone():
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                # What died in the middle of a line must not spoil this one.
                size = os.fstat(descriptor).st_size
                cut = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
                _write(descriptor, (("\n" if cut else "") + line).encode("ascii"))
            finally:
                os.close(descriptor)

    def holds(self, conversation_id: str) -> bool:
        """True if a message of this conversation waits here."""
        return any(f'"{conversation_id}"'.encode() in line for line in self._lines())

    def drain(self, file: Callable[[Inbound, datetime], None]) -> int:
        """Hands every message, and when it came, to ``file`` and removes those that it took; those that it refused by
        raising stay, and keep no other waiting. A line that was cut off is dropped: its patient was told that nobody
        was reached.

        A process may die between the two, and another may drain at once: filing the same message twice must do no
        harm. New lines are taken meanwhile.

        Returns:
            How many lines were taken.
        """
        taken, done = 0, set()
        for line in self._lines():
            try:
                entry = json.loads(line)
                inbound, at = Inbound(**entry["message"]), datetime.fromisoformat(entry["at"])
            except (ValueError, KeyError, TypeError):
                log.error("spooled line is damaged")
                done.add(line)
                continue
            try:
                file(inbound, at)
            except Exception as error:
                log.error("spooled message not filed", extra={"error": type(error).__name__})
                continue
            done.add(line)
            taken += 1
        if done:
            self._remove(done)
        return taken

    def _lines(self) -> list[bytes]:
        if not self._path.exists():
            return []
        with self._alone():
            return self._read()

    def _read(self) -> list[bytes]:
        try:
            return [line for line in self._path.read_bytes().split(b"\n") if line]
        except FileNotFoundError:
            return []

    def _remove(self, done: set[bytes]) -> None:
        with self._alone():
            left = [line for line in self._read() if line not in done]
            if not left:
                self._path.unlink(missing_ok=True)
                return
            new = self._path.with_suffix(".new")
            descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            try:
                _write(descriptor, b"".join(line + b"\n" for line in left))
            finally:
                os.close(descriptor)
            new.replace(self._path)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Against the threads of this process and against other processes; never for longer than a write."""
        with self._lock:
            descriptor = os.open(self._path.with_suffix(".lock"), os.O_WRONLY | os.O_CREAT, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                yield
            finally:
                os.close(descriptor)


def _write(descriptor: int, data: bytes) -> None:
    """All of it, on disk; a full disk may take a part and then refuse."""
    while data:
        data = data[os.write(descriptor, data) :]
    os.fsync(descriptor)
