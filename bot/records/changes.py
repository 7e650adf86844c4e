"""Tells whoever waits, in this process, that something was stored, by whichever copy of the server."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bot.records.database import Database
from bot.records.tables import conversations, escalations, messages

log = logging.getLogger(__name__)

EVERY_SECONDS = 0.5
#: PostgreSQL hands out ids before it commits: a message may appear below one that is there already.
_LATE = 200
#: What an escalation is, without its long parts.
_SHORT = [column for column in escalations.c if not isinstance(column.type, sa.JSON)]


class Subscription:
    """Made by ``Changes.subscribe``; belongs to the event loop that made it."""

    def __init__(self, conversation_id: str | None) -> None:
        self.conversation_id = conversation_id
        self._loop = asyncio.get_running_loop()
        self._changed = asyncio.Event()

    async def wait(self, seconds: float) -> bool:
        """True when something changed since the last call; False when nothing has after so long."""
        try:
            await asyncio.wait_for(self._changed.wait(), seconds)
        except asyncio.TimeoutError:
            return False
        self._changed.clear()
        return True

    def wake(self) -> None:
        """From any thread."""
        try:
            self._loop.call_soon_threadsafe(self._changed.set)
        except RuntimeError:
            pass  # The loop has ended; so has whoever waited.


class Changes:
    """One thread a process reads what is new; it reads nothing while nobody waits."""

    def __init__(self, database: Database, every: float = EVERY_SECONDS) -> None:
        self._database = database
        self._every = every
        self._lock = threading.Lock()
        self._subscriptions: set[Subscription] = set()
        self._wanted = threading.Event()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="changes", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._wanted.set()
        self._thread.join()

    @contextmanager
    def subscribe(self, conversation_id: str | None = None) -> Iterator[Subscription]:
        """Waits for messages, and for changes of the escalation, of one conversation; None: of any.

        Read what is there after subscribing, not before: then nothing falls in between.
        """
        subscription = Subscription(conversation_id)
        with self._lock:
            self._subscriptions.add(subscription)
            self._wanted.set()
        try:
            yield subscription
        finally:
            with self._lock:
                self._subscriptions.discard(subscription)
                if not self._subscriptions and not self._stopped.is_set():
                    self._wanted.clear()

    def _run(self) -> None:
        seen: _Seen | None = None
        while not self._stopped.is_set():
            if not self._wanted.is_set():
                seen = None
                self._wanted.wait()
                continue
            try:
                now = self._read(seen)
                # Whoever subscribed while nobody was watching: what was stored meanwhile is new to them.
                self._wake(None if seen is None else now.changed_since(seen))
                seen = now
            except Exception as error:
                log.warning("changes cannot be read", extra={"error": type(error).__name__})
            self._stopped.wait(self._every)

    def _read(self, before: _Seen | None) -> _Seen:
        newest = sa.select(sa.func.coalesce(sa.func.max(messages.c.id), 0))
        open_ones = (
            sa.select(*_SHORT, conversations.c.handed_to, conversations.c.handed_at)
            .join(conversations, conversations.c.id == escalations.c.conversation_id)
            .where(escalations.c.status != "closed")
        )
        with self._database.read() as connection:
            since = before.newest if before else connection.execute(newest).scalar_one()
            recent = sa.select(messages.c.id, messages.c.conversation_id).where(messages.c.id > since - _LATE)
            rows = connection.execute(recent).all()
            filed = connection.execute(open_ones).all()
        return _Seen(
            max([since, *(row.id for row in rows)]),
            {row.id: row.conversation_id for row in rows},
            {row.id: tuple(row) for row in filed},
            {row.id: row.conversation_id for row in filed},
        )

    def _wake(self, conversation_ids: set[str] | None) -> None:
        with self._lock:
            subscriptions = list(self._subscriptions)
        for subscription in subscriptions:
            own = subscription.conversation_id
            if conversation_ids is None or (conversation_ids if own is None else own in conversation_ids):
                subscription.wake()


@dataclass(frozen=True)
class _Seen:
    """What one look found."""

    newest: int
    #: The last messages: id -> conversation.
    last: Mapping[int, str]
    #: All open escalations, without their long parts, and the conversation of each.
    filed: Mapping[str, tuple[Any, ...]]
    owners: Mapping[str, str]

    def changed_since(self, before: _Seen) -> set[str]:
        """Ids of the conversations with a new message or one that is gone, or whose escalation was opened, changed
        or closed."""
        ids = {self.last[item] for item in self.last.keys() - before.last.keys() if item > before.newest - _LATE}
        ids |= {before.last[item] for item in before.last.keys() - self.last.keys() if item > self.newest - _LATE}
        for reference in self.filed.keys() | before.filed.keys():
            if self.filed.get(reference) != before.filed.get(reference):
                ids.add(self.owners.get(reference) or before.owners[reference])
        return ids
