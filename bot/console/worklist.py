"""The worklist: open escalations by urgency, priority and age, with the patient's words and what they fired."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.templating import Jinja2Templates

from bot.console.auth import SignIn, token_of
from bot.console.pages import ConsoleServices, send_page
from bot.escalation import repository
from bot.escalation.model import Escalation
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
    def __init__(self, services: ConsoleServices, templates: Jinja2Templates, sign_in: SignIn) -> None:
        self._services = services
        self._templates = templates
        self._sign_in = sign_in

    async def page(self, request: Request) -> Response:
        account = await self._sign_in.account(request)
        if account is None:
            return RedirectResponse("/staff/login", 303, {"Cache-Control": "no-store"})
        now = self._services.now()
        entries, interlock = await run_in_threadpool(self._read, now)
        context = {
            "account": account,
            "token": token_of(request),
            "clinic": self._services.clinic.name,
            "entries": entries,
            "interlock": interlock,
            "now": now,
            "zone": self._services.clinic.zone,
        }
        return send_page(self._templates, request, "worklist.html", context)

    def _read(self, now: datetime) -> tuple[list[Entry], dict[str, int]]:
        with self._services.database.read() as connection:
            found = repository.list_escalations(connection, open_only=True)
            texts = _texts(connection, {identity for escalation in found for identity in _held(escalation)})
            contacts = _contacts(connection, {escalation.conversation_id for escalation in found})
            counts = interlock_counts(connection)
        return [_entry(escalation, texts, contacts, now) for escalation in found], counts


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


def waiting_words(waited: timedelta) -> str:
    """A time span as staff read it: "4 min", "2 h 05 min", "3 days 2 h"."""
    minutes = max(0, int(waited.total_seconds() // 60))
    hours, days = minutes // 60, minutes // (24 * 60)
    if days:
        return f"{days} {'day' if days == 1 else 'days'} {hours % 24} h"
    return f"{hours} h {minutes % 60:02} min" if hours else f"{minutes} min"
