"""What the console writes to the audit trail: who looked at, changed or took out what."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.engine import Connection

from bot.escalation import audit

#: What people are shown for the actions of the console and of the life cycle.
ACTIONS = {
    "staff.signed_in": "signed in",
    "staff.signed_out": "signed out",
    "staff.password_changed": "changed the password",
    "staff.second_factor_set_up": "set up the second factor",
    "staff.recovery_codes_made": "made recovery codes",
    "staff.account_made": "made an account",
    "staff.account_disabled": "disabled an account",
    "staff.account_enabled": "enabled an account",
    "staff.account_reset": "started an account over",
    "staff.role_changed": "changed a role",
    "conversation.viewed": "viewed a conversation",
    "review.viewed": "viewed the review page",
    "attachment.viewed": "viewed an attachment",
    "conversation.taken_over": "took a conversation over",
    "conversation.handed_back": "handed a conversation back to the bot",
    "message.sent": "wrote to a patient",
    "patients.searched": "searched for a patient",
    "turn.marked": "marked a turn",
    "turn.unmarked": "took a mark back",
    "marks.exported": "exported the marks",
    "report.exported": "exported a report",
    "audit.searched": "searched the audit trail",
    # Written by the life cycle, and by the commands that remove data.
    "escalation.acknowledged": "acknowledged a case",
    "escalation.assigned": "assigned a case",
    "escalation.noted": "wrote a note",
    "escalation.call_logged": "logged a call",
    "escalation.priority_set": "changed a priority",
    "escalation.closed": "closed a case",
    "escalation.reopened": "reopened a case",
    "privacy.forgotten": "removed a patient's data",
    "privacy.purge": "removed what is old",
    audit.PURGED: "purged the trail",
    audit.BROKEN: "the trail was found broken",
}


#: An open page asks for its conversation again and again; the same look is one entry for so long.
SAME_LOOK = timedelta(minutes=15)


class Looks:
    """Notes what open pages show as they renew themselves: each message that comes meanwhile, once for each person.

    Kept in this process: a look through another copy of the server is noted there as well.
    """

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], tuple[int, datetime]] = {}
        self._lock = threading.Lock()

    def is_new(self, actor: str, subject: str, newest: int, now: datetime) -> bool:
        """True where this person has not been noted for this conversation up to this message of late.

        Args:
            newest: id of the newest message that is shown.
        """
        with self._lock:
            self._seen = {key: seen for key, seen in self._seen.items() if abs(now - seen[1]) < SAME_LOOK}
            known, _ = self._seen.get((actor, subject), (-1, now))
            if known >= newest:
                return False
            self._seen[actor, subject] = (newest, now)
            return True


def note(connection: Connection, actor: str, action: str, subject: str, now: datetime, **data: Any) -> None:
    """Appends an entry in the caller's transaction; call it last."""
    if action not in ACTIONS:
        raise ValueError("an action that the audit page has no words for")
    audit.append(connection, actor, action, subject, data, now)
