"""Labelled messages: JSON Lines, one message a line (format: docs/evaluation.md)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: What a label can name. ``emergency`` stands for every 911 sign, ``nausea`` includes vomiting.
LABEL_KEYS: tuple[str, ...] = (
    *("fever", "chills", "infection_sign", "worsening_pain"),
    *("leg_symptom", "headache", "nausea", "emergency"),
)
#: What ``expect`` can say about a key.
STATEMENTS: tuple[str, ...] = ("present", "absent", "unsure", "mentioned", "resolved", "improving", "other_person")
#: Of these two, a message can say only one about the same key.
EXCLUSIVE = (("present", "absent"), ("present", "unsure"), ("absent", "unsure"))
BACK_PAIN_STRENGTHS = ("plain", "severe_or_worse")


class LabelError(ValueError):
    """A line is not a label. The text names the remedy and never quotes the message."""


@dataclass(frozen=True)
class Label:
    """One message and what a reader found it to say."""

    file: str
    line: int
    text: str
    #: The question that the message answers; empty for a message of its own.
    prev: str = ""
    id: str = ""
    present: frozenset[str] = frozenset()
    #: The reply leaves it open ("not sure").
    unsure: frozenset[str] = frozenset()
    #: Named in the message, but denied, asked about, past, or somebody else's.
    named_only: frozenset[str] = frozenset()
    #: May be found or not.
    optional: frozenset[str] = frozenset()
    #: Back pain with nothing that says severe, new or worse.
    plain_back_pain: bool = False
    #: A 911 sign that calling the provider is enough for: medicine taken twice by accident, and no drowsiness.
    urgent_is_enough: bool = False
    #: Groups that are also scored by themselves: "hedged", "past narrative", "misspelled", ...
    groups: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """The slice of the set: the file's name."""
        return Path(self.file).stem

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Refusal:
    """A line that is no label."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


def label_files(path: Path) -> list[Path]:
    """The file itself, or the folder's .jsonl files in order of their names."""
    if path.is_file():
        return [path]
    return sorted(path.glob("*.jsonl")) if path.is_dir() else []


def read_labels(files: list[Path]) -> tuple[list[Label], list[Refusal]]:
    """All labels, and the lines that are none; empty lines do not count."""
    labels, refusals = [], []
    for file in files:
        for number, line in enumerate(file.read_bytes().splitlines(), start=1):
            if not line.strip():
                continue
            try:
                labels.append(parse_label(line, file.name, number))
            except LabelError as error:
                refusals.append(Refusal(file.name, number, str(error)))
    return labels, refusals


def parse_label(line: bytes, file: str, number: int) -> Label:
    """One line as a label; fields that are not known (notes, origin) are let be.

    Raises:
        LabelError: it is none.
    """
    try:
        entry = json.loads(line.decode("utf-8-sig"))
        # Escapes can spell half a character, which no report could write down again.
        json.dumps(entry, ensure_ascii=False).encode()
    except ValueError:
        raise LabelError("not JSON in UTF-8; write one object a line") from None
    except RecursionError:
        raise LabelError("nested too deeply; write one plain object a line") from None
    if not isinstance(entry, dict):
        raise LabelError('not an object; write {"text": ..., "expect": ...}')
    said = _expected(entry)
    optional = _keys(entry.get("optional", []), "optional")
    named = said["mentioned"] | said["resolved"] | said["improving"] | said["other_person"]
    return Label(
        file=file,
        line=number,
        text=_text(entry, "text"),
        prev=_text(entry, "prev") if entry.get("prev") is not None else "",
        id=str(entry["id"]) if isinstance(entry.get("id"), (str, int)) else "",
        present=said["present"],
        unsure=said["unsure"],
        # An explicit denial outweighs `optional`; a key that is there for the patient is no mere mention.
        named_only=said["absent"] | (named - said["present"] - said["unsure"] - optional),
        optional=optional,
        plain_back_pain=_choice(entry, "back_pain_strength", BACK_PAIN_STRENGTHS) == "plain",
        urgent_is_enough=_choice(entry, "least", ("urgent",)) == "urgent",
        groups=_groups(entry),
    )


def _expected(entry: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """What ``expect`` says, in each of its shapes: a list of present keys, or an object of lists."""
    if "expect" not in entry:
        raise LabelError('"expect" is missing; write [] where none of our keys is present')
    expect = entry["expect"]
    if isinstance(expect, list):
        expect = {"present": expect}
    if not isinstance(expect, dict):
        raise LabelError('"expect" must be a list of keys or an object of such lists')
    if unknown := sorted(set(expect) - set(STATEMENTS)):
        raise LabelError(f'"expect" cannot hold {_quoted(unknown)}; known: {", ".join(STATEMENTS)}')
    said = {name: _keys(expect.get(name, []), f"expect.{name}") for name in STATEMENTS}
    # Lines with a list as `expect` carry the denied keys beside it.
    said["absent"] |= _keys(entry.get("absent", []), "absent")
    for one, other in EXCLUSIVE:
        if both := sorted(said[one] & said[other]):
            raise LabelError(f"{', '.join(both)} cannot be both {one} and {other}")
    return said


def _keys(value: Any, where: str) -> frozenset[str]:
    if not isinstance(value, list) or not all(isinstance(key, str) for key in value):
        raise LabelError(f'"{where}" must be a list of keys')
    if unknown := sorted(set(value) - set(LABEL_KEYS)):
        raise LabelError(f'"{where}" names {_quoted(unknown)}; known: {", ".join(LABEL_KEYS)}')
    return frozenset(value)


def _text(entry: Mapping[str, Any], name: str) -> str:
    value = entry.get(name)
    if not isinstance(value, str) or not value.strip():
        raise LabelError(f'"{name}" must be a text that is not empty')
    return value


def _choice(entry: Mapping[str, Any], name: str, known: tuple[str, ...]) -> str:
    value = entry.get(name)
    if value is not None and value not in known:
        raise LabelError(f'"{name}" must be one of {", ".join(known)}')
    return value or ""


def _groups(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """The groups a line is also scored in."""
    slices = entry.get("slices", [])
    if not isinstance(slices, list) or not all(isinstance(name, str) for name in slices):
        raise LabelError('"slices" must be a list of names')
    groups = [name.replace("_", " ") for name in slices]
    if entry.get("temporal") == "past_narrative":
        groups.append("past narrative")
    groups += [name for name in ("hedged", "ambiguous") if entry.get(name)]
    return tuple(dict.fromkeys(groups))


def _quoted(names: list[str]) -> str:
    """Unknown names, shortened: a slip of the pen may have put the message where a key belongs."""
    return ", ".join(repr(name if len(name) <= 24 and " " not in name else "...") for name in names)
