"""What staff do with an escalation: each step makes a new state of the old one, or says why it cannot. No SQL here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from enum import Enum
from typing import Any

from bot.escalation.model import Escalation, Status

#: Characters in a note, a reason or a comment.
LONGEST_TEXT = 4000
#: Characters in a name of staff.
LONGEST_NAME = 200
HIGHEST_PRIORITY = 99


class Outcome(str, Enum):
    """How an escalation ended."""

    ADVISED = "advised"
    APPOINTMENT = "appointment"
    PROVIDER = "provider"
    EMERGENCY_CARE = "emergency_care"
    RESOLVED = "resolved"
    NOT_REACHED = "not_reached"
    DUPLICATE = "duplicate"
    NO_PATIENT = "no_patient"


class CallResult(str, Enum):
    """How an attempt to call the patient ended."""

    REACHED = "reached"
    NO_ANSWER = "no_answer"
    VOICEMAIL = "voicemail"
    BUSY = "busy"
    WRONG_NUMBER = "wrong_number"


class NotAllowed(Exception):
    """The step cannot be done. The text says why, for staff; nothing of the patient is in it."""


def acknowledge(escalation: Escalation, by: str, now: datetime) -> Escalation:
    """A named person has seen it: the patient is told so.

    Raises:
        NotAllowed: it is not open.
    """
    if escalation.status is not Status.OPEN:
        raise NotAllowed(f"It is {escalation.status.value} already.")
    return _changed(escalation, now, status=Status.ACKNOWLEDGED, acknowledged_at=now, acknowledged_by=_name(by))


def assign(escalation: Escalation, to: str | None, now: datetime) -> Escalation:
    """Gives it to a member of staff; None takes it back from whoever has it.

    Raises:
        NotAllowed: it is closed.
    """
    _not_closed(escalation)
    return _changed(escalation, now, assigned_to=_name(to) if to is not None else None)


def note(escalation: Escalation, by: str, text: str, now: datetime) -> Escalation:
    """Adds an internal note, to a closed one too.

    Raises:
        NotAllowed: the text is empty or too long.
    """
    return _changed(escalation, now, notes=(*escalation.notes, _entry("note", by, _text(text, "The note"), now)))


def log_call(escalation: Escalation, by: str, result: CallResult, text: str, now: datetime) -> Escalation:
    """Adds an attempt to call the patient; ``text`` may be empty.

    Raises:
        NotAllowed: the text is too long.
    """
    words = _text(text, "The note") if text.strip() else ""
    entry = _entry("call", by, words, now, result=CallResult(result).value)
    return _changed(escalation, now, notes=(*escalation.notes, entry))


def set_priority(escalation: Escalation, by: str, priority: int, reason: str, now: datetime) -> Escalation:
    """Raises or lowers its place among those of the same disposition.

    Raises:
        NotAllowed: it is closed, the priority is out of range or as before, or there is no reason.
    """
    _not_closed(escalation)
    if not 0 <= priority <= HIGHEST_PRIORITY:
        raise NotAllowed(f"The priority must be 0 to {HIGHEST_PRIORITY}.")
    if priority == escalation.priority:
        raise NotAllowed(f"The priority is {priority} already.")
    words = _text(reason, "The reason")
    entry = _entry("priority", by, words, now, before=escalation.priority, after=priority)
    return _changed(escalation, now, priority=priority, notes=(*escalation.notes, entry))


def close(escalation: Escalation, by: str, outcome: Outcome, comment: str, now: datetime) -> Escalation:
    """Ends it. Who closes an open one has seen it: that acknowledges it too.

    Raises:
        NotAllowed: it is closed, or there is no comment.
    """
    _not_closed(escalation)
    words = _text(comment, "The comment")
    name = _name(by)
    outcome = Outcome(outcome)
    return _changed(
        escalation,
        now,
        status=Status.CLOSED,
        acknowledged_at=escalation.acknowledged_at or now,
        acknowledged_by=escalation.acknowledged_by or name,
        closed_at=now,
        closed_by=name,
        outcome=outcome.value,
        close_comment=words,
        notes=(*escalation.notes, _entry("closed", by, words, now, outcome=outcome.value)),
    )


def reopen(escalation: Escalation, by: str, reason: str, now: datetime) -> Escalation:
    """Sets a closed one back to open, as if nobody had seen it; how it had been closed stays in its notes.

    Raises:
        NotAllowed: it is not closed, or there is no reason.
    """
    if escalation.status is not Status.CLOSED:
        raise NotAllowed("It is not closed.")
    words = _text(reason, "The reason")
    return _changed(
        escalation,
        now,
        status=Status.OPEN,
        acknowledged_at=None,
        acknowledged_by=None,
        closed_at=None,
        closed_by=None,
        outcome=None,
        close_comment=None,
        notes=(*escalation.notes, _entry("reopened", by, words, now)),
    )


def _changed(escalation: Escalation, now: datetime, **values: Any) -> Escalation:
    return replace(escalation, version=escalation.version + 1, updated_at=now, **values)


def _not_closed(escalation: Escalation) -> None:
    if escalation.status is Status.CLOSED:
        raise NotAllowed("It is closed. Reopen it first.")


def _entry(kind: str, by: str, text: str, now: datetime, **more: Any) -> Mapping[str, Any]:
    """A note of staff, in the form of the notes that reports leave."""
    return {
        "note": text,
        "origin": "staff",
        "message_id": None,
        "kind": kind,
        "by": _name(by),
        "at": now.isoformat(),
        **more,
    }


def _name(name: str) -> str:
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise NotAllowed(f"A name must have 1 to {LONGEST_NAME} printable characters.")
    return name


def _text(text: str, what: str) -> str:
    """The text as it is stored: PostgreSQL takes no NUL, neither engine lone surrogates."""
    text = text.replace("\0", "").encode("utf-8", "ignore").decode("utf-8").strip()
    if not text:
        raise NotAllowed(f"{what} must not be empty.")
    if len(text) > LONGEST_TEXT:
        raise NotAllowed(f"{what} must not have more than {LONGEST_TEXT} characters.")
    return text
