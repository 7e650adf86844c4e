"""Signing in and out. The session is a signed cookie that holds an account's id and two times."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.templating import Jinja2Templates

from bot.console.accounts import Account, check_password, find_account, hash_of_nobody
from bot.console.backoff import Backoff
from bot.console.pages import ConsoleServices, send_page

COOKIE = "aftercare_staff"
IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
#: Each check of a password takes a core and 64 MB; patients come first.
PASSWORD_CHECKS_AT_ONCE = 2


class SignIn:
    def __init__(self, services: ConsoleServices, templates: Jinja2Templates) -> None:
        self._services = services
        self._templates = templates
        self._backoff = Backoff()
        self._checks = anyio.Semaphore(PASSWORD_CHECKS_AT_ONCE)
        # Made now, so that the first unknown name does not take longer than the next.
        hash_of_nobody()

    async def form(self, request: Request) -> Response:
        if await self.account(request):
            return RedirectResponse("/staff", 303)
        return self._form(request, "", 200)

    async def submit(self, request: Request) -> Response:
        form = await request.form(max_files=0, max_fields=10)
        name, password = _field(form, "name"), _field(form, "password")
        if not has_token(request, form):
            return self._form(request, "expired", 403)
        async with self._checks:
            if self._backoff.waits(name, self._services.now()):
                return self._form(request, "wait", 429)
            account = await run_in_threadpool(check_password, self._services.database, name, password)
            now = self._services.now()
            if account is None:
                self._backoff.failed(name, now)
                return self._form(request, "wrong", 401)
        self._backoff.succeeded(name)
        request.session.clear()
        request.session.update(account=account.id, since=now.isoformat(), seen=now.isoformat())
        return RedirectResponse("/staff", 303)

    async def leave(self, request: Request) -> Response:
        form = await request.form(max_files=0, max_fields=10)
        if not has_token(request, form):
            return self._form(request, "expired", 403)
        request.session.clear()
        return RedirectResponse("/staff/login", 303)

    async def account(self, request: Request) -> Account | None:
        """Who is signed in. A session that has idled, is too old, or whose account was disabled, ends here."""
        session = request.session
        if "account" not in session:
            return None
        now = self._services.now()
        fresh = now < _time(session["seen"]) + IDLE and now < _time(session["since"]) + LONGEST
        account = await run_in_threadpool(find_account, self._services.database, session["account"]) if fresh else None
        if account is None:
            session.clear()
        else:
            session["seen"] = now.isoformat()
        return account

    def _form(self, request: Request, problem: str, status: int) -> Response:
        context = {
            "token": token_of(request),
            "problem": problem,
            "clinic": self._services.clinic.name,
            "account": None,
        }
        return send_page(self._templates, request, "login.html", context, status)


def token_of(request: Request) -> str:
    """The token that this session's forms must carry, made when it is first asked for."""
    if "token" not in request.session:
        request.session["token"] = secrets.token_urlsafe(24)
    return str(request.session["token"])


def has_token(request: Request, form: FormData) -> bool:
    """True if the form was made for this session."""
    expected = request.session.get("token", "")
    return bool(expected) and hmac.compare_digest(expected.encode(), _field(form, "token").encode())


def _field(form: FormData, name: str) -> str:
    value = form.get(name)
    return value if isinstance(value, str) else ""


def _time(value: str) -> datetime:
    return datetime.fromisoformat(value)
