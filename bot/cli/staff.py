"""Accounts of the staff console."""

from __future__ import annotations

import typer

from bot.cli.terms import open_services, stop

app = typer.Typer(help="Accounts of the staff console.", no_args_is_help=True)


@app.command("add")
def add(name: str = typer.Argument(..., help="The name to sign in with.")) -> None:
    """Make an account; asks for its password."""
    from bot.console.accounts import AccountError, add_account

    password = typer.prompt("Password (at least 12 characters)", hide_input=True, confirmation_prompt=True)
    services = open_services()
    services.database.migrate()
    try:
        add_account(services.database, name, password, services.now())
    except AccountError as error:
        stop(str(error))
    typer.echo(f"{name} can now sign in at /staff.")


@app.command("list")
def show() -> None:
    """List the accounts."""
    from bot.console.accounts import list_accounts

    for account in list_accounts(open_services().database):
        typer.echo(f"{account.name}  {'disabled' if account.disabled_at else 'active'}")


@app.command("disable")
def disable(name: str = typer.Argument(..., help="The account to disable.")) -> None:
    """Disable an account: it can no longer sign in, and is signed out."""
    from bot.console.accounts import AccountError, disable_account

    services = open_services()
    try:
        disable_account(services.database, name, services.now())
    except AccountError as error:
        stop(str(error))
    typer.echo(f"{name} is disabled.")
