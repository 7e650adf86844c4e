"""One's own account: another password, new recovery codes. Both ask for the password once more."""

from __future__ import annotations

from starlette.responses import Response

from bot.console import trail
from bot.console.access import Page, Visit
from bot.console.pages import ConsoleServices, Pages
from bot.console.people.accounts import AccountError, change_password, check_password
from bot.console.people.second_factor import SecondFactors
from bot.console.people.sign_in import new_password


class OwnAccount:
    def __init__(self, services: ConsoleServices, pages: Pages, factors: SecondFactors) -> None:
        self._services = services
        self._pages = pages
        self._factors = factors

    def routes(self) -> list[Page]:
        return [
            Page("own_account", "GET", "/staff/account", self._page),
            Page("stay", "GET", "/staff/stay", self._stay),
            Page("own_account_password", "POST", "/staff/account/password", self._password),
            Page("own_account_codes", "POST", "/staff/account/recovery-codes", self._codes),
        ]

    def _stay(self, visit: Visit) -> Response:
        """Nothing but the use of the session; how many seconds it lasts from now."""
        lasts = int((visit.session.idles_out_at() - visit.now).total_seconds())
        return Response(status_code=204, headers={"X-Idles-In": str(lasts)})

    def _page(self, visit: Visit, problem: str = "", done: str = "", status: int = 200) -> Response:
        with self._services.database.read() as connection:
            left = self._factors.recovery_codes_left(connection, visit.account.id)
        return self._pages.page(visit, "people/own_account.html", status, problem=problem, done=done, left=left)

    def _password(self, visit: Visit) -> Response:
        try:
            self._ask_again(visit)
            password = new_password(visit)
            with self._services.database.write() as connection:
                change_password(connection, visit.account.id, password, keep_session=visit.session.id_hash)
                trail.note(connection, visit.account.name, "staff.password_changed", visit.me, visit.now)
        except AccountError as error:
            return self._page(visit, str(error), status=400)
        return self._page(visit, done="Your password is changed. Other browsers are signed out.")

    def _codes(self, visit: Visit) -> Response:
        try:
            self._ask_again(visit)
        except AccountError as error:
            return self._page(visit, str(error), status=400)
        with self._services.database.write() as connection:
            codes = self._factors.new_recovery_codes(connection, visit.account.id)
            trail.note(connection, visit.account.name, "staff.recovery_codes_made", visit.me, visit.now)
        return self._pages.page(visit, "sign_in/recovery_codes.html", codes=codes, after="/staff/account")

    def _ask_again(self, visit: Visit) -> None:
        """
        Raises:
            AccountError: the password that was given with the form is wrong.
        """
        given = visit.form.get("current")
        name = visit.account.name
        if not isinstance(given, str) or check_password(self._services.database, name, given) is None:
            raise AccountError("Your present password is wrong. Nothing was changed.")
