"""The website chat: the widget, its messages by POST, later ones by server-sent events, and the demo page."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sse_starlette.sse import EventSourceResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates

from bot.channels.inbound import Answer, BadRequest, client_of, json_object, message_id_of, text_of
from bot.channels.limits import Limits
from bot.channels.website_session import Sessions
from bot.channels.widget import FACTS, Widget
from bot.escalation import repository
from bot.records import messages
from bot.records.changes import Changes
from bot.records.database import Database
from bot.records.messages import Inbound, StoredMessage

CHANNEL = "website"
DEMO = Path(__file__).resolve().parent / "web" / "demo"
#: The widget shows this much of a long conversation.
HISTORY = 1000
#: A message may be stored below one that was read before it; the widget knows which ones it has.
LATE = 20
#: Between two looks when nothing woke the stream.
LOOK_SECONDS = 30.0
STREAM_AGAIN_SECONDS = 30
SCRIPT_SECONDS = 300


@dataclass(frozen=True)
class Website:
    """What the chat is made of.

    Args:
        forget: deletes a conversation; False when the clinic must keep it, because an escalation is open.
        facts: the clinic's, of this hour.
        limits: of the streams of events.
        secure: cookies over HTTPS only.
        allowed_origins: other sites that may embed the chat.
    """

    database: Database
    changes: Changes
    answer: Answer
    forget: Callable[[str], bool]
    facts: Callable[[], dict[str, str]]
    limits: Limits
    secret_key: str
    secure: bool = False
    allowed_origins: Collection[str] = ()

    def routes(self) -> list[BaseRoute]:
        return [*_Chat(self).routes(), *_page_routes(self.facts)]


def _page_routes(facts: Callable[[], dict[str, str]]) -> list[BaseRoute]:
    templates = Jinja2Templates(DEMO)
    widget = Widget()

    async def page(request: Request) -> Response:
        now = facts()
        href = "tel:" + re.sub(r"[^0-9+]", "", now["phone"])
        return templates.TemplateResponse(request, "index.html", {**now, "phone_href": href})

    async def script(request: Request) -> Response:
        made = widget.script(facts())
        headers = {
            "Cache-Control": f"public, max-age={SCRIPT_SECONDS}",
            "Cross-Origin-Resource-Policy": "cross-origin",
            "ETag": made.etag,
            "Vary": "Accept-Encoding",
        }
        if request.headers.get("if-none-match") == made.etag:
            return Response(status_code=304, headers=headers)
        if "gzip" not in request.headers.get("accept-encoding", ""):
            return Response(made.plain, headers=headers, media_type="text/javascript")
        return Response(made.gzipped, headers={**headers, "Content-Encoding": "gzip"}, media_type="text/javascript")

    return [Route("/", page), Route("/widget.js", script), Mount("/demo", StaticFiles(directory=DEMO))]


class _Chat:
    def __init__(self, website: Website) -> None:
        self._website = website
        self._sessions = Sessions(website.secret_key, secure=website.secure, allowed_origins=website.allowed_origins)

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/chat/session", self.begin, methods=["POST"]),
            # One route, so that a refusal of other methods names both.
            Route("/chat/messages", self.messages, methods=["GET", "POST"]),
            Route("/chat/events", self.listen, methods=["GET"]),
            Route("/chat/leave", self.leave, methods=["POST"]),
            Route("/chat/forget", self.forget, methods=["POST"]),
        ]

    async def begin(self, request: Request) -> Response:
        """A session, unless the request brings one, and whom to call at this hour."""
        body = {"clinic": self._clinic()}
        try:
            session = self._sessions.of(request)
        except BadRequest as refused:
            if refused.status != 401:
                raise
            session = None
        return JSONResponse(body) if session else self._sessions.give(self._sessions.new(request), body)

    async def messages(self, request: Request) -> Response:
        return await (self.send if request.method == "POST" else self.read)(request)

    async def send(self, request: Request) -> Response:
        body = await json_object(request, declared=True)
        text = text_of(body, "text")
        message_id = message_id_of(body)
        known = self._sessions.of(request)
        session = known or self._sessions.new(request)
        inbound = Inbound(session.conversation_id, text, CHANNEL, f"{session.conversation_id}:{message_id}")
        reply = await self._website.answer(inbound, client_of(request))
        answer = {"messages": _shown(reply.messages)}
        return JSONResponse(answer) if known else self._sessions.give(session, answer)

    async def read(self, request: Request) -> Response:
        after = _place(request.query_params.get("after", "0"))
        session = self._sessions.needed(request)
        return JSONResponse(await run_in_threadpool(self._look, session.conversation_id, after))

    async def listen(self, request: Request) -> Response:
        after = _place(request.headers.get("last-event-id", "0"))
        conversation_id, address = self._sessions.needed(request).conversation_id, client_of(request)
        if not self._website.limits.may_listen(conversation_id, address):
            raise BadRequest(429, "too_many", "Too many open streams: read GET /chat/messages", STREAM_AGAIN_SECONDS)
        return EventSourceResponse(self._events(conversation_id, address, after))

    async def leave(self, request: Request) -> Response:
        """Ends the session; the conversation stays with the clinic."""
        self._sessions.needed(request)
        return self._left()

    async def forget(self, request: Request) -> Response:
        session = self._sessions.needed(request)
        if not await run_in_threadpool(self._website.forget, session.conversation_id):
            raise BadRequest(409, "open", "The clinic keeps the conversation while the request is open")
        return self._left()

    def _left(self) -> Response:
        response = Response(status_code=204)
        self._sessions.end(response)
        return response

    async def _events(self, conversation_id: str, address: str, after: int) -> AsyncIterator[dict[str, str]]:
        """What is new, whenever there is something, and first of all where things stand; an event's id is where to
        go on."""
        sent: set[int] = set()
        escalation: Any = ()
        clinic: Any = ()
        website = self._website
        with (
            website.limits.listening(conversation_id, address),
            website.changes.subscribe(conversation_id) as subscription,
        ):
            while True:
                try:
                    look = await run_in_threadpool(self._look, conversation_id, after)
                except SQLAlchemyError:
                    return  # The widget comes again.
                if after and not look["messages"]:
                    yield {"data": json.dumps({"forgotten": True})}
                    return
                fresh = [message for message in look["messages"] if message["id"] not in sent]
                if fresh or (look["escalation"], look["clinic"]) != (escalation, clinic):
                    sent.update(message["id"] for message in fresh)
                    escalation, clinic = look["escalation"], look["clinic"]
                    after = max([after, *sent])
                    yield {"id": str(after), "data": json.dumps({**look, "messages": fresh})}
                await subscription.wait(LOOK_SECONDS)

    def _clinic(self) -> dict[str, str]:
        """The clinic's facts of this hour."""
        facts = self._website.facts()
        return {name: facts[name] for name in FACTS}

    def _look(self, conversation_id: str, after: int) -> dict[str, Any]:
        """Messages above ``after``, and the last ones in any case; where the escalation stands; whom to call now."""
        with self._website.database.read() as connection:
            last = messages.history(connection, conversation_id, 0, LATE)
            found = messages.history(connection, conversation_id, after, HISTORY)
            escalation = repository.find_open(connection, conversation_id)
        seen_at = escalation.acknowledged_at if escalation else None
        merged = {message.id: message for message in [*last, *found]}
        return {
            "clinic": self._clinic(),
            "messages": _shown(merged[key] for key in sorted(merged)),
            "escalation": escalation
            and {"reference": escalation.id, "seen_at": seen_at.isoformat() if seen_at else None},
        }


def _place(value: str) -> int:
    if not (value.isascii() and value.isdigit()) or len(value) > 18:
        raise BadRequest(400, "after", "The place in the conversation must be a message id")
    return int(value)


def _shown(stored: Iterable[StoredMessage]) -> list[dict[str, Any]]:
    return [
        {
            "id": message.id,
            "message_id": (message.channel_message_id or "").partition(":")[2] or None,
            "author": message.author,
            "text": message.text,
            "buttons": [dict(button) for button in message.buttons],
            "disposition": message.disposition,
            "starts_over": message.response == "utter_start_over",
            "at": message.at.isoformat(),
        }
        for message in stored
    ]
