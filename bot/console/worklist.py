"""The worklist: open escalations by urgency, priority and age, with the patient's words and what they fired."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from starlette.responses import Response

from bot.console.access import Page, Visit
from bot.console.pages import ConsoleServices, Pages, waiting_words
from bot.escalation import repository
from bot.escalation.model import Escalation
from bot.escalation.notify.setup import staff_warnings
from bot.records.messages import interlock_counts
from bot.records.tables import conversations, messages

#: Message ids in one query; below what either database takes.
IDS_AT_ONCE = 500

_Id = TypeVar("_Id", int, str)

#: Parts of a text in order, each with True where it is to be highlighted.
Parts = tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class Entry:
    """One escalation as the list shows it."""

    escalation: Escalation
    waiting: str
    #: The messages that it holds, oldest first.
    words: tuple[Parts, ...]
    #: The name and number that the patient left, if any.
    contact: str


class Worklist:
    def __init__(self, services: ConsoleServices, pages: Pages) -> None:
        self._services = services
        self._pages = pages

    def routes(self) -> list[Page]:
        return [Page("worklist", "GET", "/staff", self._page)]

    def _page(self, visit: Visit) -> Response:
        entries, interlock, warnings = self._read(visit.now)
        return self._pages.page(visit, "worklist.html", entries=entries, interlock=interlock, warnings=warnings)

    def _read(self, now: datetime) -> tuple[list[Entry], dict[str, int], list[str]]:
        with self._services.database.read() as connection:
            found = repository.list_escalations(connection, open_only=True)
            texts = _texts(connection, {identity for escalation in found for identity in _held(escalation)})
            contacts = _contacts(connection, {escalation.conversation_id for escalation in found})
            counts = interlock_counts(connection)
            warnings = staff_warnings(connection, self._services.clinic.notifications)
        return [_entry(escalation, texts, contacts, now) for escalation in found], counts, warnings


def _held(escalation: Escalation) -> list[int]:
    """Ids of the messages that the escalation was filed for, oldest first."""
    evidence = (*escalation.findings, *escalation.criteria, *escalation.notes)
    return sorted({item["message_id"] for item in evidence if item["message_id"] is not None})


def _texts(connection: Connection, ids: Iterable[int]) -> dict[int, str]:
    texts: dict[int, str] = {}
    for wanted in _batches(ids):
        query = sa.select(messages.c.id, messages.c.text).where(messages.c.id.in_(wanted))
        texts.update((row.id, row.text) for row in connection.execute(query))
    return texts


def _contacts(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    contacts: dict[str, str] = {}
    columns = (conversations.c.id, conversations.c.contact_name, conversations.c.contact_phone)
    for wanted in _batches(ids):
        for row in connection.execute(sa.select(*columns).where(conversations.c.id.in_(wanted))):
            contacts[row.id] = " ".join(part for part in (row.contact_name, row.contact_phone) if part)
    return contacts


def _batches(ids: Iterable[_Id]) -> Iterator[list[_Id]]:
    wanted = sorted(ids)
    for start in range(0, len(wanted), IDS_AT_ONCE):
        yield wanted[start : start + IDS_AT_ONCE]


def _entry(escalation: Escalation, texts: Mapping[int, str], contacts: Mapping[str, str], now: datetime) -> Entry:
    words = tuple(
        highlight(texts[identity], [item for item in escalation.findings if item["message_id"] == identity])
        for identity in _held(escalation)
        if identity in texts
    )
    return Entry(escalation, waiting_words(now - escalation.opened_at), words, contacts[escalation.conversation_id])


def highlight(text: str, findings: Sequence[Mapping[str, Any]]) -> Parts:
    """The text in parts, marked where findings are. Overlapping findings give one mark; an offset that does
    not fit the text gives none."""
    spans = sorted((item.get("start", 0), item.get("end", 0)) for item in findings)
    parts: list[tuple[str, bool]] = []
    done = 0
    for start, end in spans:
        if end <= done or not 0 <= start < end <= len(text):
            continue
        start = max(start, done)
        parts += [(text[done:start], False), (text[start:end], True)]
        done = end
    parts.append((text[done:], False))
    return tuple(part for part in parts if part[0])
