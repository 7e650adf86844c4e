"""Reads conversations from YAML, strictly: what is unknown, missing or mistyped is refused with its line."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

from bot.clinical.lexicon import yaml_lines
from bot.clinical.lexicon.yaml_lines import LexiconError, Rows, Text, Value
from bot.escalation.model import Origin, Status
from bot.evaluation.dialogues.script import Dialogue, Expected, ExpectedEscalation, Turn
from bot.triage.model import ALL_KEYS, Disposition, QuestionKind

SUFFIXES = (".yml", ".yaml")
CHANNELS = ("website", "sms", "rest")
BROKEN = ("model", "loading")
#: A Tuesday morning at the office.
CLOCK = datetime(2026, 6, 9, 10, 0)  # noqa: DTZ001  (the clinic's own time; its zone comes with the clinic)
#: Between two messages, where nothing else is written.
PAUSE = timedelta(minutes=1)
NONE = "none"

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_DIALOGUE = ("channel", "clock")
_EXPECTED = (
    *("disposition", "responses", "exactly", "without", "contains", "lacks"),
    *("question", "escalation", "choices", "contact", "unanswered"),
)
_ESCALATION = ("open", "disposition", "status", "priority", "origin", "notes", "symptoms")
E = TypeVar("E", bound=Enum)


class DialogueError(ValueError):
    """A conversation is wrong. The text names file, line and remedy."""


def dialogue_files(path: Path) -> list[Path]:
    """The file itself, if it is YAML, or the folder's YAML files in order of their names."""
    found = [path] if path.is_file() else sorted(path.iterdir()) if path.is_dir() else []
    return [file for file in found if file.suffix in SUFFIXES]


def read_dialogues(files: list[Path]) -> list[Dialogue]:
    """All conversations, in order.

    Raises:
        DialogueError: one of the files cannot be used.
    """
    dialogues: list[Dialogue] = []
    titles: dict[str, Dialogue] = {}
    for file in files:
        for dialogue in _read_file(file):
            same = titles.setdefault(dialogue.title, dialogue)
            if same is not dialogue:
                raise DialogueError(f"{file}, line {dialogue.line}: the title of {same.place} again. Say what differs")
            dialogues.append(dialogue)
    return dialogues


