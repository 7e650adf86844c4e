"""The review page, the marking of a turn, and the list of all conversations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row
from starlette.responses import RedirectResponse, Response

from bot.console import trail
from bot.console.access import Page, Refused, Visit
from bot.console.pages import ConsoleServices, Pages
from bot.console.people.roles import Role
from bot.console.review import marks
from bot.console.review.unanswered import lines_to_add
from bot.escalation.model import Origin
from bot.records.messages import interlock_counts
from bot.records.tables import conversations, escalations, messages
from bot.records.unanswered import list_unanswered

LONGEST_REASON = 1000
PAGE_SIZE = 50


@dataclass(frozen=True)
class Overruled:
    """A turn that the interlock answered in the bot's place."""

    message_id: int
    conversation_id: str
    reason: str
    at: datetime


class Review:
    def __init__(self, services: ConsoleServices, pages: Pages) -> None:
        self._services = services
        self._pages = pages

    def routes(self) -> list[Page]:
        return [
            Page("review", "GET", "/staff/review", self._page),
            Page("review_turn", "GET", "/staff/review/messages/{message:int}", self._turn, Role.NURSE),
            Page("review_mark", "POST", "/staff/review/messages/{message:int}/mark", self._mark, Role.NURSE),
            Page("review_unmark", "POST", "/staff/review/messages/{message:int}/unmark", self._unmark, Role.NURSE),
            Page("review_export", "POST", "/staff/review/marks.jsonl", self._export, Role.ADMIN),
            Page("conversations", "GET", "/staff/conversations", self._conversations),
        ]

    def _page(self, visit: Visit) -> Response:
        with self._services.database.read() as connection:
            questions = [(item, lines_to_add(item.text)) for item in list_unanswered(connection)]
            listed = marks.list_marks(connection)
            overruled = _overruled(connection)
            counts = interlock_counts(connection)
            recovered = _recovered(connection)
        with self._services.database.write() as connection:
            trail.note(connection, visit.account.name, "review.viewed", "review", visit.now)
        return self._pages.page(
            visit, "review/page.html", questions=questions, marks=listed, kinds=marks.KINDS, overruled=overruled,
            counts=counts, recovered=recovered,
        )  # fmt: skip

    # Marks

    def _turn(self, visit: Visit, problem: str = "", status: int = 200) -> Response:
        turn, mark = self._read(visit)
        with self._services.database.write() as connection:
            subject = f"conversation/{turn.conversation_id}"
            trail.note(connection, visit.account.name, "conversation.viewed", subject, visit.now)
        return self._pages.page(
            visit, "review/turn.html", status, turn=turn, mark=mark, kinds=marks.KINDS, labels=marks.LABELS,
            problem=problem, reason=visit.text("reason", LONGEST_REASON) or (mark.reason if mark else ""),
        )  # fmt: skip

    def _mark(self, visit: Visit) -> Response:
        turn, _ = self._read(visit)
        kind, reason = visit.text("kind"), visit.text("reason", LONGEST_REASON)
        present = [key for key in marks.LABELS if visit.text(f"present_{key}") == "1"]
        if kind not in marks.KINDS:
            return self._turn(visit, "Say what was wrong: missed or over-triaged.", 400)
        if not reason:
            return self._turn(visit, "Give a reason, so that others can follow.", 400)
        if kind == "missed" and not present:
            return self._turn(visit, "Say what the message reports, so that it can become a test.", 400)
        with self._services.database.write() as connection:
            marks.set_mark(connection, turn.message_id, kind, present, reason, visit.account.name, visit.now)
            subject = f"conversation/{turn.conversation_id}"
            data = {"kind": kind, "message": turn.message_id}
            trail.note(connection, visit.account.name, "turn.marked", subject, visit.now, **data)
        return RedirectResponse("/staff/review#marks", 303)

    def _unmark(self, visit: Visit) -> Response:
        turn, _ = self._read(visit)
        with self._services.database.write() as connection:
            if not marks.remove_mark(connection, turn.message_id):
                raise Refused(404, "This turn is not marked.")
            subject = f"conversation/{turn.conversation_id}"
            trail.note(connection, visit.account.name, "turn.unmarked", subject, visit.now, message=turn.message_id)
        return RedirectResponse("/staff/review#marks", 303)

    def _read(self, visit: Visit) -> tuple[marks.Turn, marks.Mark | None]:
        identity = int(visit.path("message"))
        if identity >= 2**31:
            raise Refused(404, "There is no such message of a patient.")
        with self._services.database.read() as connection:
            turn = marks.read_turn(connection, identity)
            mark = marks.find_mark(connection, identity)
        if turn is None:
            raise Refused(404, "There is no such message of a patient.")
        return turn, mark

    def _export(self, visit: Visit) -> Response:
        with self._services.database.write() as connection:
            lines = marks.labelled_lines(connection)
            trail.note(connection, visit.account.name, "marks.exported", "review", visit.now, lines=lines.count("\n"))
        headers = {"Content-Disposition": 'attachment; filename="live.jsonl"'}
        return Response(lines, media_type="application/jsonl", headers=headers)

    # Conversations

    def _conversations(self, visit: Visit) -> Response:
        """All conversations, the newest first: also those that nothing was filed for."""
        before = visit.request.query_params.get("before", "")
        with self._services.database.read() as connection:
            rows = _newest(connection, before if len(before) == 32 and before.isalnum() else "")
        more = rows[PAGE_SIZE - 1].id if len(rows) > PAGE_SIZE else None
        return self._pages.page(visit, "review/conversations.html", rows=rows[:PAGE_SIZE], before=more)


def _overruled(connection: Connection) -> list[Overruled]:
    query = sa.select(messages.c.id, messages.c.conversation_id, messages.c.interlock, messages.c.created_at).where(
        messages.c.interlock.in_(("failure", "disagreement"))
    )
    rows = connection.execute(query.order_by(messages.c.created_at.desc()).limit(50))
    return [Overruled(row.id, row.conversation_id, row.interlock, row.created_at) for row in rows]


def _recovered(connection: Connection) -> Sequence[Row]:
    """Cases that the sweep filed: a turn was cut off, or a question stayed without an answer."""
    query = sa.select(escalations.c.id, escalations.c.origin, escalations.c.opened_at).where(
        escalations.c.origin.in_((Origin.RECOVERY.value, Origin.SILENCE.value))
    )
    return connection.execute(query.order_by(escalations.c.opened_at.desc()).limit(50)).all()


def _newest(connection: Connection, before: str) -> list[Row]:
    table = conversations.c
    said = sa.select(sa.func.count()).where(messages.c.conversation_id == table.id, messages.c.author == "patient")
    query = sa.select(
        *(table.id, table.channel, table.created_at, table.contact_name, table.contact_phone),
        said.scalar_subquery().label("said"),
    ).order_by(table.created_at.desc(), table.id.desc())
    if before:
        last = connection.execute(sa.select(table.created_at).where(table.id == before)).scalar()
        if last is not None:
            same = sa.and_(table.created_at == last, table.id < before)
            query = query.where(sa.or_(table.created_at < last, same))
    return list(connection.execute(query.limit(PAGE_SIZE + 1)).all())
