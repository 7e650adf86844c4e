"""The worklist's page and what it asks for while it is open."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from sqlalchemy.engine import Connection
from starlette.responses import RedirectResponse, Response

from bot.console import trail
from bot.console.access import Page, Refused, Visit
from bot.console.pages import ConsoleServices, Pages
from bot.console.worklist.entries import Entry, read_entries
from bot.console.worklist.filters import CHANNELS, DISPOSITIONS, STATUSES, Filters
from bot.console.worklist.listing import Cursor, Listing, count_open, list_ids, list_new, list_still
from bot.console.worklist.saved_views import LONGEST_NAME, forget_view, save_view, saved_views
from bot.console.worklist.search import search
from bot.triage.model import EMERGENCY_KEYS, SYMPTOM_KEYS

#: Rows that a page may have: its own and what came in.
MOST_SHOWN = 200


class Worklist:
    def __init__(self, services: ConsoleServices, pages: Pages) -> None:
        self._services = services
        self._pages = pages

    def routes(self) -> list[Page]:
        return [
            Page("worklist", "GET", "/staff", self._page),
            Page("worklist_rows", "GET", "/staff/rows", self._rows, passive=True),
            Page("search", "POST", "/staff/search", self._search),
            Page("view_save", "POST", "/staff/views", self._save_view),
            Page("view_forget", "POST", "/staff/views/{view:int}/forget", self._forget_view),
        ]

    def _page(self, visit: Visit) -> Response:
        filters = Filters.read(visit.request.query_params)
        with self._services.database.read() as connection:
            entries, listing = self._read(visit, connection, filters)
            counts = count_open(connection)
            views = saved_views(connection, visit.account.id)
        return self._pages.page(
            visit,
            "worklist/page.html",
            filters=filters,
            entries=entries,
            listing=listing,
            counts=counts,
            views=views,
            # A case is stamped before it is committed.
            since=visit.now - timedelta(minutes=1),
            first_page="after" not in visit.request.query_params,
            choices={"status": list(STATUSES), "disposition": DISPOSITIONS, "channel": CHANNELS},
            symptoms=(*EMERGENCY_KEYS, *SYMPTOM_KEYS),
        )

    def _rows(self, visit: Visit) -> Response:
        """The rows alone, for the page that is open."""
        filters = Filters.read(visit.request.query_params)
        with self._services.database.read() as connection:
            entries, _ = self._read(visit, connection, filters)
            entries += self._new(visit, connection, filters, {entry.id for entry in entries})
            entries += self._pushed_off(visit, connection, filters, {entry.id for entry in entries})
            counts = count_open(connection)
        return self._pages.fragment(
            visit, "worklist/rows.html", entries=entries, counts=counts, filters=filters, alarms=self._pages.alarms()
        )

    def _read(self, visit: Visit, connection: Connection, filters: Filters) -> tuple[list[Entry], Listing]:
        after = Cursor.parse(visit.request.query_params.get("after", ""))
        listing = list_ids(connection, filters, visit.account.name, self._services.clinic.zone, after)
        entries = read_entries(connection, listing.ids, self._services.clinic, visit.now, self._services.today())
        return entries, listing

    def _new(self, visit: Visit, connection: Connection, filters: Filters, shown: set[str]) -> list[Entry]:
        try:
            since = datetime.fromisoformat(visit.request.query_params.get("since", "")).astimezone(timezone.utc)
        except (ValueError, OverflowError):
            return []
        ids = list_new(connection, filters, visit.account.name, self._services.clinic.zone, since)
        new = [identity for identity in ids if identity not in shown]
        return read_entries(connection, new, self._services.clinic, visit.now, self._services.today())

    def _pushed_off(self, visit: Visit, connection: Connection, filters: Filters, read: set[str]) -> list[Entry]:
        """What the page shows and is on a later page by now: it is not gone."""
        shown = set(visit.request.query_params.get("shown", "").split(",")[:MOST_SHOWN])
        ids = list_still(connection, filters, visit.account.name, self._services.clinic.zone, shown - read)
        return read_entries(connection, ids, self._services.clinic, visit.now, self._services.today())

    def _search(self, visit: Visit) -> Response:
        text = visit.text("text", 100)
        with self._services.database.read() as connection:
            ids = search(connection, text, self._services.clinic.country)
            entries = read_entries(connection, ids, self._services.clinic, visit.now, self._services.today())
        with self._services.database.write() as connection:
            trail.note(connection, visit.account.name, "patients.searched", "worklist", visit.now, found=len(entries))
        return self._pages.page(visit, "worklist/found.html", text=text, entries=entries)

    def _save_view(self, visit: Visit) -> Response:
        filters = Filters.read({key: value for key, value in visit.form.items() if isinstance(value, str)})
        name = visit.text("name", LONGEST_NAME)
        if not name or not name.isprintable():
            raise Refused(400, "Give the view a name, so that you find it again.")
        with self._services.database.write() as connection:
            if not save_view(connection, visit.account.id, name, filters.query()):
                raise Refused(409, "You have many views already. Forget one first.")
        return RedirectResponse(f"/staff?{filters.query()}", 303)

    def _forget_view(self, visit: Visit) -> Response:
        with self._services.database.write() as connection:
            if not forget_view(connection, visit.account.id, int(visit.path("view"))):
                raise Refused(404, "There is no such view of yours.")
        return RedirectResponse("/staff", 303)
