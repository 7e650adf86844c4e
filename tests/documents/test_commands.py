"""The commands that the documents name exist, with these options."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from bot.cli.command import app
from tests.documents.test_documents import ROOT

DOCUMENTS = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")])
COMMANDS: Any = typer.main.get_command(app)


def spans(text: str) -> Iterator[str]:
    """Lines of shell blocks, and short code."""
    blocks = re.findall(r"^ *```(?:sh|console)\n(.*?)^ *```", text, flags=re.M | re.S)
    for block in blocks:
        yield from block.splitlines()
    yield from re.findall(r"`([^`\n]+)`", re.sub(r"^ *```.*?^ *```", "", text, flags=re.M | re.S))


def named() -> list[tuple[str, tuple[str, ...]]]:
    """Each command of ours in a document, without what stands before it, a comment or a pipe after it."""
    found = set()
    for document in DOCUMENTS:
        for span in spans(document.read_text(encoding="utf-8")):
            for part in re.split(r"\s&&\s|\s\|\s|;\s", re.sub(r"(^|\s)#.*$", "", span)):
                words = shlex.split(part.replace("…", "").replace("...", ""))
                if len(words) > 1 and re.fullmatch(r"(\S*/)?aftercare", words[0]):
                    found.add((document.name, tuple(words[1:])))
    return sorted(found)


@pytest.mark.parametrize(
    ("document", "words"), named(), ids=lambda value: value if isinstance(value, str) else " ".join(value)
)
def test_each_named_command_exists(document: str, words: tuple[str, ...]) -> None:
    command: Any = COMMANDS
    rest = list(words)
    while rest and not rest[0].startswith("-") and hasattr(command, "commands"):
        assert rest[0] in command.commands, f"{document}: there is no aftercare {' '.join(words)}"
        command = command.commands[rest.pop(0)]
    options = {"--help", *(option for parameter in command.params for option in parameter.opts)}
    for word in rest:
        if word.startswith("--"):
            assert word.partition("=")[0] in options, f"{document}: aftercare {' '.join(words)} has no {word}"
    assert CliRunner().invoke(app, [*words[: len(words) - len(rest)], "--help"]).exit_code == 0


def test_the_documents_name_most_commands() -> None:
    assert len(named()) > 20
    said = {words[0] for _, words in named()}
    assert set(COMMANDS.commands) <= said, f"no document names {set(COMMANDS.commands) - said}"
