"""Messages one a line: what `aftercare triage` reads and writes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from bot.clinical import ClinicalReader
from bot.screen import Screen
from bot.triage.model import Question


@dataclass(frozen=True)
class Message:
    """One line of input."""

    text: str
    #: The question that the message answers, if any.
    question: Question | None = None
    #: The line's own "id" as a mapping of one entry, or empty: it may be any JSON value, null included.
    label: tuple[tuple[str, Any], ...] = ()

    @classmethod
    def parse(cls, line: bytes, reader: ClinicalReader) -> Message:
        """Reads ``{"id"?, "text", "previous"?}``.

        Raises:
            ValueError: it is no such object; the text says why, without the line's words.
        """
        try:
            entry = json.loads(line)
        except ValueError:
            raise ValueError("not JSON") from None
        if not isinstance(entry, dict) or not isinstance(entry.get("text"), str):
            raise ValueError('must be an object with "text", a string')
        previous = entry.get("previous")
        if previous is not None and not isinstance(previous, str):
            raise ValueError('"previous" must be a string')
        question = reader.question_from_text(previous) if previous else None
        return cls(entry["text"], question, tuple((key, entry[key]) for key in ("id",) if key in entry))

    def record(self, screen: Screen) -> dict[str, Any]:
        """The line of output."""
        result = screen.run(self.text, self.question)
        return {
            **dict(self.label),
            "text": self.text,
            "disposition": result.decision.disposition.value,
            "findings": [finding.to_dict() for finding in result.findings.items],
        }
