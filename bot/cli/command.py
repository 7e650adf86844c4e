"""The command itself, made of its groups."""

from __future__ import annotations

import logging
import sys

import typer

from bot.cli import content, measuring, privacy, running, staff, stored
from bot.cli.outgoing import notify, texts
from bot.cli.terms import stop
from bot.settings import SettingsError

app = typer.Typer(
    help="Aftercare: answers aftercare questions and escalates red flags to the clinic's staff.",
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(staff.app, name="staff")
app.add_typer(privacy.audit_app, name="audit")
app.add_typer(stored.database_app, name="db")
app.add_typer(notify.app, name="notify")
app.add_typer(texts.app, name="sms")
for group in (running.app, measuring.app, stored.app, content.app, privacy.app):
    app.add_typer(group)


def main() -> None:
    if not sys.warnoptions:
        # Rasa 3.6 and its pins warn of their own age by the dozen; nobody who runs the server can mend that.
        logging.captureWarnings(True)
        logging.getLogger("py.warnings").setLevel(logging.ERROR)
    try:
        app()
    except SettingsError as error:
        stop(str(error))


@app.callback(invoke_without_command=True)
def default(context: typer.Context) -> None:
    """Without a command: serve."""
    if context.invoked_subcommand is None:
        running.serve(dev=False, host=running.LOOPBACK[0], port=0)
