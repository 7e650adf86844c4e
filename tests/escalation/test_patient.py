"""What patients are told outside a turn."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from bot.escalation.model import unread_response
from bot.escalation.patient import tell
from bot.records import conversations, messages
from bot.records.messages import Inbound, Reply
from bot.records.tables import outbox
from bot.triage.model import Disposition
from tests.conftest import TestServices

CONVERSATION = "c" * 32


def told(services: TestServices, channel: str) -> list[sa.engine.Row]:
    """Two messages of staff; the rows of the outbox."""
    with services.database.write() as connection:
        conversations.ensure_conversation(
            connection, Inbound(CONVERSATION, "", channel, "m", "+12175550100"), services.now()
        )
        replies = [Reply("How are you now?"), Reply("Please call us.")]
        tell(connection, CONVERSATION, channel, replies, "staff", services.now())
        return connection.execute(sa.select(outbox).order_by(outbox.c.id)).all()


@pytest.mark.parametrize(("channel", "sent"), [("website", 0), ("rest", 0), ("sms", 1)])
def test_it_stands_in_the_history_and_texts_are_sent(services: TestServices, channel: str, sent: int) -> None:
    rows = told(services, channel)
    with services.database.read() as connection:
        history = messages.history(connection, CONVERSATION)
    assert [(item.author, item.text) for item in history] == [
        ("staff", "How are you now?"),
        ("staff", "Please call us."),
    ]
    assert [row.message_id for row in rows] == [item.id for item in history][:sent]


def test_the_outbox_holds_neither_words_nor_number(services: TestServices) -> None:
    for row in told(services, "sms"):
        assert (row.kind, list(row.payload)) == ("sms", ["messages"])
        assert "555" not in f"{row.key} {row.route}"


@pytest.mark.parametrize("disposition", list(Disposition))
def test_what_is_said_when_nobody_reads_is_as_urgent_as_the_advice(
    services: TestServices, disposition: Disposition
) -> None:
    said = services.say(unread_response(disposition), "sms", reference="K7QX-4MZP")
    assert Disposition(said.disposition).at_least(
        disposition if disposition.at_least(Disposition.URGENT) else Disposition.ROUTINE
    )
    assert "K7QX-4MZP" in said.text
