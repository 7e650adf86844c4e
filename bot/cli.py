"""The ``aftercare`` command."""

from __future__ import annotations

import json
import logging
import socket
import subprocess
import sys
from dataclasses import asdict
from datetime import datetime, timezone
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.settings import ROOT, Settings, SettingsError

app = typer.Typer(
    help="Aftercare: answers aftercare questions and escalates red flags to the clinic's staff.",
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
)
staff_app = typer.Typer(help="Accounts of the staff console.", no_args_is_help=True)
database_app = typer.Typer(help="The database.", no_args_is_help=True)
app.add_typer(staff_app, name="staff")
app.add_typer(database_app, name="db")

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def main() -> None:
    if not sys.warnoptions:
        # Rasa 3.6 and its pins warn of their own age by the dozen; nobody who runs the server can mend that.
        logging.captureWarnings(True)
        logging.getLogger("py.warnings").setLevel(logging.ERROR)
    try:
        app()
    except SettingsError as error:
        _stop(str(error))


@app.callback(invoke_without_command=True)
def default(context: typer.Context) -> None:
    """Without a command: serve."""
    if context.invoked_subcommand is None:
        serve()


@app.command()
def serve(
    dev: bool = typer.Option(False, "--dev", help="Development: REST without a token. Listens on loopback only."),
    host: str = typer.Option("127.0.0.1", help="Address to listen on."),
    port: int = typer.Option(0, help="Port to listen on. Default: PORT, else 8000.", show_default=False),
) -> None:
    """Train if no model fits the data, bring the database up to date, and serve chat, REST and console."""
    if dev and host not in LOOPBACK:
        _stop("--dev leaves the REST channel open to everyone, so it listens on loopback only. Leave out --host.")
    from bot.rasa_agent.training import ModelError, find_model
    from bot.services import Services

    settings = Settings.load(dev=dev).prepare()
    services = Services(settings)
    _check_content(services)
    try:
        find_model()
    except ModelError:
        typer.echo("No trained model fits the data: training one (about a minute) ...")
        trained = subprocess.run([sys.executable, "-m", "bot.cli", "train", "--force"], cwd=ROOT)
        if trained.returncode != 0:
            typer.echo("Serving without a model: patients get the safe reply until a model is trained.", err=True)
    _check_port(host, port or settings.port)
    services.database.migrate()
    _serve(services, host, port or settings.port)


