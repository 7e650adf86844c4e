"""Removing what patients wrote, and proving who did what."""

from __future__ import annotations

from dataclasses import asdict

import typer

from bot.cli.terms import open_services, stop

app = typer.Typer()
audit_app = typer.Typer(help="The audit trail.", no_args_is_help=True)


@app.command()
def purge(
    dry_run: bool = typer.Option(False, "--dry-run", help="Only say what would be removed."),
) -> None:
    """Remove what has been kept longer than the AFTERCARE_RETENTION_... settings say; the server does so daily.

    Nothing of an open escalation is removed.
    """
    from bot.privacy.purge import Retention
    from bot.privacy.purge import purge as run

    services = open_services()
    try:
        removed = run(services.database, Retention.of(services.settings), services.now(), dry_run=dry_run)
    except ValueError as error:
        stop(str(error))
    counts = ", ".join(f"{count} {name}" for name, count in asdict(removed).items() if count)
    typer.echo(f"{'Would remove' if dry_run else 'Removed'}: {counts or 'nothing'}.")


@app.command()
def forget(
    conversation: str = typer.Argument(..., help="Id of the conversation: see `escalations --json`."),
    force: bool = typer.Option(False, "--force", help="Even while it has an open escalation."),
) -> None:
    """Forget a person who asks for it: messages, contact, and their words in the escalations of the conversation.

    That there was an escalation, when, for which symptom and how it ended stays, and so does the audit trail.
    """
    from bot.conversation.recovery.spool import Spool
    from bot.privacy.forget import NoConversation, StillOpen
    from bot.privacy.forget import forget as run

    services = open_services()
    if Spool(services.settings.spool_file).holds(conversation):
        stop("A message of this person waits in the spool. Start the server, which files it, and forget again.")
    try:
        gone = run(services.database, conversation, "command line", services.now(), force=force)
    except NoConversation:
        stop("There is no conversation with this id.")
    except StillOpen:
        stop("The conversation has an open escalation: close it first, or add --force.")
    typer.echo(f"Forgotten: {gone.messages} messages, and the words in {gone.escalations} escalations.")


@audit_app.callback()
def group() -> None:
    """The audit trail: who did what in the console."""


@audit_app.command("verify")
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
