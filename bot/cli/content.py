"""What patients read: its checks, and what it leaves open."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import typer

from bot.cli.terms import open_services
from bot.settings import ROOT, Settings

if TYPE_CHECKING:
    from bot.content.lint import Report

app = typer.Typer()


@app.command()
def check() -> None:
    """Check the content: clinic profile, protocol, lexicon and responses; exit status 1 where something is wrong.

    Every text is filled with the clinic's own values. What no clinician has signed yet is a notice.
    """
    from bot.content.command import lines
    from bot.content.lint import lint

    settings = Settings.load()
    report = lint(ROOT, settings.clinic_file, datetime.now(timezone.utc))
    _check_notifications(settings, report)
    for line in lines(report):
        typer.echo(line)
    if report.problems:
        raise typer.Exit(1)


def _check_notifications(settings: Settings, report: Report) -> None:
    """Adds to the report what is wrong with the way that staff are notified."""
    from bot.clinic import ClinicError, ClinicProfile
    from bot.content.problem import Notice, Problem
    from bot.escalation.notify.notice import NoticeError, NoticeTemplate
    from bot.escalation.notify.setup import route_problems, setup_warnings

    try:
        NoticeTemplate.load(ROOT / "data" / "notification.txt")
    except NoticeError as error:
        report.problems.append(Problem("", str(error)))
    try:
        notifications = ClinicProfile.load(settings.clinic_file).notifications
    except ClinicError:
        return  # the lint has said so
    report.problems += [Problem("", what) for what in route_problems(notifications, settings)]
    report.notices += [Notice(warning) for warning in setup_warnings(notifications)]


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
