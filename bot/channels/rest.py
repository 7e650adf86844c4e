"""Rasa's REST channel protocol: ``{"sender", "message"}`` in, a list of messages out."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.channels.inbound import MAX_NAME, Answer, BadRequest, json_object, message_id_of, text_of
from bot.conversation.reply import TurnReply
from bot.records.messages import Inbound

CHANNEL = "rest"
#: Begins with no space; no controls, marks of direction or lone surrogates.
_SENDER = re.compile(
    "[^\x00-\x20\x7f-\xa0\u2000-\u206f\u3000\ud800-\udfff\ufeff]"
    "[^\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]*\\Z"
)


def rest_routes(answer: Answer, token: str, secret_key: str, open_to_all: bool) -> list[Route]:
    """The endpoint; none at all without a token unless ``open_to_all`` (development)."""
    if not token and not open_to_all:
        return []

    async def webhook(request: Request) -> Response:
        _authorise(request, token)
        body = await json_object(request)
        sender = _sender(body)
        text = text_of(body, "message")
        message_id = message_id_of(body)
        conversation_id = conversation_id_for(secret_key, token, sender)
        reply = await answer(Inbound(conversation_id, text, CHANNEL, f"{conversation_id}:{message_id}", sender))
        return JSONResponse(elements(sender, reply))

    return [Route("/webhooks/rest/webhook", webhook, methods=["POST"])]


def elements(sender: str, reply: TurnReply) -> list[dict[str, Any]]:
    """The reply in Rasa's form; the last element says what it amounts to."""
    result: list[dict[str, Any]] = []
    for message in reply.messages:
        element: dict[str, Any] = {"recipient_id": sender, "text": message.text}
        if message.buttons:
            element["buttons"] = [dict(button) for button in message.buttons]
        result.append(element)
    result[-1]["custom"] = {"disposition": reply.disposition.value, "escalation_id": reply.escalation_id}
    return result


def conversation_id_for(secret_key: str, token: str, sender: str) -> str:
    """Our id for a client's sender: 128 bits that nobody can work out without the secret key. Clients with
    other tokens may use the same names."""
    return hmac.new(secret_key.encode(), f"rest\0{token}\0{sender}".encode(), hashlib.sha256).hexdigest()[:32]


def _authorise(request: Request, token: str) -> None:
    if not token:
        return
    given = request.headers.get("authorization", "")
    if not secrets.compare_digest(given.encode(), f"Bearer {token}".encode()):
        raise BadRequest(401, "unauthorized", "Send the header: Authorization: Bearer <AFTERCARE_API_TOKEN>")


def _sender(body: dict[str, Any]) -> str:
    sender = body.get("sender")
    if not isinstance(sender, str) or len(sender) > MAX_NAME or not _SENDER.match(sender):
        raise BadRequest(
            400, "sender", f"sender must name one conversation, in at most {MAX_NAME} printable characters"
        )
    return sender