def _check_port(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            _stop(f"cannot listen on {host} port {port}: {error.strerror}. Choose another port: --port, or PORT=...")


def _serve(services: Any, host: str, port: int) -> None:
    import uvicorn

    from bot import logs
    from bot.app import create_app

    logs.set_up()
    address = f"http://{'localhost' if host in LOOPBACK else host}:{port}"
    typer.echo(f"Chat {address}/  ·  staff console {address}/staff  ·  health {address}/readyz  ·  docs README.md")
    if services.settings.dev:
        typer.echo("Development mode: the REST channel needs no token. To sign in to the console, make an account:")
        typer.echo("  .venv/bin/aftercare staff add NAME")
    uvicorn.run(
        create_app(services), host=host, port=port, log_config=None, access_log=False, server_header=False, ws="none"
    )


@app.command()
def train(force: bool = typer.Option(False, "--force", help="Train even if a model fits the data.")) -> None:
    """Train the model; skipped when config, domain and data have not changed."""
    from bot.rasa_agent import training

    if not force:
        try:
            typer.echo(f"Nothing has changed: {training.find_model().name}")
            return
        except training.ModelError:
            pass
    typer.echo("Training ...")
    try:
        typer.echo(f"Trained {training.train().name}")
    except training.ModelError as error:
        _stop(str(error))


@app.command()
def triage(
    file: Annotated[
        typer.FileBinaryRead, typer.Argument(help='JSON Lines: {"id"?, "text", "previous"?}. Default: standard input.')
    ] = "-",  # type: ignore[assignment]
    explain: bool = typer.Option(
        False,
        "--explain",
        help="Readable text: the words behind every finding, and each criterion that fired.",
    ),
) -> None:
    """Run the clinical screen on messages, one a line: JSON Lines in, JSON Lines out.

    "previous" is the bot's last question. A line that cannot be read is reported with its number, the rest
    goes on, and the exit status is 1.
    """
    from bot.batch.account import account
    from bot.batch.message import Message
    from bot.screen import Screen

    screen = Screen.default()
    failed = False
    for number, line in enumerate(file, start=1):
        if not line.strip():
            continue
        try:
            message = Message.parse(line, screen.reader)
            typer.echo(account(screen, message) + "\n" if explain else json.dumps(message.record(screen)))
        except ValueError as error:
            failed = True
            typer.echo(f"line {number}: {error}", err=True)
    if failed:
        raise typer.Exit(1)


@app.command()
def evaluate(
    path: Annotated[
        Path, typer.Argument(help="A .jsonl file of labelled messages, a .yml file of conversations, or a folder.")
    ],
    report: Annotated[Path | None, typer.Option(help="Write an HTML report to this file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of tables.")] = False,
) -> None:
    """Measure triage on labelled messages, and replay written conversations through the whole bot.

    The formats are in docs/evaluation.md. A label that cannot be read is reported with its file and line, and the
    rest goes on. Exit status 1: such lines, or a conversation that does not go as written.
    """
    from bot.evaluation.command import evaluate as run

    raise typer.Exit(run(path, report, as_json, sys.stdout, sys.stderr))


@app.command()
def escalations(
    open_only: bool = typer.Option(False, "--open", help="Only those that are not closed."),
    as_json: bool = typer.Option(False, "--json", help="JSON Lines instead of a table."),
) -> None:
    """List escalations, most urgent first."""
    listed = _services().escalations.list(open_only)
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


@app.command()
def check() -> None:
    """Check the content: clinic profile, protocol, lexicon and responses; exit status 1 where something is wrong.

    Every text is filled with the clinic's own values. What no clinician has signed yet is a notice.
    """
    from bot.content.command import lines
    from bot.content.lint import lint

    report = lint(ROOT, Settings.load().clinic_file, datetime.now(timezone.utc))
    for line in lines(report):
        typer.echo(line)
    if report.problems:
        raise typer.Exit(1)


@app.command()
def questions(
    as_json: bool = typer.Option(False, "--json", help="JSON Lines instead of a table."),
    limit: int = typer.Option(100, min=1, help="At most so many."),
) -> None:
    """List the questions that the instructions do not answer, the most frequent first."""
    from bot.records.unanswered import list_unanswered

    with _services().database.read() as connection:
        listed = list_unanswered(connection, limit)
    for item in listed:
        if as_json:
            typer.echo(json.dumps(asdict(item), default=datetime.isoformat))
        else:
            channels = ", ".join(item.channels)
            typer.echo(f"{item.count:5}  {item.last_asked:%Y-%m-%d}  {channels:16}  {item.text!r}")
    if not listed and not as_json:
        typer.echo("No unanswered questions.")


@staff_app.command("add")
def staff_add(name: str = typer.Argument(..., help="The name to sign in with.")) -> None:
    """Make an account; asks for its password."""
    from bot.console.accounts import AccountError, add_account

    password = typer.prompt("Password (at least 12 characters)", hide_input=True, confirmation_prompt=True)
    services = _services()
    services.database.migrate()
    try:
        add_account(services.database, name, password, services.now())
    except AccountError as error:
        _stop(str(error))
    typer.echo(f"{name} can now sign in at /staff.")


@staff_app.command("list")
def staff_list() -> None:
    """List the accounts."""
    from bot.console.accounts import list_accounts

    for account in list_accounts(_services().database):
        typer.echo(f"{account.name}  {'disabled' if account.disabled_at else 'active'}")


@staff_app.command("disable")
def staff_disable(name: str = typer.Argument(..., help="The account to disable.")) -> None:
    """Disable an account: it can no longer sign in, and is signed out."""
    from bot.console.accounts import AccountError, disable_account

    services = _services()
    try:
        disable_account(services.database, name, services.now())
    except AccountError as error:
        _stop(str(error))
    typer.echo(f"{name} is disabled.")


@database_app.command("upgrade")
def database_upgrade() -> None:
    """Bring the database's schema to the newest version."""
    _services().database.migrate()
    typer.echo("The database is up to date.")


def _services() -> Any:
    from bot.services import services

    return services()


def _check_content(services: Any) -> None:
    """Stops with file, line and remedy where the content is wrong."""
    from bot.clinic import ClinicError
    from bot.clinical import LexiconError
    from bot.triage.protocol import ProtocolError
    from bot.wording import WordingError

    try:
        services.load_content()
    except (ClinicError, LexiconError, ProtocolError, WordingError) as error:
        _stop(str(error))


def _stop(message: str) -> None:
    typer.echo(f"aftercare: {message}", err=True)
    raise SystemExit(2)


if __name__ == "__main__":
    main()
