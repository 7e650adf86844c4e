"""What goes back to the patient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from bot.escalation import repository
from bot.records import messages
from bot.records.messages import StoredMessage
from bot.triage.model import Disposition


@dataclass(frozen=True)
class TurnReply:
    messages: Sequence[StoredMessage]
    #: What these words call for.
    disposition: Disposition
    #: The conversation's open escalation.
    escalation_id: str | None = None


def read_reply(connection: Connection, conversation_id: str, message_id: int) -> TurnReply:
    """The stored reply to a message, as it is given again when the message comes again."""
    stored = messages.replies_to(connection, message_id)
    escalation = repository.find_open(connection, conversation_id)
    given = Disposition.worst([Disposition(item.disposition) for item in stored])
    return TurnReply(stored, given, escalation.id if escalation else None)
