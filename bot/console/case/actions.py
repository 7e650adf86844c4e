"""What a nurse does with a case. Each step names the version that they saw: of two at once one is first, and the
other sees who."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.engine import Connection
from starlette.responses import RedirectResponse, Response

from bot.console import trail
from bot.console.access import Page, Refused, Visit
from bot.console.case.page import REACHED, CasePage
from bot.console.pages import ConsoleServices
from bot.console.people.accounts import active_names
from bot.console.people.roles import Role
from bot.escalation.model import Escalation, Status
from bot.escalation.patient import tell
from bot.escalation.service import Changed, NotFound
from bot.escalation.steps import LONGEST_TEXT, CallResult, NotAllowed, Outcome
from bot.records import conversations, messages
from bot.records.messages import Reply

#: Characters of a message to a patient: on SMS that is four parts at most.
LONGEST_MESSAGE = 600
#: Fields whose text is given back when it could not be stored.
_TYPED = ("message", "note", "call_note", "reason", "comment", "reopen_reason")


class CaseActions:
    def __init__(self, services: ConsoleServices, page: CasePage) -> None:
        self._services = services
        self._escalations = services.escalations
        self._page = page

    def routes(self) -> list[Page]:
        steps: dict[str, Callable[[Visit, Escalation], None]] = {
            "acknowledge": self._acknowledge,
            "assign": self._assign,
            "note": self._note,
            "call": self._call,
            "priority": self._priority,
            "close": self._close,
            "reopen": self._reopen,
            "message": self._message,
            "take-over": self._take_over,
            "hand-back": self._hand_back,
        }
        return [
            Page(f"case_{name.replace('-', '_')}", "POST", f"/staff/cases/{{reference}}/{name}", handler, Role.NURSE)
            for name, handler in ((name, self._doing(step)) for name, step in steps.items())
        ]

    def _doing(self, step: Callable[[Visit, Escalation], None]) -> Callable[[Visit], Response]:
        def handler(visit: Visit) -> Response:
            escalation = self._page.find(visit)
            try:
                step(visit, escalation)
            except Changed as changed:
                return self._refused(visit, changed.escalation, _who_was_first(changed.escalation))
            except NotAllowed as refusal:
                return self._refused(visit, self._page.find(visit), str(refusal))
            except NotFound:
                raise Refused(404, "There is no case with this reference.") from None
            return RedirectResponse(f"/staff/cases/{escalation.id}", 303)

        return handler

    def _refused(self, visit: Visit, escalation: Escalation, words: str) -> Response:
        kept = {name: value for name in _TYPED if isinstance(value := visit.form.get(name), str)}
        return self._page.show(visit, escalation, 409, words, kept)

    # The life cycle

    def _acknowledge(self, visit: Visit, escalation: Escalation) -> None:
        def tell_patient(connection: Connection, acknowledged: Escalation) -> None:
            self._tell(connection, visit, acknowledged, "utter_acknowledged", author="bot")

        self._escalations.acknowledge(escalation.id, visit.account.name, visit.number("version"), tell_patient)

    def _assign(self, visit: Visit, escalation: Escalation) -> None:
        to = visit.text("to") or None
        with self._services.database.read() as connection:
            if to is not None and to not in active_names(connection, Role.NURSE, Role.ADMIN):
                raise NotAllowed("There is nobody of this name who works on cases.")
        self._escalations.assign(escalation.id, visit.account.name, to, visit.number("version"))

    def _note(self, visit: Visit, escalation: Escalation) -> None:
        self._escalations.note(escalation.id, visit.account.name, visit.text("note", LONGEST_TEXT))

    def _call(self, visit: Visit, escalation: Escalation) -> None:
        result = _choice(CallResult, visit.text("result"), "Say how the call ended.")
        self._escalations.log_call(escalation.id, visit.account.name, result, visit.text("call_note", LONGEST_TEXT))

    def _priority(self, visit: Visit, escalation: Escalation) -> None:
        priority, reason = visit.number("priority"), visit.text("reason", LONGEST_TEXT)
        self._escalations.set_priority(escalation.id, visit.account.name, priority, reason, visit.number("version"))

    def _close(self, visit: Visit, escalation: Escalation) -> None:
        outcome = _choice(Outcome, visit.text("outcome"), "Choose an outcome: a case is not closed without one.")

        seen = visit.number("seen")

        def give_back(connection: Connection, closed: Escalation) -> None:
            if messages.newest_of_patient(connection, closed.conversation_id) > seen:
                raise NotAllowed(
                    "There is a message of the patient that your page did not show. Nothing of yours was stored. "
                    "Read it, then decide again."
                )
            if conversations.hand_back(connection, closed.conversation_id):
                self._tell(connection, visit, closed, "utter_handed_back", author="bot")

        comment = visit.text("comment", LONGEST_TEXT)
        name, version = visit.account.name, visit.number("version")
        self._escalations.close(escalation.id, name, outcome, comment, version, give_back)

    def _reopen(self, visit: Visit, escalation: Escalation) -> None:
        reason = visit.text("reopen_reason", LONGEST_TEXT)
        self._escalations.reopen(escalation.id, visit.account.name, reason, visit.number("version"))

    # The conversation

    def _message(self, visit: Visit, escalation: Escalation) -> None:
        """Writes to the patient, and keeps the bot quiet on the conversation."""
        text = visit.text("message", LONGEST_MESSAGE)
        _check_reach(escalation)
        if not text:
            raise NotAllowed("The message is empty.")
        conversation_id, channel = escalation.conversation_id, escalation.channel
        with self._services.database.write() as connection:
            self._take(connection, visit, conversation_id)
            tell(connection, conversation_id, channel, [Reply(text)], "staff", visit.now)
            self._note_in_trail(connection, visit, escalation, "message.sent")

    def _take_over(self, visit: Visit, escalation: Escalation) -> None:
        _check_reach(escalation)
        with self._services.database.write() as connection:
            self._take(connection, visit, escalation.conversation_id)
            self._note_in_trail(connection, visit, escalation, "conversation.taken_over")

    def _take(self, connection: Connection, visit: Visit, conversation_id: str) -> None:
        """
        Raises:
            NotAllowed: a colleague has the conversation, and the page did not say so.
        """
        conversations.lock(connection, conversation_id)
        holder = conversations.holder(connection, conversation_id, visit.now)
        if holder not in (None, visit.account.name, visit.text("holder") or None):
            raise NotAllowed(
                f"{holder} has taken the conversation over meanwhile. Nothing of yours was sent; see below."
            )
        conversations.hand_over(connection, conversation_id, visit.account.name, visit.now)

    def _hand_back(self, visit: Visit, escalation: Escalation) -> None:
        with self._services.database.write() as connection:
            if not conversations.hand_back(connection, escalation.conversation_id):
                raise NotAllowed("The bot has this conversation already.")
            self._tell(connection, visit, escalation, "utter_handed_back", author="bot")
            self._note_in_trail(connection, visit, escalation, "conversation.handed_back")

    def _tell(self, connection: Connection, visit: Visit, escalation: Escalation, response: str, author: str) -> None:
        if escalation.channel not in REACHED:
            return
        local = visit.now.astimezone(self._services.clinic.zone)
        facts = {"staff": visit.account.name, "reference": escalation.id, "time": f"{local:%I:%M %p}".lstrip("0")}
        words = self._services.say(response, escalation.channel, **facts)
        tell(connection, escalation.conversation_id, escalation.channel, [words], author, visit.now)

    def _note_in_trail(self, connection: Connection, visit: Visit, escalation: Escalation, action: str) -> None:
        trail.note(connection, visit.account.name, action, f"escalation/{escalation.id}", visit.now)


def _check_reach(escalation: Escalation) -> None:
    """
    Raises:
        NotAllowed: staff cannot write to the patient here.
    """
    if escalation.channel not in REACHED:
        raise NotAllowed("This patient came by another program, which cannot be written to. Call them.")
    if escalation.status is Status.CLOSED:
        raise NotAllowed("It is closed. Reopen it first.")


def _choice(kind: type, value: str, words: str) -> Any:
    try:
        return kind(value)
    except ValueError:
        raise NotAllowed(words) from None


def _who_was_first(escalation: Escalation) -> str:
    """What has happened meanwhile, as far as the case itself tells."""
    if escalation.status is Status.CLOSED:
        return f"{escalation.closed_by} has closed this case meanwhile. Nothing of yours was stored; see below."
    if escalation.status is Status.ACKNOWLEDGED:
        words = f"{escalation.acknowledged_by} was first and has acknowledged this case."
    else:
        words = "This case has changed since you loaded it: the patient may have written again."
    return f"{words} Nothing of yours was stored. Read what is new, then decide again."
