"""What was said in a conversation, as staff read it."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.console.case.evidence import Parts, highlight
from bot.records.console.tables import review_marks
from bot.records.tables import conversations, escalations, messages, outbox
from bot.records.texting import media, texts
from bot.records.texting.media import Medium

#: Messages on one page of a transcript.
PAGE_SIZE = 200


@dataclass(frozen=True)
class Line:
    """One message."""

    id: int
    author: str
    channel: str
    at: datetime
    parts: Parts
    #: What these words called for (of a reply), or what the screen made of them (of a patient's message).
    disposition: str
    interlock: str
    #: "missed" or "over_triaged", as staff have marked it.
    mark: str
    #: Of a text to a patient: "waiting", "sent", "failed" or "lost" on the way; empty where the channel fetches it, or
    #: where it went out in answer and nothing else is known.
    delivery: str
    unread: bool
    #: What came with a patient's message.
    media: Sequence[Medium]


@dataclass(frozen=True)
class Transcript:
    lines: Sequence[Line]
    #: There are messages before these: the id to ask for them with; else None.
    before: int | None

    @property
    def newest(self) -> int:
        """Id of the last message that is shown: a case is not closed over a later one. 0 without messages."""
        return self.lines[-1].id if self.lines else 0

    @property
    def stamp(self) -> str:
        """Changes whenever the transcript would look different."""
        seen = ";".join(f"{line.id}{line.mark}{line.delivery}" for line in self.lines)
        return f"{zlib.crc32(seen.encode()):08x}"


def read_transcript(connection: Connection, conversation_id: str, before: int | None, read_up_to: int) -> Transcript:
    """The newest messages of a conversation below the id ``before``, in order."""
    sending = sa.and_(outbox.c.message_id == messages.c.id, outbox.c.kind == "sms")
    query = (
        sa.select(messages, review_marks.c.kind.label("mark"))
        .add_columns(outbox.c.id.label("sending"), outbox.c.delivered_at, outbox.c.dead_at)
        .outerjoin(review_marks, review_marks.c.message_id == messages.c.id)
        .outerjoin(outbox, sending)
        .where(messages.c.conversation_id == conversation_id)
        .order_by(messages.c.id.desc())
        .limit(PAGE_SIZE + 1)
    )
    if before is not None:
        query = query.where(messages.c.id < before)
    rows = connection.execute(query).all()
    shown = rows[:PAGE_SIZE]
    attached = media.of_messages(connection, [row.id for row in shown])
    lost = texts.lost(connection, [row.id for row in shown])
    lines = [_line(row, read_up_to, attached.get(row.id, ()), row.id in lost) for row in reversed(shown)]
    return Transcript(lines, lines[0].id if len(rows) > PAGE_SIZE else None)


def mark_read(connection: Connection, conversation_id: str) -> None:
    """Notes that all there is has been in front of somebody who works on cases."""
    newest = sa.select(sa.func.max(messages.c.id)).where(messages.c.conversation_id == conversation_id)
    change = conversations.update().where(conversations.c.id == conversation_id)
    connection.execute(change.values(read_up_to=newest.scalar_subquery()))


@dataclass(frozen=True)
class Other:
    """Another conversation of the same patient, by their number."""

    id: str
    channel: str
    created_at: datetime
    references: tuple[str, ...]


def other_conversations(connection: Connection, conversation_id: str, numbers: Sequence[str]) -> list[Other]:
    """Conversations, beside this one, whose sender or contact has one of the numbers; the newest first."""
    if not numbers:
        return []
    table = conversations.c
    found = sa.union(
        *(
            sa.select(table.id, table.channel, table.created_at).where(column.in_(numbers), table.id != conversation_id)
            for column in (table.address, table.contact_phone)
        )
    ).subquery()
    rows = connection.execute(sa.select(found).order_by(found.c.created_at.desc()).limit(20)).all()
    filed = sa.select(escalations.c.conversation_id, escalations.c.id).where(
        escalations.c.conversation_id.in_([row.id for row in rows])
    )
    references: dict[str, list[str]] = {}
    for row in connection.execute(filed.order_by(escalations.c.opened_at)):
        references.setdefault(row.conversation_id, []).append(row.id)
    return [Other(row.id, row.channel, row.created_at, tuple(references.get(row.id, ()))) for row in rows]


def _line(row: Row, read_up_to: int, attached: Sequence[Medium], lost: bool) -> Line:
    patient = row.author == "patient"
    delivery = ""
    if row.sending is not None:
        delivery = "failed" if row.dead_at else "sent" if row.delivered_at else "waiting"
    if lost:
        delivery = "lost"
    return Line(
        id=row.id,
        author=row.author,
        channel=row.channel,
        at=row.created_at,
        parts=highlight(row.text, _present(row.text, row.screen)) if patient else ((row.text, False),),
        disposition=(row.screen_disposition if patient else row.disposition) or "none",
        interlock=row.interlock or "",
        mark=row.mark or "",
        delivery=delivery,
        unread=patient and row.id > read_up_to,
        media=attached,
    )


def _present(text: str, screen: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    """The findings that are words of this text: the answer to a choice was screened as the choice's words."""
    items = screen["findings"]["items"] if screen else []
    return [item for item in items if item.get("present") and text[item["start"] : item["end"]] == item["text"]]
