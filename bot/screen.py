"""The clinical screen: what a message says, and what that calls for.

The conversation runs it once for every message before it asks Rasa; the same result goes to the NLU
component and to the actions, so that no two parts of the system can read a message differently.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.clinical import ClinicalReader
from bot.triage.engine import assess
from bot.triage.model import Decision, Encounter, Findings, Question
from bot.triage.protocol import Protocol

DATA_DIR = Path(__file__).resolve().parent.parent / "data"


@dataclass(frozen=True)
class ScreenResult:
    findings: Findings
    decision: Decision

    def to_dict(self) -> dict[str, Any]:
        return {"findings": self.findings.to_dict(), "decision": self.decision.to_dict()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ScreenResult:
        return cls(Findings.from_dict(data["findings"]), Decision.from_dict(data["decision"]))


class Screen:
    """Text and pending question in, findings and decision out. Pure, thread-safe, about a millisecond."""

    def __init__(self, reader: ClinicalReader, protocol: Protocol) -> None:
        self.reader = reader
        self.protocol = protocol

    @classmethod
    def load(cls, data_dir: Path = DATA_DIR) -> Screen:
        """Reads the lexicon and the protocol.

        Raises:
            LexiconError, ProtocolError: the content is wrong; the text names file, line and remedy.
        """
        return cls(ClinicalReader.load(data_dir / "lexicon"), Protocol.load(data_dir / "protocols" / "discogram.yml"))

    @classmethod
    @lru_cache(maxsize=1)
    def default(cls) -> Screen:
        """The repository's own content, loaded once."""
        return cls.load()

    def run(self, text: str, pending: Question | None = None, encounter: Encounter | None = None) -> ScreenResult:
        findings = self.reader.read(text, pending)
        known = (encounter or Encounter()).learn(findings)
        return ScreenResult(findings, assess(findings, pending, known, self.protocol))

    def unanswered(self, pending: Question, encounter: Encounter | None = None) -> Decision:
        """What silence, or an answer that nobody can read, amounts to: the same as no answer for the last time."""
        last = replace(pending, asked=self.protocol.questions_in_a_row)
        return assess(Findings(), last, encounter or Encounter(), self.protocol)
