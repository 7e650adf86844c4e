"""YAML as text with line numbers: every scalar stays the string that was written ("no" is a word here)."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple, Union

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


Value = Union[Text, Rows, Fields]


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
        raise LexiconError(path, line, f"not valid YAML ({error.problem})", "Quote the text or fix the indent") from None
    if not isinstance(node, MappingNode):
        raise LexiconError(path, 1, "the file is not a mapping of sections", "Start it with 'source:'")
    value = _value(path, node)
    assert isinstance(value, Fields)
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