def _read_file(file: Path) -> list[Dialogue]:
    try:
        top = yaml_lines.row_fields(file, yaml_lines.read(file), ("conversations",), ())
        return [_dialogue(file, row) for row in yaml_lines.rows(file, top["conversations"])]
    except LexiconError as error:
        raise DialogueError(str(error)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise DialogueError(f"{file}: cannot be read ({type(error).__name__})") from None


def _dialogue(file: Path, row: Value) -> Dialogue:
    fields = yaml_lines.row_fields(file, row, ("title", "turns"), _DIALOGUE)
    turns = tuple(_turn(file, item) for item in yaml_lines.rows(file, fields["turns"]))
    if not turns or turns[0].says is None:
        raise LexiconError(file, fields["turns"].line, "the patient does not speak first", "Begin with 'says:'")
    return Dialogue(
        file=file.name,
        line=row.line,
        title=" ".join(yaml_lines.one(file, fields["title"]).value.split()),
        channel=yaml_lines.choice(file, fields, "channel", list(CHANNELS)) or CHANNELS[0],
        clock=_clock(file, fields["clock"]) if "clock" in fields else CLOCK,
        turns=turns,
    )


def _turn(file: Path, row: Value) -> Turn:
    fields = yaml_lines.row_fields(file, row, (), ("says", "after", "break", *_EXPECTED))
    if "says" not in fields and "after" not in fields:
        raise LexiconError(file, row.line, "neither 'says' nor 'after'", "Write what the patient says, or 'after: 20m'")
    if not set(fields) & set(_EXPECTED):
        raise LexiconError(file, row.line, "nothing is expected of this turn", f"Add one of: {', '.join(_EXPECTED)}")
    says = fields.get("says")
    if says is not None and not isinstance(says, Text):
        raise LexiconError(file, says.line, "'says' is one text", "Put it in quotation marks")
    return Turn(
        line=row.line,
        says=says.value if says is not None else None,
        after=_pause(file, fields["after"]) if "after" in fields else PAUSE,
        broken=yaml_lines.choice(file, fields, "break", list(BROKEN)) or "",
        expected=_expected(file, fields),
    )


def _expected(file: Path, fields: dict[str, Value]) -> Expected:
    question: QuestionKind | str | None = None
    if "question" in fields:
        none = isinstance(fields["question"], Text) and fields["question"].value == NONE
        question = "" if none else _one_of(file, fields, "question", QuestionKind)
    return Expected(
        disposition=_one_of(file, fields, "disposition", Disposition),
        responses=_names(file, fields, "responses"),
        exactly=_names(file, fields, "exactly") if "exactly" in fields else None,
        without=_names(file, fields, "without"),
        contains=_texts(file, fields, "contains"),
        lacks=_texts(file, fields, "lacks"),
        question=question,
        escalation=_escalation(file, fields["escalation"]) if "escalation" in fields else None,
        choices=_texts(file, fields, "choices") if "choices" in fields else None,
        contact=_texts(file, fields, "contact"),
        unanswered=_texts(file, fields, "unanswered"),
    )


def _escalation(file: Path, value: Value) -> ExpectedEscalation:
    if isinstance(value, Text) and value.value == NONE:
        return ExpectedEscalation(open=False)
    fields = yaml_lines.row_fields(file, value, (), _ESCALATION)
    symptoms = _texts(file, fields, "symptoms")
    if unknown := sorted(set(symptoms) - ALL_KEYS):
        line = fields["symptoms"].line
        raise LexiconError(file, line, f"unknown symptom {unknown[0]!r}", f"Known: {', '.join(sorted(ALL_KEYS))}")
    return ExpectedEscalation(
        open=(yaml_lines.choice(file, fields, "open", ["yes", "no"]) or "yes") == "yes",
        disposition=_one_of(file, fields, "disposition", Disposition),
        status=_one_of(file, fields, "status", Status),
        priority_at_least=_whole_number(file, fields["priority"]) if "priority" in fields else 0,
        origin=_one_of(file, fields, "origin", Origin),
        notes=_texts(file, fields, "notes"),
        symptoms=symptoms,
    )


def _one_of(file: Path, fields: dict[str, Value], name: str, kind: type[E]) -> E | None:
    known = [str(item.value) for item in kind]
    said = yaml_lines.choice(file, fields, name, known)
    return kind(said) if said is not None else None


def _texts(file: Path, fields: dict[str, Value], name: str) -> tuple[str, ...]:
    """One text, or a list of them."""
    value = fields.get(name)
    if value is None:
        return ()
    items: list[Any] = value.items if isinstance(value, Rows) else [value]
    return tuple(yaml_lines.one(file, item).value for item in items)


def _names(file: Path, fields: dict[str, Value], name: str) -> tuple[str, ...]:
    names = _texts(file, fields, name)
    for said in names:
        if not re.fullmatch(r"utter_\w+", said):
            raise LexiconError(file, fields[name].line, f"{said!r} is no response", "Write a name such as utter_urgent")
    return names


def _whole_number(file: Path, value: Value) -> int:
    said = yaml_lines.one(file, value)
    if not said.value.isdigit():
        raise LexiconError(file, said.line, f"{said.value!r} is no whole number", "Write 0, 1, 2, ...")
    return int(said.value)


def _pause(file: Path, value: Value) -> timedelta:
    said = yaml_lines.one(file, value)
    match = re.fullmatch(r"(\d{1,4}) ?([smhd])", said.value)
    if match is None:
        raise LexiconError(file, said.line, f"{said.value!r} is no length of time", "Write 30s, 20m, 2h or 3d")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def _clock(file: Path, value: Value) -> datetime:
    said = yaml_lines.one(file, value)
    try:
        return datetime.strptime(said.value, "%Y-%m-%d %H:%M")  # noqa: DTZ007  (the clinic's own time)
    except ValueError:
        raise LexiconError(file, said.line, f"{said.value!r} is no time", "Write 2026-06-09 10:00") from None
