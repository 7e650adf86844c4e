"""What the torture tests found: one table at the end, and in the full form the same as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

Figure = int | float | str


@dataclass(frozen=True)
class Row:
    test: str
    must_be: str
    figures: dict[str, Figure]


@dataclass
class Results:
    full: bool
    rows: list[Row] = field(default_factory=list)

    def add(self, test: str, must_be: str, **figures: Figure) -> None:
        """One row: the test's name, what the figures must be, and the figures by name.

        Call it before the assertions, so that what failed is in the table too.
        """
        self.rows.append(Row(test, must_be, figures))

    def table(self) -> list[str]:
        """The rows as lines of text, in columns."""
        cells = [(row.test, _words(row.figures), row.must_be) for row in self.rows]
        cells.insert(0, ("test", "figures", "must be"))
        widths = [max(len(line[column]) for line in cells) for column in range(3)]
        return [
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells
        ]

    def write(self, path: Path) -> None:
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps([asdict(row) for row in self.rows], indent=2) + "\n", encoding="utf-8")


def _words(figures: dict[str, Figure]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {_figure(value)}" for name, value in figures.items())


def _figure(value: Figure) -> str:
    return value if isinstance(value, str) else f"{value:,}"
