"""Who may do what: every route of the console passes through here, and only here are sessions, roles, forms and
their origin looked at."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum

from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.console.pages import ConsoleServices, Pages
from bot.console.people.accounts import Account
from bot.console.people.roles import Role
from bot.console.people.sessions import SEEN_EVERY, Session, find_session, form_token, new_cookie, touch

log = logging.getLogger(__name__)

COOKIE = "aftercare_staff"
#: A message to a patient and a note are the longest that a form carries.
MAX_FORM_BYTES = 64 * 1024
MAX_FIELDS = 40


class Stage(Enum):
    """How far a sign-in must be for a page."""

    #: Nobody needs to be signed in.
    ANYONE = "anyone"
    #: The password was right; the second factor, or a password of one's own, is still to come.
    HALF_WAY = "half way"
    SIGNED_IN = "signed in"


class Refused(Exception):
    """The console will not do it. The words are for the person who asked."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.words = words


@dataclass(frozen=True)
class Visit:
    """One request, after it was let in."""

    request: Request
    now: datetime
    cookie: str
    token: str
    #: None on a page for anyone, before the sign-in.
    known: Session | None = None
    form: Mapping[str, object] = field(default_factory=FormData)

    @property
    def session(self) -> Session:
        """
        Raises:
            Refused: there is none.
        """
        if self.known is None:
            raise Refused(401, "You are signed out. Load the page again to sign in.")
        return self.known

    @property
    def account(self) -> Account:
        return self.session.account

    @property
    def me(self) -> str:
        """One's own account, as the audit trail names it."""
        return f"staff/{self.account.name}"

    @property
    def wants_fragment(self) -> bool:
        """The page's own script asks, to put the answer into the page."""
        return self.request.headers.get("x-fragment") == "1"

    def path(self, name: str) -> str:
        return str(self.request.path_params[name])

    def text(self, name: str, longest: int = 200) -> str:
        """A field of the form, without surrounding spaces.

        Raises:
            Refused: it is longer than the page lets it be.
        """
        value = self.form.get(name, "")
        if not isinstance(value, str):
            return ""
        value = value.replace("\r\n", "\n").replace("\x00", "").strip()
        if len(value) > longest:
            raise Refused(400, f"The text is too long: {len(value):,} characters, and {longest:,} fit.")
        return value

    def number(self, name: str) -> int:
        """
        Raises:
            Refused: it is no number; only a made-up form has none.
        """
        value = self.text(name)
        if not value.isascii() or not value.lstrip("-").isdigit() or len(value) > 9:
            raise Refused(400, f"The field {name} must be a number.")
        return int(value)


Handler = Callable[[Visit], Response]


@dataclass(frozen=True)
class Page:
    """One route, and who may take it."""

    name: str
    method: str
    path: str
    handler: Handler
    #: The least role that may take it, once signed in.
    least: Role = Role.VIEWER
    stage: Stage = Stage.SIGNED_IN
    #: Asked by the page itself and not by the person: does not keep a session alive.
    passive: bool = False


class Guard:
    """Lets requests in, or answers them itself."""

    def __init__(self, services: ConsoleServices, pages: Pages, secure: bool) -> None:
        self._services = services
        self._pages = pages
        self._secure = secure
        self._secret_key = str(services.settings.secret_key)

    def route(self, page: Page) -> Route:
        """The page as a route."""

        async def endpoint(request: Request) -> Response:
            form = await request.form(max_files=0, max_fields=MAX_FIELDS) if page.method == "POST" else FormData()
            return await run_in_threadpool(self._answer, page, request, form)

        return Route(page.path, endpoint, methods=[page.method], name=page.name, max_body_size=MAX_FORM_BYTES)

    def _answer(self, page: Page, request: Request, form: FormData) -> Response:
        try:
            visit = self._visit(page, request, form)
            try:
                response = self._objection(page, visit) or page.handler(visit)
            except Refused as refused:
                response = self._pages.refusal(visit, refused.status, refused.words)
            if COOKIE not in request.cookies and "set-cookie" not in response.headers:
                self.set_cookie(response, visit.cookie)
            return response
        except SQLAlchemyError as error:
            log.error("console without its database", extra={"error": type(error).__name__})
            return self._pages.without_database()

    def set_cookie(self, response: Response, cookie: str) -> None:
        response.set_cookie(COOKIE, cookie, path="/staff", secure=self._secure, httponly=True, samesite="strict")

    def _visit(self, page: Page, request: Request, form: FormData) -> Visit:
        now = self._services.now()
        cookie = request.cookies.get(COOKIE, "")
        with self._services.database.read() as connection:
            session = find_session(connection, cookie, now)
        if session and not page.passive and now - session.seen_at > SEEN_EVERY:
            with self._services.database.write() as connection:
                touch(connection, session, now)
            session = replace(session, seen_at=now)
        cookie = cookie or new_cookie()
        return Visit(request, now, cookie, form_token(self._secret_key, cookie), session, form)

    def _objection(self, page: Page, visit: Visit) -> Response | None:
        """What the visitor gets instead of the page; None where they may have it."""
        session = visit.known
        if page.method == "POST" and not _is_own_form(visit):
            raise Refused(403, "This page was open for too long, or the form comes from elsewhere. Load it again.")
        if page.stage is Stage.ANYONE:
            return None
        if session is None:
            return self._ask_to_sign_in(page, visit)
        if page.stage is Stage.HALF_WAY:
            return RedirectResponse("/staff", 303) if session.complete else None
        if not session.complete:
            return RedirectResponse(next_step(session), 303)
        if not session.account.role.at_least(page.least):
            raise Refused(403, f"This needs the role {page.least.value}; yours is {session.account.role.value}.")
        return None

    def _ask_to_sign_in(self, page: Page, visit: Visit) -> Response:
        if visit.wants_fragment or page.passive:
            raise Refused(401, "You are signed out. Load the page again to sign in.")
        if page.method == "GET" and visit.request.headers.get("sec-fetch-site") == "cross-site":
            # A link from elsewhere comes without our cookie. From this page on it is a request of our own.
            return self._pages.again(visit)
        after = f"?next={visit.request.url.path}" if page.method == "GET" and page.path != "/staff" else ""
        return RedirectResponse(f"/staff/login{after}", 303)


def _is_own_form(visit: Visit) -> bool:
    """Made for this browser, and sent from a page of ours: browsers say where a request comes from."""
    given = visit.form.get("token", "")
    fits = isinstance(given, str) and hmac.compare_digest(given.encode(), visit.token.encode())
    from_here = visit.request.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")
    return fits and from_here and COOKIE in visit.request.cookies


def next_step(session: Session) -> str:
    """Where a sign-in goes on."""
    if session.complete:
        return "/staff"
    if session.account.must_change:
        return "/staff/sign-in/password"
    return "/staff/sign-in/code" if session.account.has_second_factor else "/staff/sign-in/set-up"
