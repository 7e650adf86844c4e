"""``aftercare evaluate``: from a folder of labelled messages to the figures."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path
from typing import TextIO

from bot.clinical import LexiconError
from bot.evaluation.labels import LabelError, label_files, read_labels
from bot.evaluation.measures import measure
from bot.evaluation.replay import Progress, replay
from bot.evaluation.table import as_text
from bot.screen import Screen
from bot.triage.protocol import ProtocolError


def evaluate(path: Path, report: Path | None, as_json: bool, out: TextIO, err: TextIO) -> int:
    """Measures and prints; the exit status: 0, 1 where lines were refused, 2 where nothing could be measured."""
    try:
        labels, refusals = read_labels(label_files(path))
        screen = Screen.default()
    except (LabelError, LexiconError, ProtocolError, OSError) as error:
        err.write(f"aftercare: {error}\n")
        return 2
    for refusal in refusals:
        err.write(f"{refusal}\n")
    if not labels:
        err.write(f"aftercare: {path}: no labelled message. The format is in docs/evaluation.md.\n")
        return 2
    measures = measure(replay(labels, screen, Progress(err)), refusals)
    out.write((json.dumps(measures.to_dict()) if as_json else as_text(measures)) + "\n")
    if report is not None:
        # Jinja is needed for this alone.
        from bot.evaluation.report import as_html

        try:
            report.write_text(as_html(measures, path.resolve().name, datetime.now(timezone.utc)), encoding="utf-8")
        except OSError as error:
            err.write(f"aftercare: cannot write the report to {report}: {error.strerror}\n")
            return 2
        err.write(f"Report: {report} (it holds the messages: keep it as you keep them)\n")
    return 1 if refusals else 0
