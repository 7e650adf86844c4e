"""Cases by hand: a label, the findings and the disposition, without a reader between them."""

from __future__ import annotations

import json
from typing import Any

from bot.evaluation.labels import parse_label
from bot.evaluation.replay import Case
from bot.screen import ScreenResult
from bot.triage.model import Decision, Disposition, Finding, Findings


def case(given: str, *findings: Finding, file: str = "some.jsonl", **entry: Any) -> Case:
    label = parse_label(json.dumps({"text": "a message", **entry}).encode(), file, 1)
    return Case(label, ScreenResult(Findings(findings), Decision(Disposition(given), protocol_version="1")))
