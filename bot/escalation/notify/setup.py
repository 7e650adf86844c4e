"""Whether the clinic's notifications can work at all: for ``aftercare check``, the start and the console."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.engine import Connection

from bot.clinic import Notifications
from bot.escalation import outbox
from bot.escalation.notify.sending import is_address
from bot.settings import Settings, SettingsError


def route_problems(notifications: Notifications, settings: Settings) -> Iterator[str]:
    """What is wrong with the routes' addresses, by the names of route and variable alone."""
    for route, variable in notifications.routes.items():
        try:
            address = settings.variable(variable)
        except SettingsError as error:
            yield f"notifications.routes.{route}: {error}"
            continue
        if not is_address(str(address)):
            yield (
                f"notifications.routes.{route}: {variable} holds no address that apprise knows; "
                "docs/notifications.md has examples"
            )


def setup_warnings(notifications: Notifications) -> list[str]:
    """What staff should know of the way that notifications are set up."""
    if not notifications.routes:
        return [
            "No notification route is set up: nobody is told of an escalation; staff see it only on the open staff "
            "list (docs/notifications.md)."
        ]
    return [
        f"The ladder for {disposition} notifies nobody while the office is {hours} (docs/notifications.md)."
        for disposition, hours in notifications.silent()
    ]


def staff_warnings(connection: Connection, notifications: Notifications) -> list[str]:
    """What the console shows above everything else: how notifications are set up, and what could not be delivered."""
    warnings = setup_warnings(notifications)
    if letters := outbox.dead_letters(connection):
        routes = ", ".join(
            sorted({letter.route if letter.kind == outbox.NOTIFY else letter.kind for letter in letters})
        )
        warnings.append(f"Could not be delivered: {len(letters)} (by {routes}). See: aftercare notify list")
    return warnings
