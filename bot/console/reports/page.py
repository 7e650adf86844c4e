"""The reports page, and its figures as a file for a spreadsheet."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, time, timedelta, timezone

from starlette.responses import Response

from bot.console import trail
from bot.console.access import Page, Visit
from bot.console.pages import ConsoleServices, Pages
from bot.console.reports.figures import Report, read_report

USUAL_DAYS = 30
MOST_DAYS = 400
#: What makes a spreadsheet take a cell for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Reports:
    def __init__(self, services: ConsoleServices, pages: Pages) -> None:
        self._services = services
        self._pages = pages

    def routes(self) -> list[Page]:
        return [
            Page("reports", "GET", "/staff/reports", self._page),
            Page("reports_csv", "POST", "/staff/reports.csv", self._csv),
        ]

    def _page(self, visit: Visit) -> Response:
        since, until = self._span(
            visit.request.query_params.get("since", ""), visit.request.query_params.get("until", "")
        )
        report = self._read(visit, since, until)
        return self._pages.page(visit, "reports/page.html", report=report, since=since, until=until)

    def _csv(self, visit: Visit) -> Response:
        since, until = self._span(visit.text("since"), visit.text("until"))
        report = self._read(visit, since, until)
        with self._services.database.write() as connection:
            data = {"since": since.isoformat(), "until": until.isoformat()}
            trail.note(connection, visit.account.name, "report.exported", "reports", visit.now, **data)
        headers = {"Content-Disposition": f'attachment; filename="aftercare-{since}-{until}.csv"'}
        return Response(as_csv(report, since, until), media_type="text/csv; charset=utf-8", headers=headers)

    def _read(self, visit: Visit, since: date, until: date) -> Report:
        clinic = self._services.clinic
        begin, end = (
            datetime.combine(day, time(), clinic.zone).astimezone(timezone.utc)
            for day in (since, until + timedelta(days=1))
        )
        with self._services.database.read() as connection:
            return read_report(connection, begin, end, clinic, visit.now)

    def _span(self, since: str, until: str) -> tuple[date, date]:
        """First and last day; what cannot be used gives the usual days up to today."""
        last = _date(until) or self._services.today()
        first = _date(since) or last - timedelta(days=USUAL_DAYS - 1)
        return max(min(first, last), last - timedelta(days=MOST_DAYS)), last


def as_csv(report: Report, since: date, until: date) -> str:
    """All figures, one a row: part, name, value."""
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerow(["part", "name", "value"])
    rows: list[tuple[str, str, object]] = [
        ("span", "since", since.isoformat()),
        ("span", "until", until.isoformat()),
        ("cases", "all", report.total),
        ("cases", "overdue", report.overdue),
        ("cases", "due", report.due),
    ]
    for table in report.tables:
        rows += [(table.key, name, value) for name, value in table.rows]
    for spans in report.spans:
        for name in ("count", "median", "p90"):
            value = getattr(spans, name)
            rows.append((f"minutes until {spans.key}", name, "" if value is None else f"{value:g}"))
    for row in rows:
        writer.writerow([safe_cell(value) for value in row])
    return made.getvalue()


def safe_cell(value: object) -> str:
    """The value as a spreadsheet shows it and does not compute it."""
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _date(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
