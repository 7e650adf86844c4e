"""What all doors share: a body of bounded size, read in bounded time, and text made safe to store."""

from __future__ import annotations

import asyncio
import json
import re
import uuid
from collections.abc import Mapping
from typing import Any, Protocol

from starlette.requests import ClientDisconnect, Request

from bot.conversation.reply import TurnReply
from bot.records.messages import Inbound

#: Room for 2,000 characters of any script. Many clients write what is not ASCII as ``\\uXXXX``, six bytes that count
#: as two, so that such a patient may write as much as any other; no body takes more than three times the room.
MAX_BODY_BYTES = 8 * 1024
MAX_ESCAPED_BYTES = 3 * MAX_BODY_BYTES
#: Longer than any phone network needs for so little. Whoever sends half a request does not hold a place for ever.
BODY_SECONDS = 20.0
MAX_NAME = 200

# Controls except line feed and tab; marks that turn the direction of the text around them.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_MESSAGE_ID = re.compile(r"[A-Za-z0-9_.:-]{1,100}\Z")


class Answer(Protocol):
    """Takes a message and answers it. ``client`` is the network address that the limits count; empty where one caller
    speaks for many patients. Raises BadRequest (429) for a flood of messages that are not red."""

    async def __call__(self, inbound: Inbound, client: str = "") -> TurnReply: ...


class BadRequest(Exception):
    """A request that gets no turn. ``code`` is for programs, the text for who writes them: it quotes nothing."""

    def __init__(self, status: int, code: str, message: str, retry_after: int = 0) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.retry_after = retry_after


def client_of(request: Request) -> str:
    """The address that the request came from; behind a trusted proxy the server has put the patient's there."""
    return request.client.host if request.client else ""


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


async def json_object(request: Request, *, declared: bool = False) -> dict[str, Any]:
    """The request's body.

    Args:
        declared: it must say that it is JSON, which no form of another website can without being asked first.

    Raises:
        BadRequest: of another type, too large, too slow, not JSON, or not an object.
    """
    if declared and request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
        raise BadRequest(415, "content_type", "Send the header: Content-Type: application/json")
    try:
        body = await asyncio.wait_for(_body(request), BODY_SECONDS)
    except asyncio.TimeoutError:
        raise BadRequest(408, "too_slow", "The body did not arrive in time") from None
    except ClientDisconnect:
        raise BadRequest(400, "not_json", "The body is incomplete") from None
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise BadRequest(400, "not_json", "The body is not JSON") from None
    if not isinstance(data, dict):
        raise BadRequest(400, "not_an_object", "The body must be a JSON object")
    return data


async def _body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_ESCAPED_BYTES:
            break
    if len(body) - 4 * body.count(b"\\u") > MAX_BODY_BYTES or len(body) > MAX_ESCAPED_BYTES:
        raise BadRequest(413, "too_large", f"The body is larger than {MAX_BODY_BYTES // 1024} kB")
    return body


def text_of(body: Mapping[str, Any], key: str) -> str:
    """The patient's text, cleaned.

    Raises:
        BadRequest: it is missing or not a string.
    """
    value = body.get(key)
    if not isinstance(value, str):
        raise BadRequest(400, key, f"{key} must be a string")
    return clean_text(value)
