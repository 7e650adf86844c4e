"""What patients read: its checks, and what it leaves open."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime, timezone

import typer

from bot.cli.terms import open_services
from bot.settings import ROOT, Settings

app = typer.Typer()


@app.command()
def check() -> None:
    """Check the content: clinic profile, protocol, lexicon and responses; exit status 1 where something is wrong.

    Every text is filled with the clinic's own values. What no clinician has signed yet is a notice.
    """
    from bot.content.command import lines
    from bot.content.lint import lint

    report = lint(ROOT, Settings.load().clinic_file, datetime.now(timezone.utc))
    for line in lines(report):
        typer.echo(line)
    if report.problems:
        raise typer.Exit(1)


@app.command()
def questions(
    as_json: bool = typer.Option(False, "--json", help="JSON Lines instead of a table."),
    limit: int = typer.Option(100, min=1, help="At most so many."),
) -> None:
    """List the questions that the instructions do not answer, the most frequent first."""
    from bot.records.unanswered import list_unanswered

    with open_services().database.read() as connection:
        listed = list_unanswered(connection, limit)
    for item in listed:
        if as_json:
            typer.echo(json.dumps(asdict(item), default=datetime.isoformat))
        else:
            channels = ", ".join(item.channels)
            typer.echo(f"{item.count:5}  {item.last_asked:%Y-%m-%d}  {channels:16}  {item.text!r}")
    if not listed and not as_json:
        typer.echo("No unanswered questions.")
