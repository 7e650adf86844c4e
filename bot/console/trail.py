"""What the console writes to the audit trail: who looked at, changed or took out what."""

from __future__ import annotations

from datetime import datetime
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
}


def note(connection: Connection, actor: str, action: str, subject: str, now: datetime, **data: Any) -> None:
    """Appends an entry in the caller's transaction; call it last."""
    if action not in ACTIONS:
        raise ValueError("an action that the audit page has no words for")
    audit.append(connection, actor, action, subject, data, now)
