"""The staff console: sign in, and the list of open escalations. It reads only."""

from __future__ import annotations

from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.console.auth import COOKIE, SignIn
from bot.console.pages import FOLDER, ConsoleServices, make_templates
from bot.console.worklist import Worklist

#: A sign-in form is a few hundred bytes; patients' turns must not wait behind a large one.
MAX_FORM_BYTES = 16 * 1024


def console_routes(services: ConsoleServices, *, secure: bool) -> list[BaseRoute]:
    """The routes of the console.

    Args:
        services: the part of the composition root that the console uses.
        secure: cookies over HTTPS only.
    """
    templates = make_templates()
    sign_in = SignIn(services, templates)
    worklist = Worklist(services, templates, sign_in)
    # No expiry in the cookie: SignIn keeps its own, by the services' clock.
    session = Middleware(
        SessionMiddleware,
        secret_key=str(services.settings.secret_key),
        session_cookie=COOKIE,
        max_age=None,
        path="/staff",
        same_site="strict",
        https_only=secure,
    )
    return [
        Route("/staff", worklist.page, middleware=[session]),
        Route("/staff/login", sign_in.form, methods=["GET"], middleware=[session]),
        Route("/staff/login", sign_in.submit, methods=["POST"], middleware=[session], max_body_size=MAX_FORM_BYTES),
        Route("/staff/logout", sign_in.leave, methods=["POST"], middleware=[session], max_body_size=MAX_FORM_BYTES),
        Mount("/staff/static", StaticFiles(directory=FOLDER / "static")),
    ]
