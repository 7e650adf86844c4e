"""Turns that staff marked as wrong, and their export as labelled lines for ``aftercare evaluate``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.records.console.tables import review_marks
from bot.records.tables import messages

#: What a mark says of a turn.
KINDS = {"missed": "it was more urgent than the bot took it for", "over_triaged": "it was less urgent"}
#: The labels of docs/evaluation.md, and what they stand for.
LABELS = {
    "fever": "fever",
    "chills": "chills",
    "infection_sign": "sign of infection",
    "worsening_pain": "worsening or severe back or neck pain",
    "leg_symptom": "leg, arm or hand: numb, weak, tingling; one swollen calf",
    "headache": "headache",
    "nausea": "nausea or vomiting",
    "emergency": "any 911 sign",
}


@dataclass(frozen=True)
class Turn:
    """A patient's message, what was asked before it, and what the bot made of it."""

    message_id: int
    conversation_id: str
    text: str
    at: datetime
    before: str
    screen_disposition: str
    told: Sequence[str]


@dataclass(frozen=True)
class Mark:
    message_id: int
    conversation_id: str
    text: str
    kind: str
    present: Sequence[str]
    reason: str
    by: str
    at: datetime


def read_turn(connection: Connection, message_id: int) -> Turn | None:
    """None when there is no patient's message of this id."""
    row = connection.execute(
        sa.select(messages).where(messages.c.id == message_id, messages.c.author == "patient")
    ).first()
    if row is None:
        return None
    told = sa.select(messages.c.text).where(messages.c.replies_to == message_id).order_by(messages.c.id)
    return Turn(
        row.id,
        row.conversation_id,
        row.text,
        row.created_at,
        _asked_before(connection, row.conversation_id, row.id),
        row.screen_disposition or "none",
        list(connection.execute(told).scalars()),
    )


def find_mark(connection: Connection, message_id: int) -> Mark | None:
    row = connection.execute(_marks().where(review_marks.c.message_id == message_id)).first()
    return _mark(row) if row else None


def list_marks(connection: Connection, limit: int = 200) -> list[Mark]:
    """The newest first."""
    rows = connection.execute(_marks().order_by(review_marks.c.marked_at.desc()).limit(limit))
    return [_mark(row) for row in rows]


def set_mark(
    connection: Connection, message_id: int, kind: str, present: Sequence[str], reason: str, by: str, now: datetime
) -> None:
    """Marks the turn; an earlier mark of it is replaced."""
    values = {"kind": kind, "present": list(present), "reason": reason, "marked_by": by, "marked_at": now}
    same = review_marks.c.message_id == message_id
    if not connection.execute(review_marks.update().where(same).values(**values)).rowcount:
        connection.execute(review_marks.insert().values(message_id=message_id, **values))


def remove_mark(connection: Connection, message_id: int) -> bool:
    return bool(connection.execute(review_marks.delete().where(review_marks.c.message_id == message_id)).rowcount)


def labelled_lines(connection: Connection) -> str:
    """All marks as JSON Lines: each live error becomes a test."""
    lines = []
    for row in connection.execute(_marks().order_by(review_marks.c.message_id)):
        line: dict[str, Any] = {"id": f"live-{row.message_id}", "text": row.text, "expect": list(row.present)}
        if before := _asked_before(connection, row.conversation_id, row.message_id):
            line["prev"] = before
        lines.append(json.dumps({**line, "marked": row.kind, "reason": row.reason}, ensure_ascii=False))
    return "".join(f"{line}\n" for line in lines)


def _asked_before(connection: Connection, conversation_id: str, message_id: int) -> str:
    """The bot's question right before the message; empty when there was none."""
    query = sa.select(messages.c.author, messages.c.text, messages.c.response).where(
        messages.c.conversation_id == conversation_id, messages.c.id < message_id
    )
    row = connection.execute(query.order_by(messages.c.id.desc()).limit(1)).first()
    asked = row is not None and row.author == "bot" and (row.response or "").startswith("utter_ask_")
    return row.text if asked else ""


def _marks() -> sa.sql.Select:
    return sa.select(review_marks, messages.c.text, messages.c.conversation_id).join(
        messages, messages.c.id == review_marks.c.message_id
    )


def _mark(row: sa.engine.Row) -> Mark:
    return Mark(
        row.message_id, row.conversation_id, row.text, row.kind, row.present, row.reason, row.marked_by, row.marked_at
    )
