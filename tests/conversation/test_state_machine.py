"""Random conversations with the real Agent: whatever came before, a red flag gets at least its disposition and
exactly one open escalation holds it."""

from __future__ import annotations

import secrets
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from starlette.datastructures import Secret

from bot.channels.inbound import clean_text
from bot.conversation.recovery.spool import Spool
from bot.conversation.recovery.sweep import Sweep
from bot.conversation.reply import TurnReply
from bot.conversation.turn import Conversations
from bot.escalation import repository
from bot.rasa_agent.runner import AgentRunner
from bot.records import messages
from bot.records.messages import Inbound
from bot.records.tables import escalations
from bot.services import install
from bot.triage.model import Disposition
from tests.conftest import TestServices, settings_in
from tests.postgres import Postgres

RED_FLAGS = {
    "I have a fever of 102": Disposition.URGENT,
    "my left leg is numb": Disposition.URGENT,
    "I am shivering and have chills": Disposition.URGENT,
    "there is pus at the needle site": Disposition.URGENT,
    "my back pain is much worse than yesterday": Disposition.URGENT,
    "my headache won't go away": Disposition.URGENT,
    "I can't keep fluids down": Disposition.URGENT,
    "I can't breathe": Disposition.EMERGENCY,
    "I lost control of my bladder": Disposition.EMERGENCY,
    "I have chest pain": Disposition.EMERGENCY,
    "I want to die": Disposition.EMERGENCY,
}
OTHER_TEXTS = [
    "hi", "thanks", "bye", "are you a robot?", "can I drive?", "when can I shower", "what is a discogram", "yes", "no",
    "not sure", "since yesterday", "a few hours", "worse", "better", "the same", "99.1", "banana", "?", "",
    "I have a headache", "my back hurts", "I feel warm", "is fever normal?", "no fever", "I have a cough",
    "I want to talk to a nurse", "never mind", "/restart", "what if my leg goes numb", "🤒", "tengo fiebre",
]  # fmt: skip


class Conversation(RuleBasedStateMachine):
    agent: ClassVar[AgentRunner]
    #: Each conversation on a new database of it; None: on a file of its own.
    postgres: ClassVar[Postgres | None] = None

    @initialize()
    def begin(self) -> None:
        folder = Path(tempfile.mkdtemp(prefix="aftercare-"))
        made = settings_in(folder)
        if self.postgres is not None:
            made = replace(made, database_url=Secret(self.postgres.fresh()))
        self.services = TestServices(made)
        self.services.database.migrate()
        install(self.services)
        spool = Spool(folder / "spool.jsonl")
        self.conversations = Conversations(self.services, self.agent, spool)
        self.sweep = Sweep(self.services, spool)
        self.conversation_id = secrets.token_hex(16)

    def take(self, text: str) -> TurnReply:
        reply = self.conversations.take(
            Inbound(self.conversation_id, clean_text(text), "website", secrets.token_hex(8))
        )
        assert reply.messages
        assert all(message.text for message in reply.messages)
        return reply

    @rule(text=st.sampled_from(OTHER_TEXTS))
    def says_something(self, text: str) -> None:
        self.take(text)

    @rule(text=st.sampled_from(sorted(RED_FLAGS)))
    def reports_a_red_flag(self, text: str) -> None:
        reply = self.take(text)
        assert reply.disposition.at_least(RED_FLAGS[text]), f"{text!r} got {reply.disposition}"
        with self.services.database.read() as connection:
            open_one = repository.find_open(connection, self.conversation_id)
            last = messages.history(connection, self.conversation_id)
        assert open_one is not None
        assert open_one.id == reply.escalation_id
        (own,) = [item for item in last[-6:] if item.author == "patient"][-1:]
        assert own.escalation_id == open_one.id
        assert open_one.disposition.at_least(RED_FLAGS[text])

    @rule(minutes=st.sampled_from([1, 20, 60 * 30]))
    def time_passes(self, minutes: int) -> None:
        self.services.pass_time(minutes=minutes)
        self.sweep.run_once()

    @rule()
    def staff_close_the_escalation(self) -> None:
        with self.services.database.write() as connection:
            connection.execute(escalations.update().values(status="closed", closed_by="nurse"))

    @invariant()
    def every_red_message_has_its_escalation(self) -> None:
        if hasattr(self, "services"):
            with self.services.database.read() as connection:
                assert messages.red_without_escalation(connection, self.services.now()) == []

    @invariant()
    def the_interlock_had_nothing_to_do(self) -> None:
        """In a healthy system Rasa itself gets it right."""
        if hasattr(self, "services"):
            with self.services.database.read() as connection:
                assert messages.interlock_counts(connection) == {}

    def teardown(self) -> None:
        if hasattr(self, "services"):
            self.services.database.dispose()


def test_no_conversation_hides_a_red_flag(
    agent: AgentRunner, engine: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Conversation, "agent", agent, raising=False)
    if engine == "postgresql":
        monkeypatch.setattr(Conversation, "postgres", request.getfixturevalue("postgres"))
    run_state_machine_as_test(
        Conversation,
        settings=settings(
            max_examples=20 if engine == "sqlite" else 5,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
