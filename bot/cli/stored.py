"""What the database holds."""

from __future__ import annotations

import json
from typing import Any

import typer

from bot.cli.terms import open_services

app = typer.Typer()
database_app = typer.Typer(help="The database.", no_args_is_help=True)


@app.command()
def escalations(
    open_only: bool = typer.Option(False, "--open", help="Only those that are not closed."),
    as_json: bool = typer.Option(False, "--json", help="JSON Lines instead of a table."),
) -> None:
    """List escalations, most urgent first."""
    listed = open_services().escalations.list(open_only)
    for item in listed:
        if as_json:
            typer.echo(json.dumps(_escalation_dict(item)))
        else:
            words = "; ".join(f"{row['symptom']}: {row['text']!r}" for row in item.findings if row["text"])
            typer.echo(
                f"{item.id}  {item.opened_at:%Y-%m-%d %H:%M}Z  {item.channel:8} {item.disposition.value:10} "
                f"{item.status.value:13} {item.origin.value:10} {words}"
            )
    if not listed and not as_json:
        typer.echo("No escalations.")


def _escalation_dict(item: Any) -> dict[str, Any]:
    return {
        "id": item.id,
        "time": item.opened_at.isoformat(),
        "conversation": item.conversation_id,
        "channel": item.channel,
        "disposition": item.disposition.value,
        "findings": [dict(row) for row in item.findings],
        "criteria": [row["id"] for row in item.criteria],
        "notes": [row["note"] for row in item.notes],
        "status": item.status.value,
        "origin": item.origin.value,
        "priority": item.priority,
    }


@database_app.command("upgrade")
def database_upgrade() -> None:
    """Bring the database's schema to the newest version."""
    open_services().database.migrate()
    typer.echo("The database is up to date.")
