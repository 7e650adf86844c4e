"""What the database holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typer

from bot.cli.terms import open_services, stop
from bot.settings import Settings

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


@app.command()
def backup(
    to: str = typer.Argument(..., help="File to write, or a folder in which it is named after the time."),
) -> None:
    """Copy everything that is kept to a file, while the server works. Not the secret key: keep that apart."""
    from bot.backup import BackupError, make

    services = open_services()
    settings = services.settings
    try:
        path, rows = make(services.database, settings.spool_file, str(settings.secret_key), Path(to), services.now())
    except BackupError as error:
        stop(str(error))
    typer.echo(f"Written: {path} ({rows} rows, {path.stat().st_size / 1e6:.1f} MB)")
    typer.echo("It holds what patients wrote: keep it encrypted. The secret key is not in it, and is needed with it.")


@app.command()
def restore(
    source: str = typer.Argument(..., help="A file that `aftercare backup` wrote."),
    lost_key: bool = typer.Option(
        False, "--lost-key", help="Without the backup's secret key: second factors must be set up anew."
    ),
) -> None:
    """Fill a fresh database and data folder from a backup, of either engine, and check the audit trail.

    Exit status 1 when the audit trail is not whole. Start the server afterwards, not before.
    """
    from bot.backup import BackupError
    from bot.backup import restore as run

    if not lost_key and not Settings.load().has_key():
        stop(
            "the secret key of the backup is needed: set AFTERCARE_SECRET_KEY, "
            "or put its file secret_key into the data folder"
        )
    services = open_services()
    settings = services.settings
    try:
        done = run(
            services.database,
            settings.spool_file,
            str(settings.secret_key),
            Path(source),
            lost_key=lost_key,
        )
    except BackupError as error:
        stop(str(error))
    typer.echo(f"Restored what was kept at {done.made_at}: {done.rows} rows, {done.spooled} spooled messages.")
    for fault in done.faults:
        typer.echo(f"audit trail: {f'entry {fault.id}: ' if fault.id else ''}{fault.what}", err=True)
    if done.faults:
        raise typer.Exit(1)
    typer.echo(f"The audit trail is whole. Newest entry: {done.head[0]}:{done.head[1]}")
    typer.echo("Now run aftercare purge, and forget again whom you have forgotten since.")
