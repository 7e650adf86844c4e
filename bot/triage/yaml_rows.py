"""A YAML file as rows that know their line, so that every refusal can name it."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import YAMLError

from bot.triage.protocol import ProtocolError


def read_yaml(path: Path) -> tuple[bytes, Row]:
    """The file's bytes and its top row.

    Raises:
        ProtocolError: the file cannot be read, is no YAML, or does not start with named fields.
    """
    try:
        content = path.read_bytes()
        data = YAML(typ="rt").load(content.decode("utf-8"))
    except OSError as error:
        raise ProtocolError(path, 1, "the file cannot be read", f"Check that it exists: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ProtocolError(path, 1, "the file is not UTF-8 text", "Save it with the encoding UTF-8") from error
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = str(getattr(error, "problem", None) or "it is not valid YAML").strip().rstrip(".")
        line = mark.line + 1 if mark else 1
        remedy = "Check indentation, colons, quotes and repeated keys at this line"
        raise ProtocolError(path, line, problem, remedy) from error
    if not isinstance(data, CommentedMap):
        raise ProtocolError(path, 1, "the file does not start with named fields", "Start from the shipped protocol")
    return content, Row(path, data, "the protocol")


class Row:
    """One block of named fields; fields are taken one by one, and ``done`` refuses what is left over."""

    def __init__(self, path: Path, data: CommentedMap, name: str) -> None:
        self.path = path
        self.data = data
        self.name = name
        self.line: int = data.lc.line + 1
        self._asked: list[str] = []

    def names(self) -> list[str]:
        return [str(key) for key in self.data]

    def has(self, key: str) -> bool:
        self._asked.append(key)
        return key in self.data

    def line_of(self, key: str) -> int:
        return int(self.data.lc.key(key)[0]) + 1 if key in self.data else self.line

    def error(self, key: str, problem: str, remedy: str) -> ProtocolError:
        return ProtocolError(self.path, self.line_of(key), problem, remedy)

    def unknown_word(self, word: str, what: str, known: Sequence[str], under: str = "") -> ProtocolError:
        close = difflib.get_close_matches(word, known, n=1)
        hint = f"Did you mean {close[0]!r}? " if close else ""
        return self.error(under or word, f"unknown {what} {word!r}", f"{hint}Known: {', '.join(known)}")

    def done(self) -> None:
        for key in self.names():
            if key not in self._asked:
                raise self.unknown_word(key, "key", self._asked)

    def take(self, key: str) -> Any:
        if not self.has(key):
            raise self.error(key, f"{self.name} lacks the field {key!r}", f"Add {key}: to it")
        return self.data[key]

    def _typed(self, key: str, kind: type, wanted: str) -> Any:
        value = self.take(key)
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise self.error(key, f"{key!r} is not {wanted}", f"Write {wanted}")
        return value

    def text(self, key: str, default: str | None = None, empty: bool = False) -> str:
        if default is not None and not self.has(key):
            return default
        value = str(self._typed(key, str, "text in quotes")).strip()
        if not value and not empty:
            raise self.error(key, f"{key!r} is empty", "Write some text")
        return value

    def whole_number(self, key: str, at_least: int) -> int:
        value = int(self._typed(key, int, "a whole number"))
        if value < at_least:
            raise self.error(key, f"{key!r} is below {at_least}", f"Write {at_least} or more")
        return value

    def yes_no(self, key: str, default: bool) -> bool:
        value = self.data[key] if self.has(key) else ("yes" if default else "no")
        if value not in ("yes", "no"):
            raise self.error(key, f"{key!r} is neither yes nor no", "Write yes or no")
        return bool(value == "yes")

    def choice(self, key: str, allowed: Sequence[str], default: str | None = None) -> str:
        if default is not None and not self.has(key):
            return default
        value = self.take(key)
        if value not in allowed:
            raise self.unknown_word(str(value), key, allowed, under=key)
        return str(value)

    def response(self, key: str, optional: bool = False) -> str:
        """Name of a response; the patient's words themselves live in the response files."""
        value = self.text(key, default="" if optional else None, empty=optional)
        if (value or not optional) and not value.startswith("utter_"):
            raise self.error(key, f"the response {value!r} does not start with utter_", "Name a response, not words")
        return value

    def words(self, key: str) -> list[str]:
        values = self._typed(key, list, "a list such as [fever]")
        if not values or not all(isinstance(value, str) for value in values):
            raise self.error(key, f"{key!r} is not a list of words", "Write a list such as [fever]")
        return [str(value) for value in values]

    def texts(self, key: str) -> dict[str, str]:
        """A block of named texts."""
        block = self.row(key)
        return {name: block.text(name) for name in block.names()}

    def row(self, key: str) -> Row:
        value = self._typed(key, CommentedMap, "a block of named fields")
        return Row(self.path, value, f"{key!r}")

    def rows(self, key: str) -> list[Row]:
        values = self._typed(key, list, "a list of rows, each with a dash")
        rows: list[Row] = []
        for place, value in enumerate(values):
            if not isinstance(value, CommentedMap):
                line = int(values.lc.item(place)[0]) + 1
                raise ProtocolError(self.path, line, f"a row of {key!r} has no fields", "Write fields with names")
            rows.append(Row(self.path, value, f"row {value.get('id') or value.get('kind') or place + 1} of {key}"))
        return rows
