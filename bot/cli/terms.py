"""What the commands share: the way to stop with an error, and the services of this installation."""

from __future__ import annotations

from typing import Any, NoReturn

import typer


def stop(message: str) -> NoReturn:
    """Ends the command with status 2 and a message that says what to do."""
    typer.echo(f"aftercare: {message}", err=True)
    raise SystemExit(2)


def open_services() -> Any:
    from bot.services import services

    return services()
