"""``aftercare evaluate``: from labelled messages and written conversations to the figures."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from bot.clinical import LexiconError
from bot.evaluation.dialogues.reading import DialogueError, dialogue_files, read_dialogues
from bot.evaluation.dialogues.script import Dialogue
from bot.evaluation.labels import LabelError, label_files, read_labels
from bot.evaluation.measures import Measures, measure
from bot.evaluation.replay import Progress, replay
from bot.evaluation.table import as_text
from bot.screen import Screen
from bot.triage.protocol import ProtocolError

if TYPE_CHECKING:
    from bot.evaluation.dialogues.measures import DialogueMeasures


class EvaluationError(Exception):
    """Nothing can be measured. The text says why."""


def evaluate(path: Path, report: Path | None, as_json: bool, out: TextIO, err: TextIO) -> int:
    """Measures and prints.

    Returns:
        The exit status: 0; 1 where lines were refused or a conversation did not come as written; 2 where nothing
        could be measured.
    """
    try:
        measures, dialogues = _measure(path, err)
    except (EvaluationError, LabelError, DialogueError, LexiconError, ProtocolError, OSError) as error:
        err.write(f"aftercare: {error}\n")
        return 2
    out.write((_as_json(measures, dialogues) if as_json else _as_text(measures, dialogues)) + "\n")
    if report is not None:
        # Jinja is needed for this alone.
        from bot.evaluation.report import as_html

        try:
            made = as_html(measures, dialogues, path.resolve().name, datetime.now(timezone.utc))
            report.write_text(made, encoding="utf-8")
        except OSError as error:
            err.write(f"aftercare: cannot write the report to {report}: {error.strerror}\n")
            return 2
        err.write(f"Report: {report} (it holds the messages: keep it as you keep them)\n")
    refused = measures is not None and measures.refusals
    return 1 if refused or (dialogues is not None and not dialogues.passed) else 0


def _measure(path: Path, err: TextIO) -> tuple[Measures | None, DialogueMeasures | None]:
    scripts = dialogue_files(path)
    labelled = [file for file in label_files(path) if file not in scripts]
    if not scripts and not labelled:
        raise EvaluationError(f"{path}: no such file, and no folder with .jsonl or .yml files. Give one of the two.")
    labels, refusals = read_labels(labelled)
    dialogues = read_dialogues(scripts)
    for refusal in refusals:
        err.write(f"{refusal}\n")
    if not labels and not dialogues:
        raise EvaluationError(
            f"{path}: no labelled message and no conversation. The formats are in docs/evaluation.md."
        )
    measures = measure(replay(labels, Screen.default(), Progress(err)), refusals) if labels or refusals else None
    return measures, _replay(dialogues, err) if dialogues else None


def _replay(dialogues: list[Dialogue], err: TextIO) -> DialogueMeasures:
    # The whole bot is needed for this alone.
    from bot.evaluation.dialogues.measures import DialogueMeasures
    from bot.evaluation.dialogues.replay import replay_dialogues
    from bot.rasa_agent.training import ModelError

    try:
        with _silent():
            return DialogueMeasures.of(replay_dialogues(dialogues, Progress(err)))
    except ModelError as error:
        raise EvaluationError(str(error)) from None


@contextmanager
def _silent() -> Iterator[None]:
    """Without the bot's log: what goes wrong in a turn is in the result, and a script breaks things on purpose."""
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


def _as_text(measures: Measures | None, dialogues: DialogueMeasures | None) -> str:
    texts = [as_text(measures)] if measures is not None else []
    if dialogues is not None:
        from bot.evaluation.dialogues.table import dialogues_as_text

        texts.append(dialogues_as_text(dialogues))
    return "\n\n".join(texts)


def _as_json(measures: Measures | None, dialogues: DialogueMeasures | None) -> str:
    data = measures.to_dict() if measures is not None else {}
    return json.dumps({**data, "dialogues": dialogues.to_dict()} if dialogues is not None else data)
