"""The clinical screen on files, and how well it does."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()


@app.command()
def triage(
    file: Annotated[
        typer.FileBinaryRead, typer.Argument(help='JSON Lines: {"id"?, "text", "previous"?}. Default: standard input.')
    ] = "-",  # type: ignore[assignment]
    explain: bool = typer.Option(
        False,
        "--explain",
        help="Readable text: the words behind every finding, and each criterion that fired.",
    ),
) -> None:
    """Run the clinical screen on messages, one a line: JSON Lines in, JSON Lines out.

    "previous" is the bot's last question. A line that cannot be read is reported with its number, the rest
    goes on, and the exit status is 1.
    """
    from bot.batch.account import account
    from bot.batch.message import Message
    from bot.screen import Screen

    screen = Screen.default()
    failed = False
    for number, line in enumerate(file, start=1):
        if not line.strip():
            continue
        try:
            message = Message.parse(line, screen.reader)
            typer.echo(account(screen, message) + "\n" if explain else json.dumps(message.record(screen)))
        except ValueError as error:
            failed = True
            typer.echo(f"line {number}: {error}", err=True)
    if failed:
        raise typer.Exit(1)


@app.command()
def evaluate(
    path: Annotated[
        Path, typer.Argument(help="A .jsonl file of labelled messages, a .yml file of conversations, or a folder.")
    ],
    report: Annotated[Path | None, typer.Option(help="Write an HTML report to this file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of tables.")] = False,
) -> None:
    """Measure triage on labelled messages, and replay written conversations through the whole bot.

    The formats are in docs/evaluation.md. A label that cannot be read is reported with its file and line, and the
    rest goes on. Exit status 1: such lines, or a conversation that does not go as written.
    """
    from bot.evaluation.command import evaluate as run

    raise typer.Exit(run(path, report, as_json, sys.stdout, sys.stderr))
