"""What one conversation is played on: real services on a database of their own, and a clock that the script turns."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path

import sqlalchemy as sa
from starlette.datastructures import Secret

from bot.conversation.recovery.spool import Spool
from bot.conversation.recovery.sweep import Sweep
from bot.conversation.turn import Conversations, DialogueAgent
from bot.escalation.model import Escalation, Status
from bot.evaluation.dialogues.script import Dialogue, Turn
from bot.rasa_agent.runner import AgentFailed, AgentLoading, AgentRequest, AgentTurn
from bot.records import conversations, messages, unanswered
from bot.records.messages import Inbound, StoredMessage
from bot.records.tables import conversations as conversation_table
from bot.services import Services, install
from bot.settings import Settings
from bot.triage.model import Disposition

#: A replay asks what is said, not how fast: a busy computer may not turn a reply into the safe one.
DEADLINE_SECONDS = 60.0
CONVERSATION = "0" * 32
#: A number that no one has.
ADDRESS = "+15555550123"
DATABASE = "aftercare.db"


@dataclass(frozen=True)
class Outcome:
    """What a turn gave, and what is stored after it."""

    messages: Sequence[StoredMessage]
    disposition: Disposition
    #: Kind of the pending question, "" without one.
    question: str
    #: The open one.
    escalation: Escalation | None
    contact: str
    unanswered: tuple[str, ...]
    #: How often the interlock answered in Rasa's place, by reason.
    interlock: Mapping[str, int]
    #: The clinic's facts of this hour.
    facts: Mapping[str, str]

    @property
    def text(self) -> str:
        return "\n".join(message.text for message in self.messages)

    @property
    def responses(self) -> tuple[str, ...]:
        return tuple(message.response for message in self.messages)

    @property
    def choices(self) -> tuple[str, ...]:
        """Titles of the choices that the patient sees last."""
        shown = next((message.buttons for message in reversed(self.messages) if message.buttons), ())
        return tuple(button["title"] for button in shown)


class StageServices(Services):
    """Services whose clock stands still until the script turns it."""

    def __init__(self, settings: Settings, time: datetime) -> None:
        super().__init__(settings)
        self.time = time

    def now(self) -> datetime:
        return self.time


class _Agent:
    """The real agent, where the turn does not break it."""

    def __init__(self, agent: DialogueAgent) -> None:
        self._agent = agent
        self.broken = ""

    def handle(self, request: AgentRequest, deadline: float) -> AgentTurn:
        if self.broken == "loading":
            raise AgentLoading("away by the script")
        if self.broken:
            raise AgentFailed("away by the script")
        return self._agent.handle(request, deadline)


def stage_settings(folder: Path) -> Settings:
    """The settings of this installation, but everything is kept in ``folder`` and nothing is hurried."""
    return replace(
        Settings.load(),
        data_dir=folder,
        database_url=Secret(f"sqlite:///{folder / DATABASE}"),
        rasa_deadline=DEADLINE_SECONDS,
    )


class Stage:
    """One conversation with the bot.

    Args:
        settings: of a folder of its own, from ``stage_settings``.
        empty: a migrated database without rows, to be copied.
        content: services whose clinic and wording are loaded already.
    """

    def __init__(
        self, dialogue: Dialogue, agent: DialogueAgent, settings: Settings, empty: Path, content: Services
    ) -> None:
        shutil.copyfile(empty, settings.data_dir / DATABASE)
        self._dialogue = dialogue
        # In UTC: a day on which the clocks change has 23 or 25 hours.
        began = dialogue.clock.replace(tzinfo=content.clinic.zone).astimezone(timezone.utc)
        self._services = StageServices(settings, began)
        self._services.clinic, self._services.wording = content.clinic, content.wording
        # The actions reach their services through this.
        install(self._services)
        spool = Spool(settings.spool_file)
        self._agent = _Agent(agent)
        self._conversations = Conversations(self._services, self._agent, spool)
        self._sweep = Sweep(self._services, spool)
        self._turns = 0

    def close(self) -> None:
        self._services.database.dispose()

    def play(self, turn: Turn) -> Outcome:
        """One turn: time passes, the sweep runs as it does every few seconds, and the patient speaks or does not."""
        if self._turns:
            self._services.time += turn.after
        before = self._last_message()
        if self._turns:
            self._sweep.run_once()
        self._turns += 1
        if turn.says is None:
            return self._outcome(self._history(before))
        self._agent.broken = turn.broken
        inbound = Inbound(
            CONVERSATION,
            turn.says,
            self._dialogue.channel,
            str(self._turns),
            ADDRESS if self._dialogue.channel == "sms" else "",
        )
        reply = self._conversations.take(inbound)
        return self._outcome(reply.messages)

    def _last_message(self) -> int:
        shown = self._history(0)
        return shown[-1].id if shown else 0

    def _history(self, after: int) -> list[StoredMessage]:
        with self._services.database.read() as connection:
            return messages.history(connection, CONVERSATION, after)

    def _outcome(self, shown: Sequence[StoredMessage]) -> Outcome:
        with self._services.database.read() as connection:
            state = conversations.read_state(connection, CONVERSATION, self._services.today())
            columns = (conversation_table.c.contact_name, conversation_table.c.contact_phone)
            contact = connection.execute(sa.select(*columns)).one()
            questions = unanswered.list_unanswered(connection)
            interlock = messages.interlock_counts(connection)
        listed = self._services.escalations.list()
        given = Disposition.worst([Disposition(message.disposition) for message in shown])
        return Outcome(
            messages=shown,
            disposition=given,
            question=state.question.kind.value if state.question else "",
            escalation=next((item for item in listed if item.status is not Status.CLOSED), None),
            contact=" ".join(part for part in contact if part),
            unanswered=tuple(item.text for item in questions),
            interlock=interlock,
            facts=self._services.clinic.facts(self._services.now()),
        )
