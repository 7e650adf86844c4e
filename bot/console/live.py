"""Server-sent events: tells an open page that something changed; the page then asks for what it shows.

No word of a patient is in an event. The stream ends with the session, so a signed-out page stops showing new things.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from bot.console.access import Page, Refused, Visit
from bot.console.pages import ConsoleServices
from bot.console.people.sessions import find_session
from bot.escalation.service import NotFound
from bot.records.changes import Changes

#: How soon a session that has ended elsewhere is noticed.
LOOK_EVERY_SECONDS = 2.0
#: Without an event for so long, intermediaries cut a connection.
PING_SECONDS = 15


class Live:
    def __init__(self, services: ConsoleServices, changes: Changes) -> None:
        self._services = services
        self._changes = changes

    def routes(self) -> list[Page]:
        return [Page("events", "GET", "/staff/events", self._events, passive=True)]

    def _events(self, visit: Visit) -> Response:
        """All changes, or those of one case: ``?case=K7QX-4MZP``."""
        reference = visit.request.query_params.get("case")
        try:
            owner = self._services.escalations.find(reference).conversation_id if reference else None
        except NotFound:
            raise Refused(404, "There is no case with this reference.") from None
        return EventSourceResponse(self._stream(visit, owner), ping=PING_SECONDS)

    async def _stream(self, visit: Visit, conversation_id: str | None) -> AsyncIterator[ServerSentEvent]:
        with self._changes.subscribe(conversation_id) as subscription:
            yield ServerSentEvent(data="", event="open")
            while True:
                changed = await subscription.wait(LOOK_EVERY_SECONDS)
                if not await run_in_threadpool(self._signed_in, visit.cookie):
                    yield ServerSentEvent(data="", event="signed-out")
                    return
                if changed:
                    yield ServerSentEvent(data="", event="changed")

    def _signed_in(self, cookie: str) -> bool:
        with self._services.database.read() as connection:
            session = find_session(connection, cookie, self._services.now())
        return session is not None and session.complete
