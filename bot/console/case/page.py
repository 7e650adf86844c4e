"""The page of one case, whole and the parts of it that are renewed while it is open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row
from starlette.responses import Response

from bot.console import trail
from bot.console.access import Page, Refused, Visit
from bot.console.case.reasons import reasons
from bot.console.case.transcript import mark_read, other_conversations, read_transcript
from bot.console.pages import ConsoleServices, Pages
from bot.console.people.accounts import active_names
from bot.console.people.roles import Role
from bot.console.worklist.entries import read_entries
from bot.escalation.model import Escalation
from bot.escalation.service import NotFound
from bot.escalation.steps import CallResult, Outcome
from bot.records.conversations import STAFF_STAY
from bot.records.tables import conversations
from bot.records.texting import consents
from bot.wording import SMS, STAFF_TEMPLATE

#: Where a message of staff reaches the patient; a REST client fetches nothing by itself.
REACHED = ("website", "sms")


class CasePage:
    def __init__(self, services: ConsoleServices, pages: Pages) -> None:
        self._services = services
        self._pages = pages
        self._looks = trail.Looks()

    def routes(self) -> list[Page]:
        return [
            Page("case", "GET", "/staff/cases/{reference}", self._page),
            Page("case_live", "GET", "/staff/cases/{reference}/live", self._live, passive=True),
            Page("conversation", "GET", "/staff/conversations/{conversation}", self._conversation),
        ]

    def show(
        self, visit: Visit, escalation: Escalation, status: int = 200, problem: str = "", kept: Mapping[str, str] = {}
    ) -> Response:
        """The whole page.

        Args:
            problem: what could not be done.
            kept: texts that were typed and not stored, by field, so that they are not lost.
        """
        works = visit.account.role.at_least(Role.NURSE)
        with self._services.database.read() as connection:
            owner = _owner(connection, escalation.conversation_id)
            context = self._context(visit, connection, escalation, owner)
            numbers = sorted({number for number in (owner.address, owner.contact_phone) if number})
            if owner.channel == "rest":
                numbers = [owner.contact_phone] if owner.contact_phone else []
            context |= {
                "others": other_conversations(connection, escalation.conversation_id, numbers),
                "templates": self._templates(owner.channel),
            }
        with self._services.database.write() as connection:
            if works:
                mark_read(connection, escalation.conversation_id)
            trail.note(connection, visit.account.name, "conversation.viewed", f"escalation/{escalation.id}", visit.now)
        self._looks.is_new(visit.account.name, escalation.id, context["transcript"].newest, visit.now)
        return self._pages.page(
            visit, "case/page.html", status, problem=problem, kept=kept, outcomes=Outcome, call_results=CallResult,
            **context,
        )  # fmt: skip

    def find(self, visit: Visit) -> Escalation:
        """
        Raises:
            Refused: there is no case with this reference.
        """
        try:
            return self._services.escalations.find(visit.path("reference"))
        except NotFound:
            raise Refused(404, "There is no case with this reference.") from None

    def _page(self, visit: Visit) -> Response:
        return self.show(visit, self.find(visit))

    def _live(self, visit: Visit) -> Response:
        """What the open page shows of the case, as it is now; ``?seen=1`` while somebody has it before them."""
        escalation = self.find(visit)
        with self._services.database.read() as connection:
            owner = _owner(connection, escalation.conversation_id)
            context = self._context(visit, connection, escalation, owner)
        newest = context["transcript"].newest
        seen = visit.request.query_params.get("seen") == "1" and visit.account.role.at_least(Role.NURSE)
        reads = seen and newest > (owner.read_up_to or 0)
        looks = self._looks.is_new(visit.account.name, escalation.id, newest, visit.now)
        if reads or looks:
            with self._services.database.write() as connection:
                if reads:
                    mark_read(connection, escalation.conversation_id)
                if looks:
                    subject = f"escalation/{escalation.id}"
                    trail.note(connection, visit.account.name, "conversation.viewed", subject, visit.now)
        return self._pages.fragment(visit, "case/live.html", **context)

    def _conversation(self, visit: Visit) -> Response:
        """A conversation by itself: one without a case, or an earlier one."""
        identity = visit.path("conversation")
        with self._services.database.read() as connection:
            owner = connection.execute(sa.select(conversations).where(conversations.c.id == identity)).first()
            if owner is None:
                raise Refused(404, "There is no such conversation.")
            transcript = read_transcript(connection, identity, _before(visit), read_up_to=2**31)
        with self._services.database.write() as connection:
            trail.note(connection, visit.account.name, "conversation.viewed", f"conversation/{identity}", visit.now)
        return self._pages.page(visit, "case/conversation.html", owner=owner, transcript=transcript)

    def _context(self, visit: Visit, connection: Connection, escalation: Escalation, owner: Row) -> dict[str, Any]:
        (entry,) = read_entries(connection, [escalation.id], self._services.clinic, visit.now, self._services.today())
        read_up_to = owner.read_up_to or 0
        texted = owner.channel == SMS and owner.address
        consent = consents.of_number(connection, owner.address) if texted else []
        out = bool(consent) and consent[0].state is consents.State.OUT
        taken = owner.handed_at is not None and visit.now < owner.handed_at + STAFF_STAY
        transcript = read_transcript(connection, escalation.conversation_id, _before(visit), read_up_to)
        return {
            "case": escalation,
            "entry": entry,
            "owner": owner,
            "transcript": transcript,
            "reasons": reasons(connection, escalation, self._services.screen.protocol),
            "colleagues": active_names(connection, Role.NURSE, Role.ADMIN),
            "handed_to": owner.handed_to if taken else None,
            "handed_until": owner.handed_at + STAFF_STAY if taken else None,
            "reached": owner.channel in REACHED and not out,
            "consent": consent,
            "opted_out": out,
        }

    def _templates(self, channel: str) -> list[str]:
        """What staff can send with one click, in the words of the channel."""
        names = sorted(name for name in self._services.wording.names() if name.startswith(STAFF_TEMPLATE))
        return [self._services.say(name, channel).text for name in names]


def _owner(connection: Connection, conversation_id: str) -> Row:
    return connection.execute(sa.select(conversations).where(conversations.c.id == conversation_id)).one()


def _before(visit: Visit) -> int | None:
    value = visit.request.query_params.get("before", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 18 else None
