"""What a notification says: a template of the clinic, filled from the escalation when it is sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PLACEHOLDERS = frozenset({"clinic", "reference", "disposition", "time", "words", "list", "key"})
#: Without these a notification says too little, or one that comes twice is not known as the same.
NEEDED = frozenset({"reference", "disposition", "time", "key"})
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


class NoticeError(Exception):
    """The template cannot be used. The text names file, line and remedy."""


@dataclass(frozen=True)
class Notice:
    """One notification as it goes out."""

    title: str
    body: str
    #: Names this notification for ever: a second one with the same key is the same one.
    key: str
    #: How loud: "failure", "warning" or "info" in the words of apprise.
    level: str = "info"


@dataclass(frozen=True)
class NoticeTemplate:
    """The first line is the title."""

    lines: tuple[str, ...]

    @classmethod
    def load(cls, path: Path) -> NoticeTemplate:
        """Reads a template; lines that begin with # are remarks.

        Raises:
            NoticeError: it cannot be read, or something in it cannot be used.
        """
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise NoticeError(f"{path}: cannot be read ({type(error).__name__})") from None
        rows = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1)]
        rows = [(number, line) for number, line in rows if line and not line.startswith("#")]
        for number, line in rows:
            unknown = set(_PLACEHOLDER.findall(line)) - PLACEHOLDERS
            if unknown or re.search(r"[{}]", _PLACEHOLDER.sub("", line)):
                known = ", ".join(sorted(PLACEHOLDERS))
                raise NoticeError(f"{path}:{number}: unknown placeholder {sorted(unknown)}; known: {known}")
        if len(rows) < 2:
            raise NoticeError(f"{path}: must hold a title and at least one line more")
        if missing := NEEDED - {name for _, line in rows for name in _PLACEHOLDER.findall(line)}:
            raise NoticeError(f"{path}: must hold {', '.join(f'{{{name}}}' for name in sorted(missing))}")
        if "{words}" in rows[0][1]:
            raise NoticeError(f"{path}:{rows[0][0]}: a title is shown on locked screens; put {{words}} below it")
        return cls(tuple(line for _, line in rows))

    def fill(self, facts: Mapping[str, str], level: str = "info") -> Notice:
        """The notification. A line with a placeholder that has nothing to say is left out.

        Args:
            facts: a value for every placeholder; it may be empty.
        """
        title, *body = (
            _PLACEHOLDER.sub(lambda match: facts[match[1]], line)
            for line in self.lines
            if all(facts[name] for name in _PLACEHOLDER.findall(line))
        )
        return Notice(title, "\n".join(body), facts["key"], level)
