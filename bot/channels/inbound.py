"""What all doors share: text made safe to store, and requests refused with words that help."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Room for 2,000 characters of any script as JSON, and for a text that is too long to be answered kindly.
MAX_BODY_BYTES = 64 * 1024
MAX_NAME = 200

# Controls except line feed and tab; marks that turn the direction of the text around them.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_MESSAGE_ID = re.compile(r"[A-Za-z0-9_.:-]{1,100}\Z")


class BadRequest(Exception):
    """A request that is no message. ``status`` 400, 401, 404 or 413; ``code`` for programs, the text for people."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


def clean_text(text: str) -> str:
    """The text without what breaks storage, display or Rasa: NUL, lone surrogates, direction marks, and the
    leading slash by which Rasa would take typed text for an intent."""
    text = _UNSAFE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return re.sub(r"^[\s/]+", "", text).rstrip()


def message_id_of(body: Mapping[str, Any]) -> str:
    """The client's id of the message, or a new one.

    Raises:
        BadRequest: there is one, and it is not up to 100 letters, digits or ``_.:-``.
    """
    value = body.get("message_id")
    if value is None:
        return uuid.uuid4().hex
    if not isinstance(value, str) or not _MESSAGE_ID.match(value):
        raise BadRequest(400, "message_id", "message_id must be 1 to 100 letters, digits or _ . : -")
    return value


async def json_object(request: Request) -> dict[str, Any]:
    """The request's body.

    Raises:
        BadRequest: too large, not JSON, or not an object.
    """
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise BadRequest(413, "too_large", f"The body is larger than {MAX_BODY_BYTES // 1024} kB")
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise BadRequest(400, "not_json", "The body is not JSON") from None
    if not isinstance(data, dict):
        raise BadRequest(400, "not_an_object", "The body must be a JSON object")
    return data


def text_of(body: Mapping[str, Any], key: str) -> str:
    """The patient's text, cleaned.

    Raises:
        BadRequest: it is missing or not a string.
    """
    value = body.get(key)
    if not isinstance(value, str):
        raise BadRequest(400, key, f"{key} must be a string")
    return clean_text(value)


def error_response(error: BadRequest) -> JSONResponse:
    return JSONResponse({"error": error.code, "message": str(error)}, status_code=error.status)


class SecurityHeaders:
    """Adds to every response the headers that keep pages to themselves; an answer is never cached."""

    HEADERS = (
        (
            b"content-security-policy",
            b"default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
        ),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"cache-control", b"no-store"),
    )

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *self.HEADERS]
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)
