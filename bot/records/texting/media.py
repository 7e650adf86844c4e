"""What patients' messages brought beside words, as addresses where it can be fetched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.records.texting.tables import message_media

PLACE = "location"
_CARDS = ("vcard", "calendar")


@dataclass(frozen=True)
class Medium:
    id: int
    message_id: int
    url: str
    content_type: str


def is_place(content_type: str) -> bool:
    """Where somebody is, not a picture of it."""
    return content_type == PLACE or content_type.endswith("vlocation")


def may_be_clinical(content_type: str) -> bool:
    """Anything but a contact card or an appointment: a photo may show the wound, a voice note may tell of it."""
    return not any(card in content_type for card in _CARDS)


def to_look_at(items: Sequence[Sequence[str]]) -> bool:
    """True if one of the (address, content type) may be clinical."""
    return any(may_be_clinical(kind) for _, kind in items)


def store(connection: Connection, message_id: int, items: Sequence[Sequence[str]]) -> None:
    """Keeps (address, content type) of each."""
    for url, content_type in items:
        values = {"message_id": message_id, "url": url[:1000], "content_type": content_type[:100]}
        connection.execute(message_media.insert().values(**values))


def of_messages(connection: Connection, message_ids: Sequence[int]) -> dict[int, list[Medium]]:
    query = sa.select(message_media).where(message_media.c.message_id.in_(list(message_ids)))
    found: dict[int, list[Medium]] = {}
    for row in connection.execute(query.order_by(message_media.c.id)):
        found.setdefault(row.message_id, []).append(Medium(row.id, row.message_id, row.url, row.content_type))
    return found


def find(connection: Connection, medium_id: int) -> Medium | None:
    row = connection.execute(sa.select(message_media).where(message_media.c.id == medium_id)).first()
    return Medium(row.id, row.message_id, row.url, row.content_type) if row else None
