"""The website chat: a page, its assets, messages by POST, history and later messages by GET."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from itsdangerous import BadSignature, Signer
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates

from bot.channels.inbound import Answer, BadRequest, client_of, json_object, message_id_of, text_of
from bot.records.conversations import new_conversation_id
from bot.records.messages import Inbound, StoredMessage

CHANNEL = "website"
WEB = Path(__file__).resolve().parent / "web"
COOKIE = "aftercare_chat"
COOKIE_SECONDS = 30 * 24 * 3600


def website_routes(
    answer: Answer,
    history: Callable[[str, int], list[StoredMessage]],
    facts: Callable[[], dict[str, str]],
    secret_key: str,
    secure: bool,
) -> list[BaseRoute]:
    """
    Args:
        history: messages of a conversation with an id above a number.
        facts: the clinic's, for the page.
        secure: cookies over HTTPS only.
    """
    templates = Jinja2Templates(WEB)
    signer = Signer(secret_key, salt=COOKIE)

    def conversation_of(request: Request) -> str | None:
        """The conversation that the request's cookie names; only the server can have signed it."""
        try:
            return signer.unsign(request.cookies.get(COOKIE, "")).decode("ascii")
        except BadSignature:
            return None

    def remember(response: Response, conversation_id: str) -> None:
        value = signer.sign(conversation_id).decode("ascii")
        response.set_cookie(COOKIE, value, COOKIE_SECONDS, path="/", secure=secure, httponly=True, samesite="lax")

    async def page(request: Request) -> Response:
        now = facts()
        href = "tel:" + re.sub(r"[^0-9+]", "", now["phone"])
        response = templates.TemplateResponse(request, "index.html", {**now, "phone_href": href})
        if conversation_of(request) is None:
            remember(response, new_conversation_id())
        return response

    async def send(request: Request) -> Response:
        known = conversation_of(request)
        conversation_id = known or new_conversation_id()
        body = await json_object(request, declared=True)
        text = text_of(body, "text")
        message_id = message_id_of(body)
        inbound = Inbound(conversation_id, text, CHANNEL, f"{conversation_id}:{message_id}")
        reply = await answer(inbound, client_of(request))
        response = JSONResponse({"messages": _shown(reply.messages, reply.escalation_id)})
        if not known:
            remember(response, conversation_id)
        return response

    async def read(request: Request) -> Response:
        conversation_id = conversation_of(request)
        after = request.query_params.get("after", "0")
        if not after.isdigit() or len(after) > 18:
            raise BadRequest(400, "after", "after must be a message id")
        messages = await run_in_threadpool(history, conversation_id, int(after)) if conversation_id else []
        return JSONResponse({"messages": _shown(messages, None)})

    return [
        Route("/", page),
        Route("/chat/messages", send, methods=["POST"]),
        Route("/chat/messages", read, methods=["GET"]),
        Mount("/assets", StaticFiles(directory=WEB)),
    ]


def _shown(messages: Iterable[StoredMessage], escalation_id: str | None) -> list[dict[str, Any]]:
    return [
        {
            "id": message.id,
            "author": message.author,
            "text": message.text,
            "buttons": [dict(button) for button in message.buttons],
            "disposition": message.disposition,
            "escalation": message.escalation_id or escalation_id,
            "at": message.at.isoformat(),
        }
        for message in messages
    ]
