"""The ladder: who is told next while nobody has acknowledged, and in the end the patient."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot.clinic import ClinicProfile, LadderPlan
from bot.escalation import outbox
from bot.escalation.model import Escalation, Status, unread_response
from bot.escalation.notify import raises
from bot.escalation.notify.raises import Raise, Raised
from bot.escalation.outbox import Item
from bot.escalation.patient import tell
from bot.records.clock import CLOCK_SLACK
from bot.records.conversations import STAFF_STAY
from bot.records.database import Database
from bot.records.messages import Reply
from bot.triage.model import Disposition

log = logging.getLogger(__name__)

#: A ladder that has come to its end begins anew with the next red flag, but not sooner after its beginning than this.
REST = timedelta(minutes=15)
#: So many rungs in one round may fail at the database; with more it is away, and the next round begins here.
FAILURES = 3
#: While staff write with the patient, so often is looked whether they still do.
STAFF_LOOK = timedelta(minutes=1)


class Say(Protocol):
    """The words of a response with the clinic's facts of this hour."""

    def __call__(self, response: str, channel: str, **facts: str) -> Reply: ...


class Ladder:
    """Climbs one rung at a time. Each rung is done in one transaction with the mark that it is done, so that no
    crash, restart or second copy does it twice; the pause to the next one begins when it is done, so that no jump of
    the clock makes a burst. Which rung is next stands in the database alone."""

    def __init__(
        self, database: Database, now: Callable[[], datetime], clinic: Callable[[], ClinicProfile], say: Say
    ) -> None:
        self._database = database
        self._now = now
        self._clinic = clinic
        self._say = say

    def begin(self, connection: Connection, escalation: Escalation) -> None:
        """Raises the escalation in the caller's transaction: what is due at once is in the outbox with it. A raise
        that still climbs ends."""
        now = self._now()
        number = raises.supersede(connection, escalation.id, now)
        moments = self._plan(escalation.disposition).moments
        pause = moments[0] if moments else timedelta(0)
        begun = raises.insert(connection, escalation.id, number, escalation.disposition.value, now, now + pause)
        if not pause:
            self._climb(connection, begun, escalation.conversation_id, escalation.channel, now)

    def end(self, connection: Connection, escalation: Escalation) -> None:
        """A person has it: no further rung, and what is not sent yet is not sent."""
        raises.end_climbing(connection, escalation.id, escalation.status.value, self._now())

    def has_ended(self, connection: Connection, escalation_id: str) -> bool:
        """All who are to be told have been told some time ago."""
        newest = raises.newest(connection, escalation_id)
        if newest is None:
            return True
        raised_at, ended = newest
        return ended and not timedelta(0) <= self._now() - raised_at < REST

    def run_once(self) -> None:
        """Does the rungs that are due.

        Raises:
            SQLAlchemyError: the database is away.
        """
        with self._database.read() as connection:
            due = raises.due(connection, self._now())
        failures = 0
        for raise_id, escalation_id in due:
            try:
                with self._database.write() as connection:
                    self._go_on(connection, raise_id, escalation_id)
            except Exception as error:
                # One that cannot be told must not keep the others waiting.
                log.error("ladder failed", extra={"escalation": escalation_id, "error": type(error).__name__})
                failures += isinstance(error, SQLAlchemyError)
                if failures == FAILURES:
                    raise

    def _go_on(self, connection: Connection, raise_id: int, escalation_id: str) -> None:
        now = self._now()
        raised = raises.lock(connection, escalation_id)
        climbed = raises.climbing(connection, raise_id)
        if raised is None or climbed is None:
            return
        if raised.status != Status.OPEN.value:
            raises.end(connection, raise_id, raised.status, now)
        elif _with_staff(raised, climbed, now):
            raises.put_off(connection, climbed, STAFF_LOOK, now)
        elif climbed.scheduled_at > now + CLOCK_SLACK:
            raises.reschedule(connection, climbed, now)
        elif climbed.next_at <= now:
            self._climb(connection, climbed, raised.conversation_id, raised.channel, now)

    def _climb(self, connection: Connection, climbed: Raise, conversation_id: str, channel: str, now: datetime) -> None:
        plan = self._plan(Disposition(climbed.disposition))
        moments, rung = plan.moments, climbed.rungs
        # The clinic may have shortened its ladder meanwhile.
        if rung < len(moments):
            last = rung + 1 == len(moments)
            pause = timedelta(0) if last else moments[rung + 1] - moments[rung]
            if not raises.advance(connection, climbed, pause, now):
                return
            if rung < len(plan.steps):
                is_open = self._clinic().is_open(now)
                for route in plan.steps[rung].routes(is_open):
                    self._notify(connection, climbed, rung + 1, route, now)
            else:
                response = unread_response(Disposition(climbed.disposition))
                reply = self._say(response, channel, reference=climbed.escalation_id)
                tell(connection, conversation_id, channel, [reply], "bot", now)
        if rung + 1 >= len(moments):
            raises.end(connection, climbed.id, raises.EXHAUSTED, now)

    def _notify(self, connection: Connection, climbed: Raise, step: int, route: str, now: datetime) -> None:
        key = f"{climbed.escalation_id}/{climbed.number}/{step}/{route}"
        payload = {"raise": climbed.number, "step": step}
        outbox.enqueue(connection, Item(outbox.NOTIFY, key, route, payload, climbed.escalation_id), now)

    def _plan(self, disposition: Disposition) -> LadderPlan:
        if disposition is Disposition.EMERGENCY:
            name = "emergency"
        else:
            # What could be urgent is notified as urgent.
            name = "urgent" if disposition.at_least(Disposition.CLARIFY) else "routine"
        return self._clinic().notifications.ladders[name]


def _with_staff(raised: Raised, climbed: Raise, now: datetime) -> bool:
    """Staff have written with the patient since it was raised. What is reported while they have the conversation
    already raises anew: they may not be looking."""
    handed = raised.handed_at
    if handed is None or handed < climbed.raised_at:
        return False
    # A time that is not yet there is of a clock that has gone back since.
    return handed <= now + CLOCK_SLACK and now < handed + STAFF_STAY
