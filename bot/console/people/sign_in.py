"""Signing in and out: name and password, then a password of one's own if it was a one-time one, then the second
factor. Each step gives the browser a new session cookie."""

from __future__ import annotations

import re
import threading

from sqlalchemy.engine import Connection
from starlette.responses import RedirectResponse, Response

from bot.console import trail
from bot.console.access import Guard, Handler, Page, Refused, Stage, Visit, next_step
from bot.console.pages import ConsoleServices, Pages
from bot.console.people.accounts import AccountError, change_password, check_password
from bot.console.people.lockout import Lockout
from bot.console.people.passwords import hash_of_nobody
from bot.console.people.second_factor import SecondFactors, address_for_app, new_secret, qr_code
from bot.console.people.sessions import begin_session, end_session, find_session, renew_session

#: Each check of a password takes a core and 64 MB; patients come first.
PASSWORD_CHECKS_AT_ONCE = 2
#: A page of the console, as the sign-in may lead to it: nothing that leads elsewhere.
_OWN_PAGE = re.compile(r"/staff(?:/[A-Za-z0-9_-]+){0,3}")
_SECRET = re.compile(r"[A-Z2-7]{32}")


class SignIn:
    def __init__(self, services: ConsoleServices, pages: Pages, guard: Guard, factors: SecondFactors) -> None:
        self._services = services
        self._pages = pages
        self._guard = guard
        self._factors = factors
        self._lockout = Lockout(str(services.settings.secret_key))
        self._checks = threading.Semaphore(PASSWORD_CHECKS_AT_ONCE)
        # Made now, so that the first unknown name does not take longer than the next.
        hash_of_nobody()

    def routes(self) -> list[Page]:
        def half(name: str, method: str, path: str, handler: Handler) -> Page:
            return Page(name, method, f"/staff/sign-in/{path}", handler, stage=Stage.HALF_WAY)

        return [
            Page("login_form", "GET", "/staff/login", self._form, stage=Stage.ANYONE),
            Page("login", "POST", "/staff/login", self._submit, stage=Stage.ANYONE),
            Page("logout", "POST", "/staff/logout", self._leave, stage=Stage.ANYONE),
            half("own_password_form", "GET", "password", self._password_form),
            half("own_password", "POST", "password", self._password),
            half("code_form", "GET", "code", self._code_form),
            half("code", "POST", "code", self._code),
            half("set_up_form", "GET", "set-up", self._set_up_form),
            half("set_up", "POST", "set-up", self._set_up),
            half("set_up_skip", "POST", "skip", self._skip),
        ]

    # Name and password

    def _form(self, visit: Visit) -> Response:
        if visit.known:
            return RedirectResponse(next_step(visit.known), 303)
        return self._login_page(visit)

    def _submit(self, visit: Visit) -> Response:
        name = visit.text("name")
        password = visit.form.get("password")
        password = password if isinstance(password, str) else ""
        keys = self._lockout.keys(name, _address(visit))
        database = self._services.database
        with self._checks:
            with database.read() as connection:
                waits = self._lockout.waits(connection, keys, visit.now)
            if waits:
                return self._login_page(visit, "wait", 429)
            account = check_password(database, name, password)
            if account is None:
                with database.write() as connection:
                    self._lockout.failed(connection, keys, visit.now)
                return self._login_page(visit, "wrong", 401)
        with database.write() as connection:
            if visit.known:
                end_session(connection, visit.session.id_hash)
            cookie = begin_session(connection, account.id, verified=False, now=visit.now)
        return self._onward(visit, cookie)

    def _login_page(self, visit: Visit, problem: str = "", status: int = 200) -> Response:
        return self._pages.page(visit, "sign_in/login.html", status, problem=problem, after=_next_of(visit))

    def _leave(self, visit: Visit) -> Response:
        if visit.known:
            with self._services.database.write() as connection:
                end_session(connection, visit.session.id_hash)
                if visit.session.complete:
                    trail.note(connection, visit.account.name, "staff.signed_out", visit.me, visit.now)
        response = RedirectResponse("/staff/login", 303)
        response.headers["Clear-Site-Data"] = '"cache"'
        return response

    # A password of one's own

    def _password_form(self, visit: Visit) -> Response:
        return self._password_page(visit, "")

    def _password(self, visit: Visit) -> Response:
        if not visit.account.must_change:
            return RedirectResponse(next_step(visit.session), 303)
        try:
            password = new_password(visit)
            with self._services.database.write() as connection:
                change_password(connection, visit.account.id, password, keep_session=visit.session.id_hash)
                cookie = renew_session(connection, visit.session, visit.session.verified, visit.now)
                trail.note(connection, visit.account.name, "staff.password_changed", visit.me, visit.now)
        except AccountError as error:
            return self._password_page(visit, str(error), 400)
        return self._onward(visit, cookie)

    def _password_page(self, visit: Visit, problem: str, status: int = 200) -> Response:
        return self._pages.page(visit, "sign_in/password.html", status, problem=problem, after=_next_of(visit))

    # The second factor

    def _code_form(self, visit: Visit) -> Response:
        if not visit.account.has_second_factor:
            return RedirectResponse(next_step(visit.session), 303)
        return self._pages.page(visit, "sign_in/code.html", problem="", after=_next_of(visit))

    def _code(self, visit: Visit) -> Response:
        keys = self._lockout.keys(visit.account.name, _address(visit))
        code = visit.text("code", 40)
        cookie = ""
        with self._services.database.write() as connection:
            if self._lockout.waits(connection, keys, visit.now):
                problem, status = "wait", 429
            elif self._factors.check(connection, visit.account.id, code, visit.now):
                cookie = self._finish(visit, connection)
            else:
                self._lockout.failed(connection, keys, visit.now)
                problem, status = "wrong", 401
        if cookie:
            return self._onward(visit, cookie)
        return self._pages.page(visit, "sign_in/code.html", status, problem=problem, after=_next_of(visit))

    def _set_up_form(self, visit: Visit) -> Response:
        if visit.account.has_second_factor or visit.account.must_change:
            return RedirectResponse(next_step(visit.session), 303)
        return self._set_up_page(visit, new_secret())

    def _set_up(self, visit: Visit) -> Response:
        """Takes the first code of the app; shows the recovery codes, once."""
        secret = visit.text("secret", 32)
        if visit.account.has_second_factor or visit.account.must_change or not _SECRET.fullmatch(secret):
            return RedirectResponse(next_step(visit.session), 303)
        with self._services.database.write() as connection:
            if not self._factors.confirm(connection, visit.account.id, secret, visit.text("code", 40), visit.now):
                return self._set_up_page(visit, secret, "wrong", 400)
            codes = self._factors.new_recovery_codes(connection, visit.account.id)
            trail.note(connection, visit.account.name, "staff.second_factor_set_up", visit.me, visit.now)
            cookie = self._finish(visit, connection)
        response = self._pages.page(visit, "sign_in/recovery_codes.html", codes=codes, after=_next_of(visit))
        self._guard.set_cookie(response, cookie)
        return response

    def _set_up_page(self, visit: Visit, secret: str, problem: str = "", status: int = 200) -> Response:
        address = address_for_app(secret, visit.account.name, self._services.clinic.name)
        grouped = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
        return self._pages.page(
            visit, "sign_in/set_up.html", status, secret=secret, grouped=grouped, address=address,
            qr=qr_code(address), problem=problem, after=_next_of(visit),
        )  # fmt: skip

    def _skip(self, visit: Visit) -> Response:
        """Without a second factor, in the development mode alone."""
        if not self._services.settings.dev or visit.account.has_second_factor or visit.account.must_change:
            raise Refused(403, "The second factor is needed.")
        with self._services.database.write() as connection:
            cookie = self._finish(visit, connection)
        return self._onward(visit, cookie)

    # Going on

    def _finish(self, visit: Visit, connection: Connection) -> str:
        """The sign-in is complete; the cookie of its session."""
        self._lockout.succeeded(connection, self._lockout.keys(visit.account.name, ""))
        cookie = renew_session(connection, visit.session, verified=True, now=visit.now)
        trail.note(connection, visit.account.name, "staff.signed_in", visit.me, visit.now)
        return cookie

    def _onward(self, visit: Visit, cookie: str) -> Response:
        """To the next step of the sign-in, or to the page that was asked for."""
        with self._services.database.read() as connection:
            session = find_session(connection, cookie, visit.now)
        step = next_step(session) if session else "/staff/login"
        after = _next_of(visit)
        if step == "/staff":
            step = after or step
        elif after:
            step = f"{step}?next={after}"
        response = RedirectResponse(step, 303)
        self._guard.set_cookie(response, cookie)
        return response


def new_password(visit: Visit) -> str:
    """The new password of a form that asks for it twice.

    Raises:
        AccountError: the two differ.
    """
    first, second = visit.form.get("password"), visit.form.get("again")
    if not isinstance(first, str) or first != second:
        raise AccountError("The two passwords differ. Type the same one twice.")
    return first


def _next_of(visit: Visit) -> str:
    """The page of ours that the sign-in leads to; empty when none was asked for."""
    wanted = visit.text("next") or visit.request.query_params.get("next", "")
    return wanted if _OWN_PAGE.fullmatch(wanted) else ""


def _address(visit: Visit) -> str:
    return visit.request.client.host if visit.request.client else ""
