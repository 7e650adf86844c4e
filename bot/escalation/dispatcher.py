"""Delivers what is in the outbox: at least once, each route by itself, until it is out or given up."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from bot import metrics
from bot.escalation import outbox
from bot.escalation.outbox import LEASE, Claim, Item
from bot.records.database import Database

log = logging.getLogger(__name__)

#: Deliveries at once: of one kind, so that texts cannot hold up pages. A route has one at a time.
AT_ONCE = 8
#: A delivery that takes longer than this has lost its lease: another dispatcher may try as well.
LONGEST = timedelta(minutes=5)
FIRST_PAUSE_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 300.0
#: Where the service itself says how long to wait.
LONGEST_NAMED_PAUSE_SECONDS = 3600.0
#: How long a stopping process waits for deliveries that have begun.
GRACE_SECONDS = 10.0


class Retry(Exception):
    """It may work later. The reason goes to the database: words of ours, nothing that the service said.

    Args:
        after: seconds until then, where the service named them; by default ever longer pauses.
    """

    def __init__(self, reason: str, after: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.after = after


class Refused(Exception):
    """It never works: no further attempt."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotNeeded(Exception):
    """There is nothing to send any more: done, and not sent."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Deliverer(Protocol):
    """Sends one kind of item, from any thread. It must have time limits of its own."""

    def deliver(self, item: Item) -> None:
        """Sends it, naming ``item.key`` where the other side can know a repetition by it.

        Raises:
            Retry, Refused, NotNeeded: it was not sent.
        """

    def given_up(self, connection: Connection, item: Item, reason: str) -> None:
        """Nobody will try again: what follows from that, in the transaction that says so."""


@dataclass
class _Flight:
    """A delivery under way. ``outcome`` is set when it has ended and is not in the database yet."""

    claim: Claim
    began: datetime
    renewed: datetime
    outcome: BaseException | None = None
    ended: bool = False


class Dispatcher:
    """One for each process; several share one database. ``run_once`` is called from one thread."""

    def __init__(
        self,
        database: Database,
        now: Callable[[], datetime],
        deliverers: Mapping[str, Deliverer],
        tries: int,
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        """
        Args:
            tries: attempts after which an item is given up.
            wake: called when a delivery has ended, so that the next round comes at once.
        """
        self._database = database
        self._now = now
        self._deliverers = deliverers
        self._tries = tries
        self._wake = wake
        self._flights: dict[int, _Flight] = {}

    def run_once(self) -> None:
        """Stores how deliveries ended, keeps the others' leases, and begins what is due and has room.

        Raises:
            SQLAlchemyError: the database is away; nothing is lost, and the next round begins here.
        """
        self._store_outcomes()
        self._renew_leases()
        self._begin_due()

    def drain(self, seconds: float = GRACE_SECONDS) -> bool:
        """Waits for the deliveries that have begun, and stores how they ended; True if none is left. What is left
        is taken up by another dispatcher when its lease has ended."""
        until = time.monotonic() + seconds
        while any(not flight.ended for flight in list(self._flights.values())) and time.monotonic() < until:
            time.sleep(0.01)
        try:
            self._store_outcomes()
        except SQLAlchemyError as error:
            log.error("outcomes not stored", extra={"error": type(error).__name__})
        return not self._flights

    # Rounds

    def _store_outcomes(self) -> None:
        ended = [flight for flight in self._flights.values() if flight.ended]
        if not ended:
            return
        now = self._now()
        with self._database.write() as connection:
            for flight in ended:
                held, result, reason = flight.claim, self._result(flight), _reason(flight.outcome)
                if result in ("sent", "not_needed"):
                    outbox.mark_delivered(connection, held, now, reason)
                elif result == "dead":
                    self._give_up(connection, held, now, reason)
                else:
                    outbox.mark_failed(connection, held, now, now + self._pause(flight), reason)
        for flight in ended:
            del self._flights[flight.claim.id]
            self._count(flight)

    def _give_up(self, connection: Connection, held: Claim, now: datetime, reason: str) -> None:
        if not outbox.mark_dead(connection, held, now, reason):
            return
        try:
            with connection.begin_nested():
                self._deliverers[held.item.kind].given_up(connection, held.item, reason)
        except OperationalError:
            # The database is busy or away: the next round does both.
            raise
        except Exception as error:
            # The dead letter stands in any case, and staff see it.
            log.error("given up", extra={"error": type(error).__name__})

    def _renew_leases(self) -> None:
        now = self._now()
        old = [
            flight
            for flight in self._flights.values()
            if not flight.ended and abs(now - flight.renewed) > LEASE / 3 and now - flight.began < LONGEST
        ]
        if not old:
            return
        with self._database.write() as connection:
            outbox.renew(connection, [flight.claim for flight in old], now)
        for flight in old:
            flight.renewed = now

    def _begin_due(self) -> None:
        now = self._now()
        with self._database.read() as connection:
            lanes = outbox.due_lanes(connection, self._deliverers.keys(), now)
        for lane in lanes:
            lanes_taken = [flight.claim.lane for flight in self._flights.values()]
            if lane in lanes_taken or sum(kind == lane[0] for kind, _ in lanes_taken) >= AT_ONCE:
                continue
            with self._database.write() as connection:
                held = outbox.claim(connection, lane, now, self._flights.keys())
            if held is not None:
                self._begin(_Flight(held, now, now))

    def _begin(self, flight: _Flight) -> None:
        self._flights[flight.claim.id] = flight
        # Not a pool: its threads would hold up the end of the process; the number of flights is bounded above.
        name = f"deliver-{flight.claim.item.kind}"
        threading.Thread(target=self._deliver, args=(flight,), name=name, daemon=True).start()

    def _deliver(self, flight: _Flight) -> None:
        item = flight.claim.item
        try:
            self._deliverers[item.kind].deliver(item)
        except Exception as error:
            flight.outcome = error
        flight.ended = True
        self._wake()

    def _result(self, flight: _Flight) -> str:
        if flight.outcome is None:
            return "sent"
        if isinstance(flight.outcome, NotNeeded):
            return "not_needed"
        given_up = isinstance(flight.outcome, Refused) or flight.claim.attempt >= self._tries
        return "dead" if given_up else "failed"

    def _pause(self, flight: _Flight) -> timedelta:
        if isinstance(flight.outcome, Retry) and flight.outcome.after is not None:
            return timedelta(seconds=min(max(flight.outcome.after, 1.0), LONGEST_NAMED_PAUSE_SECONDS))
        longest = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** (flight.claim.attempt - 1))
        # So that what failed together does not come back together.
        return timedelta(seconds=longest * random.uniform(0.5, 1.0))

    def _count(self, flight: _Flight) -> None:
        result = self._result(flight)
        metrics.DELIVERIES.labels(flight.claim.item.kind, result).inc()
        if result in ("dead", "failed"):
            fields = {"reason": _reason(flight.outcome), "escalation": flight.claim.item.escalation_id}
            log.error("not delivered", extra=fields)


def _reason(outcome: BaseException | None) -> str:
    if outcome is None:
        return ""
    if isinstance(outcome, (Retry, Refused, NotNeeded)):
        return outcome.reason[:200]
    # The text of anybody else's error may hold an address or a token.
    return type(outcome).__name__[:200]
