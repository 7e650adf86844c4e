"""The staff console: where a nurse, between two phone calls, sees who needs help now."""

from __future__ import annotations

from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from bot.console.access import Guard, Page
from bot.console.pages import FOLDER, ConsoleServices, Pages
from bot.console.people.administration import Administration
from bot.console.people.own_account import OwnAccount
from bot.console.people.second_factor import SecondFactors
from bot.console.people.sign_in import SignIn
from bot.console.worklist import Worklist


def console_routes(services: ConsoleServices, *, secure: bool) -> list[BaseRoute]:
    """The routes of the console.

    Args:
        services: the part of the composition root that the console uses.
        secure: cookies over HTTPS only.
    """
    pages = Pages(services)
    guard = Guard(services, pages, secure)
    return [
        *(guard.route(page) for page in console_pages(services, pages, guard)),
        Mount("/staff/static", StaticFiles(directory=FOLDER / "static")),
    ]


def console_pages(services: ConsoleServices, pages: Pages, guard: Guard) -> list[Page]:
    """Every page and action of the console, with who may take it."""
    factors = SecondFactors(str(services.settings.secret_key))
    parts = (
        SignIn(services, pages, guard, factors),
        Worklist(services, pages),
        OwnAccount(services, pages, factors),
        Administration(services, pages),
    )
    return [page for part in parts for page in part.routes()]
