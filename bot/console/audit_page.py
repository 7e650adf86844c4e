"""The admin's view of the audit trail: searched by person, action, case and day, and whether it is whole."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, timezone

from starlette.responses import Response

from bot.console import trail
from bot.console.access import Page, Visit
from bot.console.pages import ConsoleServices, Pages
from bot.console.people.accounts import list_accounts
from bot.console.people.roles import Role
from bot.escalation import audit

PAGE_SIZE = 100
_REFERENCE = re.compile(r"[2-9A-Z]{4}-[2-9A-Z]{4}")


class AuditPage:
    def __init__(self, services: ConsoleServices, pages: Pages) -> None:
        self._services = services
        self._pages = pages

    def routes(self) -> list[Page]:
        return [
            Page("audit", "GET", "/staff/audit", self._newest, Role.ADMIN),
            Page("audit_search", "POST", "/staff/audit", self._search, Role.ADMIN),
            Page("audit_verify", "POST", "/staff/audit/verify", self._verify, Role.ADMIN),
        ]

    def _newest(self, visit: Visit) -> Response:
        return self._show(visit)

    def _search(self, visit: Visit) -> Response:
        with self._services.database.write() as connection:
            trail.note(connection, visit.account.name, "audit.searched", "audit", visit.now)
        return self._show(visit)

    def _verify(self, visit: Visit) -> Response:
        with self._services.database.read() as connection:
            faults = audit.verify(connection)
        return self._show(visit, faults)

    def _show(self, visit: Visit, faults: list[audit.Fault] | None = None) -> Response:
        given = {name: visit.text(name) for name in ("actor", "action", "subject", "since", "until", "before")}
        before = given["before"]
        with self._services.database.read() as connection:
            entries = audit.entries(
                connection,
                actor=given["actor"] or None,
                action=given["action"] or None,
                subject=_subject(given["subject"]),
                since=self._midnight(given["since"], 0),
                until=self._midnight(given["until"], 1),
                before=int(before) if before.isascii() and before.isdigit() and len(before) < 10 else None,
                limit=PAGE_SIZE + 1,
            )
            names = [account.name for account in list_accounts(connection)]
        more = entries[PAGE_SIZE - 1].id if len(entries) > PAGE_SIZE else None
        return self._pages.page(
            visit, "audit.html", entries=entries[:PAGE_SIZE], more=more, given=given, actions=trail.ACTIONS,
            names=names, faults=faults,
        )  # fmt: skip

    def _midnight(self, day: str, ahead: int) -> datetime | None:
        try:
            chosen = date.fromisoformat(day) + timedelta(days=ahead)
        except (ValueError, OverflowError):
            return None
        return datetime.combine(chosen, time(), self._services.clinic.zone).astimezone(timezone.utc)


def _subject(given: str) -> str | None:
    """What the trail calls it: a bare reference is a case."""
    if _REFERENCE.fullmatch(given.upper()):
        return f"escalation/{given.upper()}"
    return given or None
