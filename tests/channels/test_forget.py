"""The patient deletes the conversation on the website."""

from __future__ import annotations

from bot.conversation.recovery.spool import Spool
from bot.records.messages import Inbound
from tests.channels.conftest import ScriptedRunner, client_of
from tests.conftest import TestServices


def test_not_while_a_message_waits_in_the_spool(services: TestServices, runner: ScriptedRunner) -> None:
    """What waits there may be a red flag, and would come back. (The app's own sweep is not started here.)"""
    client = client_of(services, runner)
    client.post("/chat/messages", json={"text": "hello", "message_id": "1"})
    with services.database.read() as connection:
        conversation_id = str(connection.exec_driver_sql("SELECT id FROM conversations").scalar())
    spool = Spool(services.settings.spool_file)
    spool.append(Inbound(conversation_id, "my leg went numb", "website", f"{conversation_id}:2"), services.now())
    refused = client.post("/chat/forget")
    assert (refused.status_code, refused.json()["error"]) == (409, "open")
    spool.drain(lambda inbound, at: None)
    assert client.post("/chat/forget").status_code == 204
