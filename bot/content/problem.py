"""What the lint finds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """Something that a patient may not meet; it must be put right."""

    #: File and line, or the name of a response.
    where: str
    #: What is wrong, and the remedy.
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" if self.where else self.what


@dataclass(frozen=True)
class Notice:
    """Something that the clinic should know; nothing is wrong."""

    what: str
    #: What it is about, by name.
    names: tuple[str, ...] = ()
