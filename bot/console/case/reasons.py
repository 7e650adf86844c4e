"""Why a case escalated, in words: what was found in which message, and the rows of the protocol that fired."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.console.case.evidence import Parts, held_messages, highlight
from bot.escalation.model import Escalation
from bot.records.tables import messages

#: The interlock's own words for why it answered, in words for staff.
_NOTES = {
    "loading": "The bot was still starting, so the safe reply went out.",
    "failure": "The bot's own answer failed, so the safe reply went out.",
    "disagreement": "The bot's own answer was less urgent than the screen, so the safe reply went out.",
}


@dataclass(frozen=True)
class Criterion:
    id: str
    #: What it stands for, in a nurse's words; empty for a row that today's protocol no longer has.
    means: str
    disposition: str
    source: str


@dataclass(frozen=True)
class Reason:
    """One message that the case was filed for, what it says, and what the patient was told in return."""

    message_id: int | None
    at: datetime | None
    words: Parts
    findings: tuple[str, ...]
    criteria: tuple[Criterion, ...]
    #: What the program says of it where no finding does: "asked for a person".
    notes: tuple[str, ...]
    told: tuple[str, ...]


def reasons(connection: Connection, escalation: Escalation, protocol: Any) -> list[Reason]:
    """The newest first; those without a message (a question that nobody answered) last."""
    filed = [item for item in escalation.notes if "kind" not in item]
    everything = (*escalation.findings, *escalation.criteria, *filed)
    ids = held_messages(everything)
    query = sa.select(messages.c.id, messages.c.text, messages.c.created_at).where(messages.c.id.in_(ids))
    texts = {row.id: row for row in connection.execute(query)}
    told: dict[int, list[str]] = {}
    replies = sa.select(messages.c.replies_to, messages.c.text).where(messages.c.replies_to.in_(ids))
    for row in connection.execute(replies.order_by(messages.c.id)):
        told.setdefault(row.replies_to, []).append(row.text)

    def about(identity: int | None) -> Reason:
        def own(items: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
            return [item for item in items if item.get("message_id") == identity]

        findings = own(escalation.findings)
        message = texts.get(identity) if identity is not None else None
        return Reason(
            message_id=identity,
            at=message.created_at if message else None,
            words=highlight(message.text, findings) if message else (),
            findings=tuple(dict.fromkeys(finding_words(item) for item in findings)),
            criteria=tuple(dict.fromkeys(_criterion(item, protocol) for item in own(escalation.criteria))),
            notes=tuple(dict.fromkeys(_NOTES.get(item["note"], item["note"]) for item in own(filed))),
            told=tuple(told.get(identity, ())) if identity is not None else (),
        )

    without = any(item.get("message_id") is None for item in everything)
    return [about(identity) for identity in (*reversed(ids), *((None,) if without else ()))]


def _criterion(item: Mapping[str, Any], protocol: Any) -> Criterion:
    return Criterion(item["id"], protocol.means(item["id"]), item["disposition"], item.get("source", ""))


def finding_words(item: Mapping[str, Any]) -> str:
    """A finding as staff say it: "fever 101.2 °F, since 30 h or more, worse"."""
    name = str(item["symptom"]).replace("_", " ")
    if "value" in item:
        name += f" {item['value']:g}" + (" °F" if item.get("unit") == "F" else str(item.get("unit", "")))
    parts = [name]
    if "duration_hours" in item:
        parts.append(f"{item['duration_hours']:g} h or more")
    parts += [str(item[key]) for key in ("course", "severity") if key in item]
    said = {"negated": "denied", "historical": "in the past", "hypothetical": "asked about", "uncertain": "uncertain"}
    said |= {"persistent": "persistent", "resolved": "gone now"}
    parts += [words for key, words in said.items() if item.get(key)]
    if item.get("experiencer", "patient") != "patient":
        parts.append("somebody else")
    if "new" in item:
        parts.append("new since the procedure" if item["new"] else "old, not new")
    return ", ".join(parts)
