"""A part of the clinic's profile that knows its line numbers, so that every refusal names the place and the remedy."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, NoReturn


class ClinicError(Exception):
    """The profile cannot be used. The text names file, line, field and remedy."""


class Section:
    """A mapping of the file that knows its line numbers; every key must be expected, and every one be there."""

    def __init__(self, source: str, path: str, data: Any, line: int, keys: Sequence[str]) -> None:
        self.source, self.path, self.data, self.line = source, path, data, line
        if not isinstance(data, dict):
            self.refuse("", f"must hold the fields {', '.join(keys)}")
        for key in data:
            if key not in keys:
                self.refuse(str(key), f"is not a field here; known: {', '.join(keys)}")
        for key in keys:
            if key not in data:
                self.refuse(key, "is missing; copy it from the example data/clinic.yml")

    def section(self, key: str, keys: Sequence[str]) -> Section:
        return Section(self.source, f"{self.path}{key}.", self.data[key], self.line_of(key), keys)

    def sections(self, key: str, keys: Sequence[str]) -> list[Section]:
        """The entries of a list of mappings."""
        value = self.data[key]
        if not isinstance(value, list):
            self.refuse(key, "must be a list; [] is an empty one")
        return [
            Section(self.source, f"{self.path}{key}[{number}].", item, int(self.data[key].lc.item(number)[0]) + 1, keys)
            for number, item in enumerate(value)
        ]

    def text(self, key: str, limit: int, empty: bool = False) -> str:
        value = self.data[key]
        if empty and value in (None, ""):
            return ""
        if not isinstance(value, str) or not value.strip():
            self.refuse(key, "must be text; put it in quotation marks")
        if len(value) > limit or not value.isprintable() or re.search(r"[{}<>]", value):
            self.refuse(key, f"must be one line of at most {limit} characters, without brackets {{}} <>")
        return str(value.strip())

    def items(self, key: str, what: str, read: Callable[[Any], Any]) -> tuple[Any, ...]:
        """The entries of a list, each through ``read``, which raises ValueError for one that cannot be used."""
        value = self.data[key]
        if not isinstance(value, list):
            self.refuse(key, f"must be a list of {what}; [] is an empty one")
        try:
            return tuple(read(item) for item in value)
        except (ValueError, TypeError):
            self.refuse(key, f"must be a list of {what}")

    def refuse(self, key: str, remedy: str) -> NoReturn:
        name = f"{self.path}{key}".rstrip(".") or "the file"
        raise ClinicError(f"{self.source}:{self.line_of(key)}: {name} {remedy}")

    def line_of(self, key: str) -> int:
        known = isinstance(self.data, dict) and key in self.data
        return int(self.data.lc.key(key)[0]) + 1 if known else self.line
