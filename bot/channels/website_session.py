"""Who writes: a session of the website chat names one conversation, and only the server can have made it.

On the server's own pages the session is a cookie that no script can read. Pages of other origins get a signed token
instead, because browsers keep third-party cookies away; it is good for the origin that it was made for.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.channels.inbound import BadRequest
from bot.records.conversations import new_conversation_id

COOKIE = "aftercare_chat"
SESSION_SECONDS = 30 * 24 * 3600


@dataclass(frozen=True)
class Session:
    conversation_id: str
    #: What names it in a cookie or a header, signed.
    token: str
    #: The other site that embeds the chat; empty on our own pages.
    origin: str


class Sessions:
    """
    Args:
        secure: cookies over HTTPS only.
        allowed_origins: other sites that may embed the chat, such as ``https://www.example.org``.
    """

    def __init__(self, secret_key: str, *, secure: bool, allowed_origins: Collection[str]) -> None:
        self._serializer = URLSafeTimedSerializer(secret_key, salt="aftercare-chat")
        self._secure = secure
        self._allowed = frozenset(allowed_origins)
        # With this prefix no other host of the clinic's domain can set the cookie.
        self._cookie = f"__Host-{COOKIE}" if secure else COOKIE

    def of(self, request: Request) -> Session | None:
        """The session that the request brings; None when it brings none.

        Raises:
            BadRequest: 403, the page may not embed the chat; 401, we did not make this session, it has run out, or it
                belongs to another site.
        """
        origin = self._origin(request)
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if not origin and scheme.casefold() != "bearer":
            token = request.cookies.get(self._cookie, "")
        if not token:
            return None
        try:
            conversation_id, made_for = self._serializer.loads(token, max_age=SESSION_SECONDS)
        except (BadSignature, TypeError, ValueError):
            raise BadRequest(401, "session", "Not a chat session, or it has run out: POST /chat/session") from None
        if made_for != origin:
            raise BadRequest(401, "session", "This chat session belongs to another site: POST /chat/session")
        return Session(str(conversation_id), token, origin)

    def needed(self, request: Request) -> Session:
        """The session that the request brings.

        Raises:
            BadRequest: as ``of``, and 401 when it brings none.
        """
        session = self.of(request)
        if session is None:
            raise BadRequest(401, "session", "No chat session: POST /chat/session")
        return session

    def new(self, request: Request) -> Session:
        """A session with a conversation of its own.

        Raises:
            BadRequest: 403, the page may not embed the chat.
        """
        origin, conversation_id = self._origin(request), new_conversation_id()
        return Session(conversation_id, str(self._serializer.dumps([conversation_id, origin])), origin)

    def give(self, session: Session, body: dict[str, Any]) -> Response:
        """The answer with the session in it: as a cookie on our own pages, elsewhere as ``token``."""
        if session.origin:
            return JSONResponse({**body, "token": session.token})
        response = JSONResponse(body)
        response.set_cookie(
            self._cookie, session.token, SESSION_SECONDS, "/", secure=self._secure, httponly=True, samesite="lax"
        )
        return response

    def end(self, response: Response) -> None:
        response.delete_cookie(self._cookie, path="/", secure=self._secure, httponly=True, samesite="lax")

    def _origin(self, request: Request) -> str:
        """The other site that asks; empty for our own pages.

        Raises:
            BadRequest: 403, it is not on the list.
        """
        origin = request.headers.get("origin", "")
        if not origin or urlsplit(origin).netloc == request.headers.get("host"):
            return ""
        if origin not in self._allowed:
            raise BadRequest(403, "origin", "This site may not embed the chat: AFTERCARE_ALLOWED_ORIGINS")
        return origin
