"""YAML as text with line numbers: every scalar stays the string that was written ("no" is a word here)."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode


class LexiconError(ValueError):
    """The lexicon is wrong. The text names file, line and remedy."""

    def __init__(self, path: Path, line: int, problem: str, remedy: str) -> None:
        super().__init__(f"{path}, line {line}: {problem}. {remedy}")
        self.path = path
        self.line = line


class Text(NamedTuple):
    value: str
    line: int


class Rows(NamedTuple):
    items: list[Value]
    line: int


class Fields(NamedTuple):
    items: list[tuple[Text, Value]]
    line: int


Value: TypeAlias = "Text | Rows | Fields"


def read(path: Path) -> Fields:
    """The file's mapping.

    Raises:
        LexiconError: not YAML, not a mapping, or a key that stands there twice.
    """
    try:
        # The C parser: the lexicon is read at every start.
        node = YAML(typ="safe", pure=False).compose(path)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise LexiconError(
            path, line, f"not valid YAML ({error.problem})", "Quote the text or fix the indent"
        ) from None
    if not isinstance(node, MappingNode):
        raise LexiconError(path, 1, "the file is not a mapping of sections", "Start it with a name and a colon")
    value = _value(path, node)
    if not isinstance(value, Fields):
        raise TypeError("a mapping node gives fields")
    return value


def _value(path: Path, node: Node) -> Value:
    line = node.start_mark.line + 1
    if isinstance(node, ScalarNode):
        return Text(node.value, line)
    if isinstance(node, SequenceNode):
        return Rows([_value(path, item) for item in node.value], line)
    pairs: list[tuple[Text, Value]] = []
    seen = set()
    for key, item in node.value:
        if key.value in seen:
            raise LexiconError(path, key.start_mark.line + 1, f"{key.value!r} stands here twice", "Join the two")
        seen.add(key.value)
        pairs.append((Text(key.value, key.start_mark.line + 1), _value(path, item)))
    return Fields(pairs, line)


def section(path: Path, fields: Fields, name: str) -> Value | None:
    return next((value for key, value in fields.items if key.value == name), None)


def row_fields(path: Path, row: Value, required: tuple[str, ...], optional: tuple[str, ...]) -> dict[str, Value]:
    fields = {key.value: value for key, value in named(path, row)}
    for key, _ in named(path, row):
        if key.value not in (*required, *optional):
            raise LexiconError(
                path, key.line, f"unknown field {key.value!r}", f"Known: {', '.join((*required, *optional))}"
            )
    for name in required:
        if name not in fields:
            raise LexiconError(path, row.line, f"field {name!r} is missing", "Add it to this row")
    return fields


def named(path: Path, value: Value | None) -> list[tuple[Text, Value]]:
    if value is None:
        return []
    if not isinstance(value, Fields):
        raise LexiconError(path, value.line, "names with values are expected here", "Write 'name: value'")
    return value.items


def rows(path: Path, value: Value | None) -> list[Value]:
    if value is None:
        return []
    if not isinstance(value, Rows):
        raise LexiconError(path, value.line, "a list is expected here", "Start each row with '- '")
    return value.items


def texts(path: Path, value: Value | None) -> list[Text]:
    return [one(path, item) for item in rows(path, value)]


def one(path: Path, value: Value) -> Text:
    if not isinstance(value, Text) or not value.value.strip():
        raise LexiconError(path, value.line, "a word or a phrase is expected here", "Write plain text")
    return value


def text(path: Path, fields: Fields, name: str, default: str = "") -> str:
    value = section(path, fields, name)
    return value.value if isinstance(value, Text) else default


def choice(path: Path, fields: dict[str, Value], name: str, choices: list[str]) -> str | None:
    if name not in fields:
        return None
    text = one(path, fields[name])
    if text.value not in choices:
        raise LexiconError(path, text.line, f"{name} cannot be {text.value!r}", f"Use one of: {', '.join(choices)}")
    return text.value
