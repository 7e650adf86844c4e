"""Requests that get no turn. Whatever is wrong with one, its answer tells a patient whom to call."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.channels.inbound import BadRequest

#: ``say`` of the services: name of a response and channel to words.
Say = Callable[[str, str], Any]
Handler = Callable[[Request, Any], Awaitable[Response]]

#: What a patient reads, by status. Otherwise that we cannot answer now.
_WORDS = {413: "utter_too_long"}


def refusal_handlers(say: Say, headers: Mapping[str, str]) -> dict[Any, Handler]:
    """Starlette's exception handlers: JSON with ``error`` for programs, ``message`` for patients (the clinic's phone
    and 911) and ``detail`` for who writes the program.

    Args:
        headers: for the one response that no middleware sees.
    """

    def answer(status: int, code: str, detail: str, more: Mapping[str, str] | None = None) -> Response:
        words = say(_WORDS.get(status, "utter_safe_reply"), "website").text
        return JSONResponse({"error": code, "message": words, "detail": detail}, status, dict(more or {}))

    async def bad_request(request: Request, error: BadRequest) -> Response:
        more = {"retry-after": str(error.retry_after)} if error.retry_after else {}
        if error.status == 401:
            more["www-authenticate"] = "Bearer"
        return answer(error.status, error.code, str(error), more)

    async def http(request: Request, error: HTTPException) -> Response:
        code = HTTPStatus(error.status_code).phrase.lower().replace(" ", "_")
        return answer(error.status_code, code, error.detail, error.headers)

    async def not_stored(request: Request, error: Exception) -> Response:
        return answer(503, "unavailable", "The database cannot be reached")

    async def broken(request: Request, error: Exception) -> Response:
        return answer(500, "internal", "A fault of the server; its log says where", headers)

    return {BadRequest: bad_request, HTTPException: http, SQLAlchemyError: not_stored, Exception: broken}
