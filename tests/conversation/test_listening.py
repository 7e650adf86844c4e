"""Messages that are heard and not answered: none is lost when several come at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa

from bot.conversation.listening import Listener
from bot.conversation.recovery.spool import Spool
from bot.records.messages import Inbound
from bot.records.tables import messages
from tests.conftest import TestServices

NOTE = "phone, do not text"


def test_the_first_messages_of_a_conversation_at_once_are_all_heard(services: TestServices) -> None:
    """On PostgreSQL they race for making the conversation; whoever loses is no repeat of the other."""
    spool = Spool(services.settings.spool_file)
    listener = Listener(services, spool)
    said = ["my leg went numb", "I have a fever of 102", "my leg went numb"]
    ids = ["SM1", "SM2", "SM1"]
    with ThreadPoolExecutor(8) as threads:
        for number in range(20):
            conversation_id = f"{number:032x}"
            inbound = [
                Inbound(conversation_id, text, "sms", f"{number}-{sid}", "+12175550123")
                for text, sid in zip(said, ids, strict=True)
            ]
            list(threads.map(lambda one: listener.hear(one, NOTE), inbound))
    with services.database.read() as connection:
        stored = connection.execute(sa.select(messages.c.conversation_id, messages.c.text)).all()
    assert sorted(stored) == sorted((f"{number:032x}", text) for number in range(20) for text in said[:2])
    assert len(services.escalations.list(open_only=True)) == 20
    assert not any(spool.holds(f"{number:032x}") for number in range(20))
