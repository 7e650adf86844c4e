"""What is old goes, what is open or not held stays, and a rehearsal changes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from bot.cli.command import app
from bot.escalation import audit
from bot.escalation.model import Escalation, Origin, Report
from bot.escalation.steps import Outcome
from bot.privacy import purge as purging
from bot.privacy.daily import DailyPurge
from bot.privacy.purge import Removed, Retention, purge
from bot.records import conversations, messages
from bot.records.messages import Inbound, Reply
from bot.records.tables import conversations as conversation_table
from bot.records.tables import escalations, metadata, unanswered_questions
from bot.records.tables import messages as message_table
from bot.records.unanswered import record_unanswered
from bot.triage.model import Disposition, Finding
from tests.conftest import TestServices

#: Such rows do not come of themselves; the purge must keep them all the same.
pytestmark = pytest.mark.leaves_red(reason="written by hand")

RETENTION = Retention(conversations=90, escalations=365, audit=365)


def talk(services: TestServices, name: str, *, red: bool = False, filed: bool = False) -> Escalation | None:
    """A message with its reply, a contact, and perhaps an escalation."""
    conversation = name * 32
    inbound = Inbound(conversation, f"words of {name}", "website", f"{name}{services.now()}", address=f"who {name}")
    with services.database.write() as connection:
        conversations.ensure_conversation(connection, inbound, services.now())
        message_id, _ = messages.accept_message(connection, inbound, services.now())
        messages.store_screen(connection, message_id, "urgent" if red else "none", {})
        escalation = None
        if filed:
            report = Report(Disposition.URGENT, Origin.ACTION, findings=(Finding("fever", f"fever of {name}"),))
            escalation = services.escalations.file_within(connection, conversation, "website", report, message_id)
        messages.store_replies(connection, message_id, conversation, "website", [Reply("call us")], services.now())
        connection.execute(
            conversation_table.update()
            .where(conversation_table.c.id == conversation)
            .values(contact_name=f"name {name}", contact_phone="2175550100", dialogue={"slots": {}})
        )
        record_unanswered(connection, f"question of {name}", "website", services.now())
    return escalation


def close(services: TestServices, escalation: Escalation | None) -> None:
    assert escalation is not None
    services.escalations.close(escalation.id, "Ana", Outcome.ADVISED, "told", escalation.version)


def kept(services: TestServices) -> tuple[set[str], set[str]]:
    """First letters of the conversations that have a row, and of those that have messages."""
    with services.database.read() as connection:
        rows = set(connection.execute(sa.select(conversation_table.c.id)).scalars())
        talked = set(connection.execute(sa.select(message_table.c.conversation_id)).scalars())
    return {item[0] for item in rows}, {item[0] for item in talked}


@pytest.fixture
def old(services: TestServices, monkeypatch: pytest.MonkeyPatch) -> TestServices:
    """a: small talk. b: closed escalation. c: open escalation. d: urgent, held by none. e: talked again lately."""
    monkeypatch.setattr(purging, "BATCH", 2)
    talk(services, "a")
    close(services, talk(services, "b", red=True, filed=True))
    talk(services, "c", red=True, filed=True)
    talk(services, "d", red=True)
    talk(services, "e")
    services.pass_time(days=91)
    talk(services, "e")
    return services


def test_what_is_old_goes(old: TestServices) -> None:
    removed = purge(old.database, RETENTION, old.now())
    assert kept(old) == ({"b", "c", "d", "e"}, {"c", "d", "e"})
    assert (removed.messages, removed.questions, removed.escalations) == (6, 4, 0)
    with old.database.read() as connection:
        assert len(messages.history(connection, "e" * 32)) == 2
        emptied = connection.execute(sa.select(conversation_table).where(conversation_table.c.id == "b" * 32)).one()
        words = connection.execute(sa.select(unanswered_questions.c.text)).scalars().all()
        (entry,) = audit.entries(connection, action="privacy.purge")
        assert audit.verify(connection) == []
        # The urgent message that nobody holds is still found.
        assert len(messages.red_without_escalation(connection, old.now())) == 1
    assert [emptied.contact_name, emptied.contact_phone, emptied.dialogue, emptied.address] == [None] * 4
    assert words == ["question of e"]
    assert entry.data["messages"] == 6
    assert purge(old.database, RETENTION, old.now()) == Removed()


@pytest.mark.parametrize("days", [0, 400])
def test_a_rehearsal_says_the_same_and_removes_nothing(old: TestServices, days: int) -> None:
    old.pass_time(days=days)
    before = kept(old)
    said = purge(old.database, RETENTION, old.now(), dry_run=True)
    assert kept(old) == before
    done = purge(old.database, RETENTION, old.now())
    assert said == done
    assert done.conversations


def test_a_closed_escalation_goes_after_its_own_time_and_its_conversation_with_it(old: TestServices) -> None:
    purge(old.database, RETENTION, old.now())
    old.pass_time(days=365)
    purge(old.database, RETENTION, old.now())
    assert kept(old) == ({"c", "d"}, {"c", "d"})
    with old.database.read() as connection:
        assert [row.conversation_id[0] for row in connection.execute(sa.select(escalations))] == ["c"]
        assert audit.verify(connection) == []
        assert audit.entries(connection, action=audit.PURGED)


def test_0_keeps_for_ever(old: TestServices) -> None:
    old.pass_time(days=9999)
    assert purge(old.database, Retention(0, 0, 0), old.now()) == Removed()


def test_the_command_and_the_server(old: TestServices) -> None:
    assert "Would remove: 6 messages" in CliRunner().invoke(app, ["purge", "--dry-run"]).output
    DailyPurge(old.database, Retention.of(old.settings), old.now).run_once()
    assert CliRunner().invoke(app, ["purge"]).output == "Removed: nothing.\n"


def test_who_writes_again_is_known_again(old: TestServices) -> None:
    purge(old.database, RETENTION, old.now())
    talk(old, "b")
    with old.database.read() as connection:
        query = sa.select(conversation_table.c.address).where(conversation_table.c.id == "b" * 32)
        assert connection.execute(query).scalar() == "who b"


def test_tables_that_hang_on_patients_go_with_them() -> None:
    """A new table that refers to a patient's rows must go with them, or the purge must know it."""
    known = {
        "messages.conversation_id", "messages.replies_to", "messages.escalation_id", "escalations.conversation_id"
    }  # fmt: skip
    hanging = {
        f"{table.name}.{key.parent.name}"
        for table in metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name in ("conversations", "messages", "escalations") and key.ondelete != "CASCADE"
    }
    assert hanging == known


def test_before_the_day_nothing_goes(services: TestServices) -> None:
    talk(services, "a")
    services.time += timedelta(days=89, hours=23)
    assert not purge(services.database, RETENTION, services.now())
