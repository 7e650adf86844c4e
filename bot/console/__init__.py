"""The staff console: where a nurse, between two phone calls, sees who needs help now."""

from __future__ import annotations

from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from bot.console.access import Guard, Page
from bot.console.alarms import alarms
from bot.console.audit_page import AuditPage
from bot.console.case.actions import CaseActions
from bot.console.case.attachments import Attachments
from bot.console.case.page import CasePage
from bot.console.live import Live
from bot.console.pages import FOLDER, Alarm, ConsoleServices, Pages
from bot.console.people.administration import Administration
from bot.console.people.own_account import OwnAccount
from bot.console.people.second_factor import SecondFactors
from bot.console.people.sign_in import SignIn
from bot.console.reports.page import Reports
from bot.console.review.page import Review
from bot.console.worklist.page import Worklist
from bot.records.changes import Changes


def console_routes(services: ConsoleServices, changes: Changes, *, secure: bool) -> list[BaseRoute]:
    """The routes of the console.

    Args:
        services: the part of the composition root that the console uses.
        changes: wakes the pages that are open.
        secure: cookies over HTTPS only.
    """

    def read_alarms() -> list[Alarm]:
        with services.database.read() as connection:
            return alarms(connection, services, services.now())

    pages = Pages(services, read_alarms)
    guard = Guard(services, pages, secure)
    return [
        *(guard.route(page) for page in console_pages(services, changes, pages, guard)),
        Mount("/staff/static", StaticFiles(directory=FOLDER / "static")),
    ]


def console_pages(services: ConsoleServices, changes: Changes, pages: Pages, guard: Guard) -> list[Page]:
    """Every page and action of the console, with who may take it."""
    factors = SecondFactors(str(services.settings.secret_key))
    case = CasePage(services, pages)
    parts = (
        SignIn(services, pages, guard, factors),
        Worklist(services, pages),
        case,
        CaseActions(services, case),
        Attachments(services),
        Live(services, changes),
        Review(services, pages),
        Reports(services, pages),
        AuditPage(services, pages),
        OwnAccount(services, pages, factors),
        Administration(services, pages),
    )
    return [page for part in parts for page in part.routes()]
