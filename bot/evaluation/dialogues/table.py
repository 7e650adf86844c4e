"""The figures of replayed conversations as text for the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from bot.evaluation.dialogues.measures import DialogueGroup, DialogueMeasures
from bot.evaluation.table import cell, printable, side_by_side


def dialogues_as_text(measures: DialogueMeasures) -> str:
    """What the report holds of them, in at most 120 columns but for the messages."""
    count = measures.total.as_written.total
    blocks = [
        [f"{count:,} conversations replayed through the whole bot. Rates with 95 % intervals."],
        side_by_side(
            ["conversations", "as written", "turns: under-triage", "turns: over-triage"],
            [_row(name, group) for name, group in {"all": measures.total, **measures.files}.items()],
        ),
        list(_different(measures)),
    ]
    return "\n\n".join("\n".join(map(printable, block)) for block in blocks)


def _row(name: str, group: DialogueGroup) -> list[str]:
    return [name, *map(cell, (group.as_written, group.under_triage, group.over_triage))]


def _different(measures: DialogueMeasures) -> Iterator[str]:
    yield f"{len(measures.different)} not as written" + (":" if measures.different else "")
    for played, turn in measures.different:
        yield f"{played.dialogue.file}:{turn.turn.line}  {played.dialogue.title}"
        yield f"    {turn.turn.words}"
        yield from (f"    {words}" for words in turn.differences)
