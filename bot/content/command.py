"""What ``aftercare check`` prints."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from bot.content.lint import Report

_WIDTH = 110


def lines(report: Report) -> Iterator[str]:
    """What was checked, the problems, the notices with their names, and the count."""
    yield from report.checked
    yield from (f"error: {problem}" for problem in report.problems)
    for notice in report.notices:
        yield f"notice: {notice.what}"
        yield from textwrap.wrap(
            ", ".join(notice.names), _WIDTH, initial_indent="    ", subsequent_indent="    ", break_long_words=False
        )
    yield f"{_counted(len(report.problems), 'error')}, {_counted(len(report.notices), 'notice')}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
