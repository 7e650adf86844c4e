"""Accounts of the staff console."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import typer

from bot.cli.terms import open_services, stop

app = typer.Typer(help="Accounts of the staff console.", no_args_is_help=True)

_NAME = typer.Argument(..., help="The name to sign in with.")
_ROLE = typer.Option("nurse", "--role", help="viewer: reads. nurse: works on cases. admin: accounts and audit too.")


@app.command("add")
def add(name: str = _NAME, role: str = _ROLE) -> None:
    """Make an account and print its one-time password, once.

    At the first sign-in its owner chooses a password and sets up the second factor.
    """
    from bot.console.people.accounts import add_account

    def make(connection: Any, now: Any) -> tuple[str, str]:
        account, password = add_account(connection, name, _role(role), now)
        return (
            "staff.account_made",
            f"{account.name} ({role}) can sign in at /staff with a one-time password:\n  {password}",
        )

    _change(name, make)


@app.command("list")
def show() -> None:
    """List the accounts."""
    from bot.console.people.accounts import list_accounts

    services = open_services()
    services.database.migrate()
    with services.database.read() as connection:
        for account in list_accounts(connection):
            state = "active" if account.active else "disabled"
            factor = "second factor" if account.has_second_factor else "no second factor yet"
            typer.echo(f"{account.name}  {account.role.value}  {state}  {factor}")


@app.command("disable")
def disable(name: str = _NAME) -> None:
    """Disable an account: it is signed out at once and can no longer sign in."""
    from bot.console.people.accounts import disable_account, find_by_name

    def change(connection: Any, now: Any) -> tuple[str, str]:
        disable_account(connection, find_by_name(connection, name).id, now)
        return "staff.account_disabled", f"{name} is disabled."

    _change(name, change)


@app.command("role")
def give_role(name: str = _NAME, role: str = typer.Argument(..., help="viewer, nurse or admin.")) -> None:
    """Give an account another role."""
    from bot.console.people.accounts import change_role, find_by_name

    def change(connection: Any, now: Any) -> tuple[str, str]:
        change_role(connection, find_by_name(connection, name).id, _role(role))
        return "staff.role_changed", f"{name} is {role} now."

    _change(name, change)


@app.command("reset")
def reset(name: str = _NAME) -> None:
    """Start an account over: a new one-time password, no second factor, signed out everywhere."""
    from bot.console.people.accounts import find_by_name, reset_account

    def change(connection: Any, now: Any) -> tuple[str, str]:
        password = reset_account(connection, find_by_name(connection, name).id)
        return "staff.account_reset", f"{name} can sign in at /staff with a one-time password:\n  {password}"

    _change(name, change)


def _role(value: str) -> Any:
    from bot.console.people.roles import Role

    try:
        return Role(value)
    except ValueError:
        stop("The role must be viewer, nurse or admin.")


def _change(name: str, change: Callable[[Any, Any], tuple[str, str]]) -> None:
    """Changes an account, with its entry in the audit trail, and says what ``change`` did once it is on disk."""
    from bot.console import trail
    from bot.console.people.accounts import AccountError

    services = open_services()
    services.database.migrate()
    now = services.now()
    try:
        with services.database.write() as connection:
            action, words = change(connection, now)
            trail.note(connection, "command line", action, f"staff/{name.strip()}", now)
    except AccountError as error:
        stop(str(error))
    typer.echo(words)
