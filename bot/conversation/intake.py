"""Accepting a message: stored once, screened, and given the conversation when it is its turn."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from datetime import timedelta

from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from bot.conversation.choices import meant
from bot.conversation.contact import Contact, read_contact
from bot.conversation.interlock import must_file, screen_text
from bot.escalation import repository
from bot.records import conversations, messages
from bot.records.conversations import ConversationState, TurnKey
from bot.records.database import again_if_lost
from bot.records.messages import Inbound
from bot.records.texting import media
from bot.screen import ScreenResult
from bot.services import Services
from bot.triage.model import Disposition, Encounter, Finding
from bot.triage.questions import follows_advice

#: After this long without a word from the patient a new episode begins: nothing said before is taken up again.
EPISODE = timedelta(hours=24)
#: So long an earlier finding counts together with a new one.
EARLIER = timedelta(hours=72)
#: The replies after which a bare name or a number is a contact.
ASKS_CONTACT = frozenset({"utter_offer_contact", "utter_contact_invalid"})

#: Above every id of a stored message.
_NOT_STORED = 2**62


@dataclass(frozen=True)
class _Known:
    """What is known before a message, and what the message means after it."""

    state: ConversationState
    text: str
    begins_episode: bool
    asked_contact: bool
    open_disposition: Disposition


@dataclass(frozen=True)
class Turn:
    """A turn under way."""

    inbound: Inbound
    message_id: int
    key: TurnKey
    state: ConversationState
    screen: ScreenResult
    begins_episode: bool
    #: What the message says in words, where it was the number of a choice.
    text: str
    contact: Contact | None
    #: The conversation's open escalation, before this message.
    open_disposition: Disposition
    began: float = field(default_factory=time.monotonic)

    @property
    def reports_red(self) -> bool:
        """The screen reads a red flag."""
        return self.screen.decision.disposition.at_least(Disposition.URGENT)


@dataclass(frozen=True)
class Accepted:
    """A stored message: answered already, with its turn begun, or (neither) waiting for earlier ones."""

    inbound: Inbound
    message_id: int
    answered: bool = False
    turn: Turn | None = None

    @property
    def waits(self) -> bool:
        return not self.answered and self.turn is None


class Intake:
    def __init__(self, services: Services) -> None:
        self._services = services

    def accept(self, inbound: Inbound) -> Accepted:
        """Stores the message, or finds it stored, and begins its turn if the conversation is free.

        Raises:
            SQLAlchemyError: whether the message is stored is unknown.
        """
        try:
            # Done twice it does no harm: the message is then a repeat of itself.
            return again_if_lost(lambda: self._accept_once(inbound))
        except IntegrityError:
            # The same message came twice at once and the other copy was first: now it is a repeat.
            return self._accept_once(inbound)

    def begin_waiting(self, accepted: Accepted) -> Accepted:
        """Tries again to begin the turn of a message that waits."""
        inbound, message_id = accepted.inbound, accepted.message_id
        with self._services.database.read() as connection:
            if not conversations.may_begin(connection, inbound.conversation_id, message_id, self._services.now()):
                return accepted
        with self._services.database.write() as connection:
            conversations.lock(connection, inbound.conversation_id)
            if messages.answered_at(connection, message_id) is not None:
                return Accepted(inbound, message_id, answered=True)
            return self._begin(connection, inbound, message_id)

    def _accept_once(self, inbound: Inbound) -> Accepted:
        with self._services.database.write() as connection:
            conversations.ensure_conversation(connection, inbound, self._services.now())
            message_id, new = messages.accept_message(connection, inbound, self._services.now())
            if not new and messages.answered_at(connection, message_id) is not None:
                return Accepted(inbound, message_id, answered=True)
            accepted = self._begin(connection, inbound, message_id)
            if accepted.waits:
                # Should this process die meanwhile, the sweep finds it screened.
                state = conversations.read_state(connection, inbound.conversation_id, self._services.today())
                self._screen(connection, inbound.words, message_id, state)
        return accepted

    def _begin(self, connection: Connection, inbound: Inbound, message_id: int) -> Accepted:
        key = conversations.begin_turn(connection, inbound.conversation_id, message_id, self._services.now())
        if key is None:
            return Accepted(inbound, message_id)
        known = self._known(connection, inbound, message_id)
        turn = Turn(
            inbound,
            message_id,
            key,
            known.state,
            screen=self._screen(connection, known.text, message_id, known.state),
            begins_episode=known.begins_episode,
            text=known.text,
            contact=read_contact(known.text, known.asked_contact, self._services.clinic),
            open_disposition=known.open_disposition,
        )
        return Accepted(inbound, message_id, turn=turn)

    def must_hear(self, inbound: Inbound) -> bool:
        """True if the message, which is not stored, is a red flag, brings something to look at or may answer a symptom
        question.

        Raises:
            SQLAlchemyError: what the conversation waits for cannot be read.
        """
        unknown = screen_text(self._services, inbound.words, None, Encounter())
        if must_file(unknown, None) or media.to_look_at(inbound.media):
            return True
        with self._services.database.read() as connection:
            if not conversations.exists(connection, inbound.conversation_id):
                return False
            known = self._known(connection, inbound, _NOT_STORED)
        screen = screen_text(self._services, known.text, known.state.question, known.state.encounter)
        return must_file(screen, known.state.question)

    def _known(self, connection: Connection, inbound: Inbound, message_id: int) -> _Known:
        state = conversations.read_state(connection, inbound.conversation_id, self._services.today())
        heard, last = messages.just_before(connection, inbound.conversation_id, message_id)
        begins_episode = heard is None or self._services.now() - heard > EPISODE
        if begins_episode:
            state = replace(state, dialogue=None)
        if state.question and follows_advice(state.question) and state.with_staff(self._services.now()):
            # Since the advice staff have begun to ask for themselves: this answers them.
            state = replace(state, question=None)
        open_escalation = repository.find_open(connection, inbound.conversation_id)
        if open_escalation is not None and self._services.now() - open_escalation.updated_at <= EARLIER:
            told = tuple(Finding.from_dict(item) for item in open_escalation.findings)
            state = replace(state, encounter=replace(state.encounter, earlier=told))
        return _Known(
            state,
            text=meant(inbound.words, state.question, last, inbound.channel),
            begins_episode=begins_episode,
            asked_contact=any(reply.response in ASKS_CONTACT for reply in last),
            open_disposition=open_escalation.disposition if open_escalation else Disposition.NONE,
        )

    def _screen(self, connection: Connection, text: str, message_id: int, state: ConversationState) -> ScreenResult:
        screen = screen_text(self._services, text, state.question, state.encounter)
        messages.store_screen(connection, message_id, screen.decision.disposition.value, screen.to_dict())
        return screen
