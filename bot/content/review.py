"""What no clinician of the clinic has signed yet."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from bot.clinical.lexicon import yaml_lines
from bot.content.problem import Notice
from bot.content.responses import is_clinical
from bot.triage.protocol import Protocol
from bot.wording import Wording


def unreviewed(
    protocol: Protocol | None, lexicon: Path | None, wording: Wording | None, advised: Collection[str]
) -> Iterator[Notice]:
    """One notice for each kind of content, without names where that is all of it; what could not be read is left
    out."""
    if protocol is not None:
        rows = {row.id: row.reviewed_by for row in protocol.criteria}
        rows |= {f"question {kind.value}": row.reviewed_by for kind, row in protocol.questions.items()}
        yield from _notice("rows of the protocol", rows)
    if lexicon is not None:
        files = {file: yaml_lines.read(file) for file in sorted(lexicon.glob("*.yml"))}
        yield from _notice(
            "files of the lexicon",
            {file.name: yaml_lines.text(file, fields, "reviewed_by") for file, fields in files.items()},
        )
    if wording is not None:
        clinical = [name for name in sorted(wording.names()) if is_clinical(name, wording, advised)]
        signed = {name: min(item.reviewed_by for item in wording.variations(name)) for name in clinical}
        yield from _notice("clinical responses", signed)


def _notice(what: str, signed: dict[str, str]) -> Iterator[Notice]:
    names = tuple(name for name, by in signed.items() if not by)
    if names:
        all_of_it = len(names) == len(signed)
        yield Notice(f"{len(names)} of {len(signed)} {what} not reviewed yet", () if all_of_it else names)
