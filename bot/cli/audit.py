"""The audit trail."""

from __future__ import annotations

import typer

from bot.cli.terms import open_services, stop

app = typer.Typer(help="The audit trail.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """The audit trail: who did what in the console."""


@app.command("verify")
def verify(
    witness: str = typer.Option("", help="What an earlier run printed last, ID:HASH: that entry must still be there."),
) -> None:
    """Check that no entry of the audit trail was changed, removed, added or swapped; exit status 1 if one was.

    Prints the newest entry as ID:HASH. Kept outside the database, it is the witness of a later run.
    """
    from bot.escalation import audit

    number, _, digest = witness.partition(":")
    if witness and not (number.isdigit() and digest):
        stop("--witness must be what an earlier run printed: ID:HASH")
    with open_services().database.read() as connection:
        faults = audit.verify(connection, (int(number), digest) if witness else None)
        last_id, last_hash = audit.head(connection)
    for fault in faults:
        typer.echo(f"{f'entry {fault.id}' if fault.id else 'the trail'}: {fault.what}", err=True)
    if faults:
        raise typer.Exit(1)
    typer.echo(f"The audit trail is whole. Newest entry: {last_id}:{last_hash}")
