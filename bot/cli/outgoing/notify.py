"""Notifications of staff: trying the routes, and what could not be delivered."""

from __future__ import annotations

from typing import Any

import typer

from bot.cli.terms import open_services, stop

app = typer.Typer(help="Notifications of staff.", no_args_is_help=True)


@app.command("test")
def try_routes(route: str = typer.Argument("", help="The route's name in the clinic's profile. Default: all.")) -> None:
    """Send a test message to each route and say what happened; exit status 1 if one was not sent."""
    services = open_services()
    routes = services.clinic.notifications.routes
    if not routes:
        stop("the clinic's profile has no route. docs/notifications.md sets one up")
    if route and route not in routes:
        stop(f"no route {route}; there are: {', '.join(routes)}")
    sent = [_try(services, name) for name in routes if route in ("", name)]
    if not all(sent):
        raise typer.Exit(1)


@app.command("list")
def show() -> None:
    """List what could not be delivered, the newest first."""
    from bot.escalation.outbox import dead_letters

    with open_services().database.read() as connection:
        letters = dead_letters(connection)
    for letter in letters:
        about = letter.escalation_id or f"message {letter.message_id}"
        route = letter.route if letter.kind == "notify" else ""
        typer.echo(
            f"{letter.dead_at:%Y-%m-%d %H:%M}Z  {letter.kind:6} {route:20} {about:16} "
            f"{letter.attempts:3} attempts  {letter.error}"
        )
    if not letters:
        typer.echo("Nothing was given up.")


@app.command("retry")
def retry() -> None:
    """Try again to deliver all that was given up. What somebody has acknowledged meanwhile is not sent."""
    from bot.escalation.outbox import revive

    services = open_services()
    with services.database.write() as connection:
        count = revive(connection, services.now())
    typer.echo(f"{count} to deliver again; a running server does it.")


def _try(services: Any, route: str) -> bool:
    from bot.escalation.dispatcher import Retry
    from bot.escalation.notify.deliverer import trial_notice
    from bot.escalation.notify.sending import send
    from bot.settings import SettingsError

    try:
        address = services.settings.variable(services.clinic.notifications.routes[route])
        send(str(address), trial_notice(services.notice, services.clinic, services.now(), route))
    except (Retry, SettingsError) as error:
        typer.echo(f"{route:20} not sent: {error}")
        return False
    typer.echo(f"{route:20} sent; see whether it arrived")
    return True
