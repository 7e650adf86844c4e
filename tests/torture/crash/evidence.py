"""What the database says, read from outside while the server lives and dies."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timezone
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from bot.escalation.model import Status
from bot.escalation.outbox import NOTIFY
from bot.records import messages as stored_messages
from bot.records.tables import escalations, messages, outbox
from tests.torture.crash.patients import Patient


class Evidence:
    def __init__(self, url: str, spool: Path) -> None:
        # No connection stays open: where the server dies alone, SQLite recovers as it does for users.
        self._engine = sa.create_engine(url, poolclass=NullPool)
        self._spool = spool

    def check(self, message_id: str, references: list[str]) -> tuple[bool, bool]:
        """Of a message whose answer has just come: a reply to it is stored; and all these references (or, where the
        answer gave none, one that holds the message) are committed for its conversation."""
        with self._engine.connect() as connection:
            row = connection.execute(self._of(message_id)).first()
            if row is None:
                return False, False
            own = sa.select(escalations.c.id).where(escalations.c.conversation_id == row.conversation_id)
            there = set(connection.execute(own).scalars())
        return row.answered_at is not None, set(references) <= there and bool(references or row.escalation_id)

    def unfinished(self) -> str:
        """What the sweep has still to do, in words; empty when nothing is left."""
        now = datetime.now(timezone.utc)
        with self._engine.connect() as connection:
            red = len(stored_messages.red_without_escalation(connection, now))
            waiting = sa.select(sa.func.count()).where(messages.c.author == "patient", messages.c.answered_at.is_(None))
            unanswered = connection.execute(waiting).scalar_one()
        spooled = self._spool.exists()
        return f"{red} red flags, {unanswered} messages, spool: {spooled}" if red or unanswered or spooled else ""

    def pending(self) -> int:
        """Notifications that are not out yet. (Texts cannot be sent here: those are dead letters, and noted.)"""
        with self._engine.connect() as connection:
            own = sa.and_(outbox.c.kind == NOTIFY, outbox.c.delivered_at.is_(None))
            query = sa.select(sa.func.count()).where(own)
            return int(connection.execute(query).scalar_one())

    def red_without_escalation(self) -> int:
        with self._engine.connect() as connection:
            return len(stored_messages.red_without_escalation(connection, datetime.now(timezone.utc)))

    def faults(self, patients: list[Patient]) -> dict[str, list[str]]:
        """Kind of fault -> what has it; messages by their ids."""
        found: dict[str, list[str]] = {
            name: [] for name in ("lost", "doubled", "untrue", "differing", "unsettled", "refused", "not_notified")
        }
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(messages).order_by(messages.c.id)).all()
            cases = connection.execute(sa.select(escalations)).all()
            notified = set(connection.execute(sa.select(outbox.c.escalation_id)).scalars())
        by_id, replies, by_case = defaultdict(list), defaultdict(list), {case.id: case for case in cases}
        for row in rows:
            if row.author == "patient":
                by_id[row.channel_message_id.rpartition(":")[2]].append(row)
            elif row.replies_to is not None:
                replies[row.replies_to].append(row)
        conversations = [case.conversation_id for case in cases]
        found["doubled"] += {conversation for conversation in conversations if conversations.count(conversation) > 1}
        found["not_notified"] += [case.id for case in cases if case.id not in notified]
        for door, message in ((patient.door, message) for patient in patients for message in patient.messages):
            same = by_id[message.id]
            written = tuple(reply.text for row in same for reply in replies[row.id])
            found["refused"] += [f"{message.id} {refusal}" for refusal in message.refusals]
            found["untrue"] += [message.id for said in message.answers if said.untrue]
            # A turn stores all its replies with one time.
            times = {reply.created_at for row in same for reply in replies[row.id]}
            found["doubled"] += [message.id] * (len(same) > 1 or len(times) > 1)
            # What says of itself that nothing is sure promises nothing; all others must be what is stored.
            sure = [said for said in message.answers if not said.unsure]
            if door == "sms" and written:
                # One text holds several replies; it is the same each time.
                written = next((said.texts for said in reversed(sure) if said.stored), ())
            found["differing"] += [message.id for said in sure if said.stored and said.texts != written]
            found["unsettled"] += [message.id for said in sure if not said.stored and said.texts != written]
            if message.red and message.answers:
                case = by_case.get(same[0].escalation_id) if len(same) == 1 else None
                held = case and case.status != Status.CLOSED.value and case.conversation_id == same[0].conversation_id
                found["lost"] += [] if held else [message.id]
        return found

    def _of(self, message_id: str) -> sa.sql.Select:
        its_id = messages.c.channel_message_id
        return sa.select(messages).where(sa.or_(its_id == message_id, its_id.like(f"%:{message_id}")))

    def describe(self, message_id: str) -> str:
        """The rows of a message without its words, for the report of a fault."""
        with self._engine.connect() as connection:
            rows = connection.execute(self._of(message_id)).all()
            return "; ".join(
                f"{row.id}: at {row.created_at}, screen {row.screen_disposition}, answered {row.answered_at}, "
                f"held by {row.escalation_id}, interlock {row.interlock}"
                for row in rows
            )
