"""A person who asks to be forgotten leaves no word behind; that there was an escalation stays."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from bot.cli.command import app
from bot.conversation.recovery.spool import Spool
from bot.escalation import audit
from bot.escalation.model import Escalation
from bot.escalation.steps import Outcome
from bot.privacy.forget import NoConversation, StillOpen, forget
from bot.records import messages
from bot.records.messages import Inbound
from bot.records.tables import conversations as conversation_table
from bot.records.tables import messages as message_table
from bot.records.tables import metadata
from bot.records.texting import consents
from bot.records.texting.consents import Consent, How, State
from tests.conftest import TestServices
from tests.privacy.test_purge import talk

ANA = "a" * 32
#: What only the person or staff wrote.
WORDS = ("words of a", "who a", "fever of a", "name a", "2175550100", "question of a", "lives alone", "told her")


def everything(services: TestServices) -> str:
    """All rows of all tables, as text."""
    with services.database.read() as connection:
        tables = metadata.sorted_tables
        return "\n".join(str(tuple(row)) for table in tables for row in connection.execute(sa.select(table)))


@pytest.fixture
def opened(services: TestServices) -> Escalation:
    escalation = talk(services, "a", red=True, filed=True)
    assert escalation is not None
    return services.escalations.note(escalation.id, "Ben", "lives alone")


def test_no_word_stays(services: TestServices, opened: Escalation) -> None:
    # The question must have been asked in the person's own messages to be known as theirs.
    talk(services, "b")
    closed = services.escalations.close(opened.id, "Ben", Outcome.ADVISED, "told her", opened.version)
    with services.database.write() as connection:
        own = sa.and_(message_table.c.conversation_id == ANA, message_table.c.author == "patient")
        connection.execute(message_table.update().where(own).values(text="words of a: Question of  A?"))
        other = conversation_table.update().where(conversation_table.c.id != ANA)
        connection.execute(other.values(contact_phone="2175550199"))
    assert all(word in everything(services) for word in WORDS)
    gone = forget(services.database, ANA, "Ben", services.now())
    assert (gone.messages, gone.escalations) == (2, 1)
    left = everything(services)
    assert [word for word in WORDS if word in left] == []
    assert "words of b" in left
    facts = services.escalations.find(closed.id)
    assert facts.symptoms == {"fever"}
    assert (facts.outcome, facts.closed_by, facts.opened_at) == ("advised", "Ben", opened.opened_at)
    assert [note.get("by") for note in facts.notes] == ["Ben", "Ben"]
    assert facts.version == closed.version + 1
    with services.database.read() as connection:
        assert audit.verify(connection) == []
        (entry,) = audit.entries(connection, action="privacy.forgotten")
    assert (entry.actor, entry.subject, entry.data["messages"]) == ("Ben", f"conversation/{ANA}", 2)


def test_an_open_escalation_is_in_the_way(services: TestServices, opened: Escalation) -> None:
    before = everything(services)
    with pytest.raises(StillOpen):
        forget(services.database, ANA, "Ben", services.now())
    assert everything(services) == before
    forget(services.database, ANA, "Ben", services.now(), force=True)
    (still,) = services.escalations.list(open_only=True)
    assert still.id == opened.id
    with services.database.read() as connection:
        assert messages.red_without_escalation(connection, services.now()) == []


def test_the_command_says_what_is_in_the_way(services: TestServices, opened: Escalation) -> None:
    refused = CliRunner().invoke(app, ["forget", ANA])
    assert refused.exit_code == 2
    assert "--force" in refused.output
    assert CliRunner().invoke(app, ["forget", "f" * 32]).exit_code == 2
    assert "2 messages" in CliRunner().invoke(app, ["forget", ANA, "--force"]).output


def test_what_waits_in_the_spool_is_filed_first(services: TestServices) -> None:
    talk(services, "a")
    spool = Spool(services.settings.spool_file)
    spool.append(Inbound("b" * 32, "fever of b", "website", "m1"), services.now())
    assert CliRunner().invoke(app, ["forget", "b" * 32]).exit_code == 2
    spool.append(Inbound(ANA, "fever of a", "website", "m2"), services.now())
    refused = CliRunner().invoke(app, ["forget", ANA])
    assert refused.exit_code == 2
    assert "spool" in refused.output
    with services.database.read() as connection:
        assert messages.history(connection, ANA) != []
    spool.drain(lambda *_: None)
    assert "Forgotten" in CliRunner().invoke(app, ["forget", ANA]).output


def test_nobody_to_forget(services: TestServices) -> None:
    with pytest.raises(NoConversation):
        forget(services.database, ANA, "Ben", services.now())


def test_who_comes_back_begins_anew(services: TestServices, opened: Escalation) -> None:
    forget(services.database, ANA, "Ben", services.now(), force=True)
    again = talk(services, "a", red=True, filed=True)
    assert again is not None
    assert again.id == opened.id


@pytest.mark.parametrize("state", list(State))
def test_of_a_number_only_the_wish_for_no_texts_stays(services: TestServices, opened: Escalation, state: State) -> None:
    number = "+12175550188"
    with services.database.write() as connection:
        connection.execute(conversation_table.update().where(conversation_table.c.id == ANA).values(address=number))
        for newest in (State.OUT, State.IN, state):
            wish = Consent(number, "+12175550100", newest, How.WORDS, "words of a wish", services.now())
            consents.record(connection, wish)
    forget(services.database, ANA, "Ben", services.now(), force=True)
    with services.database.read() as connection:
        left = consents.of_number(connection, number)
        assert consents.opted_out(connection, number) is (state is State.OUT)
    assert [(item.state, item.wording) for item in left] == ([(State.OUT, "")] if state is State.OUT else [])
