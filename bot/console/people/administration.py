"""The admin's page of accounts: make, disable, give a role, start over."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sqlalchemy.engine import Connection
from starlette.responses import RedirectResponse, Response

from bot.console import trail
from bot.console.access import Page, Refused, Visit
from bot.console.pages import ConsoleServices, Pages
from bot.console.people import accounts
from bot.console.people.accounts import AccountError
from bot.console.people.roles import Role


class Administration:
    def __init__(self, services: ConsoleServices, pages: Pages) -> None:
        self._services = services
        self._pages = pages

    def routes(self) -> list[Page]:
        def admin(name: str, path: str, handler: Callable[[Visit], Response]) -> Page:
            return Page(name, "POST", f"/staff/people/{path}", handler, Role.ADMIN)

        return [
            Page("people", "GET", "/staff/people", self._page, Role.ADMIN),
            admin("people_add", "add", self._add),
            admin("people_disable", "{account:int}/disable", self._disable),
            admin("people_enable", "{account:int}/enable", self._enable),
            admin("people_role", "{account:int}/role", self._role),
            admin("people_reset", "{account:int}/reset", self._reset),
        ]

    def _page(
        self, visit: Visit, problem: str = "", once: tuple[str, str] | None = None, status: int = 200
    ) -> Response:
        with self._services.database.read() as connection:
            listed = accounts.list_accounts(connection)
        return self._pages.page(visit, "people/people.html", status, listed=listed, problem=problem, once=once)

    def _add(self, visit: Visit) -> Response:
        try:
            with self._services.database.write() as connection:
                made, password = accounts.add_account(connection, visit.text("name"), _role(visit), visit.now)
                trail.note(
                    connection,
                    visit.account.name,
                    "staff.account_made",
                    f"staff/{made.name}",
                    visit.now,
                    role=made.role.value,
                )
        except AccountError as error:
            return self._page(visit, str(error), status=400)
        return self._page(visit, once=(made.name, password))

    def _disable(self, visit: Visit) -> Response:
        return self._change(visit, "staff.account_disabled", partial(accounts.disable_account, now=visit.now))

    def _enable(self, visit: Visit) -> Response:
        return self._change(visit, "staff.account_enabled", accounts.enable_account)

    def _role(self, visit: Visit) -> Response:
        role = _role(visit)
        return self._change(visit, "staff.role_changed", partial(accounts.change_role, role=role), role=role.value)

    def _reset(self, visit: Visit) -> Response:
        return self._change(visit, "staff.account_reset", accounts.reset_account)

    def _change(
        self, visit: Visit, action: str, change: Callable[[Connection, int], str | None], **data: str
    ) -> Response:
        """Changes an account of somebody else: nobody locks themselves out, or makes themselves more than they are.

        Args:
            change: what to do with the account of this id; the new one-time password, if there is one.
        """
        identity = int(visit.path("account"))
        if identity == visit.account.id:
            return self._page(visit, "This is your own account. Ask another admin.", status=409)
        try:
            with self._services.database.write() as connection:
                other = accounts.get_account(connection, identity)
                password = change(connection, identity)
                trail.note(connection, visit.account.name, action, f"staff/{other.name}", visit.now, **data)
        except AccountError as error:
            return self._page(visit, str(error), status=409)
        return self._page(visit, once=(other.name, password)) if password else RedirectResponse("/staff/people", 303)


def _role(visit: Visit) -> Role:
    try:
        return Role(visit.text("role"))
    except ValueError:
        raise Refused(400, "Choose a role: viewer, nurse or admin.") from None
