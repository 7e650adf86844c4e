"""The measures as text for the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from bot.evaluation.measures import GroupMeasures, Measures
from bot.evaluation.phrases import (
    SUMMARY_ROWS,
    counted,
    expected_words,
    finding_words,
    interval,
    message_words,
    percent,
)
from bot.evaluation.replay import Case
from bot.evaluation.wilson import Rate
from bot.triage.model import Disposition


def as_text(measures: Measures) -> str:
    """Everything the report holds, in at most 120 columns but for the messages."""
    protocol = measures.protocol_version or "-"
    blocks = [
        [f"{measures.lines:,} labelled messages, protocol {protocol}. Rates with 95 % intervals."],
        side_by_side(["", "", "", ""], [[name, *_cells(rate)] for name, rate in _summary(measures)]),
        side_by_side(
            ["key", "found where present", "unflagged where only named", "under-triage", "over-triage"],
            [
                [key, *map(cell, (item.sensitivity, item.specificity, item.under_triage, item.over_triage))]
                for key, item in measures.keys.items()
            ],
        ),
        _groups("file", measures.files),
        *([_groups("group", measures.groups)] if measures.groups else []),
        _confusion(measures),
        list(_misses(measures.misses)),
    ]
    return "\n\n".join("\n".join(map(printable, block)) for block in blocks)


def printable(line: str) -> str:
    """Nothing that a terminal would obey, wherever it came from: a message, an id, a file's name."""
    return "".join(char if char.isprintable() else " " for char in line)


def _summary(measures: Measures) -> Iterator[tuple[str, Rate]]:
    for name, words, _ in SUMMARY_ROWS:
        rate: Rate = getattr(measures.summary, name)
        if rate.total:
            yield words, rate


def _groups(title: str, groups: dict[str, GroupMeasures]) -> list[str]:
    return side_by_side(
        [title, "lines", "found", "unflagged", "under-triage", "over-triage", "urgent or worse"],
        [
            [
                name,
                str(item.lines),
                *map(_short, (item.found, item.unflagged, item.under_triage, item.over_triage)),
                cell(item.alarms),
            ]
            for name, item in groups.items()
        ],
    )


def _confusion(measures: Measures) -> list[str]:
    return side_by_side(
        ["expected \\ given", *(given.value for given in Disposition)],
        [
            [wanted.value, *(str(count or ".") for count in row.values())]
            for wanted, row in measures.confusion.items()
            if any(row.values())
        ],
    )


def _misses(misses: tuple[Case, ...]) -> Iterator[str]:
    yield f"{len(misses)} misses" + (":" if misses else "")
    for case in misses:
        found = "; ".join(finding_words(item) for item in case.result.findings.items) or "nothing"
        yield f"{case.label.place} {case.label.id}  {', '.join(case.problems)}"
        yield f"    {message_words(case.label)}"
        yield f"    expected {expected_words(case)}; given {case.given.value}; found {found}"


def _cells(rate: Rate) -> list[str]:
    return [counted(rate), percent(rate), interval(rate)]


def cell(rate: Rate) -> str:
    """Count, percentage and interval."""
    return f"{counted(rate)} {percent(rate)} ({interval(rate)})" if rate.total else "-"


def _short(rate: Rate) -> str:
    return f"{counted(rate)} {percent(rate)}" if rate.total else "-"


def side_by_side(header: list[str], rows: list[list[str]]) -> list[str]:
    """Columns side by side, the first to the left, the others to the right; a header of empty names is left out."""
    shown = [header, *rows] if any(header) else rows
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    first, *others = widths
    return ["  ".join([row[0].ljust(first), *map(str.rjust, row[1:], others)]).rstrip() for row in shown]
