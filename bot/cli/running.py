"""Serving and training."""

from __future__ import annotations

import gc
import socket
import subprocess
import sys
from dataclasses import replace
from typing import Any

import typer

from bot.cli.terms import stop
from bot.settings import ROOT, Settings

app = typer.Typer()

LOOPBACK = ("127.0.0.1", "localhost", "::1")
#: Turns in flight are finished when the server is told to end: longer than any takes.
ENDING_SECONDS = 20


@app.command()
def serve(
    dev: bool = typer.Option(False, "--dev", help="Development: REST without a token. Listens on loopback only."),
    host: str = typer.Option("127.0.0.1", help="Address to listen on."),
    port: int = typer.Option(0, help="Port to listen on. Default: PORT, else 8000.", show_default=False),
) -> None:
    """Train if no model fits the data, bring the database up to date, and serve chat, REST and console."""
    if dev and host not in LOOPBACK:
        stop("--dev leaves the REST channel open to everyone, so it listens on loopback only. Leave out --host.")
    # Imports make hundreds of thousands of objects that stay: looking through them again and again is a quarter of
    # the start. The Agent turns it on again when the model is there.
    gc.disable()
    from bot.rasa_agent.training import ModelError, find_model
    from bot.services import Services

    settings = Settings.load(dev=dev).prepare()
    settings = replace(settings, port=port or settings.port)
    services = Services(settings)
    _check_content(services)
    try:
        find_model()
    except ModelError:
        typer.echo("No trained model fits the data: training one (about a minute) ...")
        trained = subprocess.run([sys.executable, "-m", "bot.cli", "train", "--force"], cwd=ROOT)
        if trained.returncode != 0:
            typer.echo("Serving without a model: patients get the safe reply until a model is trained.", err=True)
    _check_port(host, settings.port)
    _bring_up_to_date(services.database)
    _serve(services, host, settings.port)


def _check_content(services: Any) -> None:
    """Stops with file, line and remedy where the content is wrong."""
    from bot.clinic import ClinicError
    from bot.clinical import LexiconError
    from bot.escalation.notify.notice import NoticeError
    from bot.escalation.notify.setup import route_problems, setup_warnings
    from bot.triage.protocol import ProtocolError
    from bot.wording import WordingError

    try:
        services.load_content()
    except (ClinicError, LexiconError, NoticeError, ProtocolError, WordingError) as error:
        stop(str(error))
    notifications = services.clinic.notifications
    if problems := list(route_problems(notifications, services.settings)):
        stop("\n".join(problems))
    for warning in setup_warnings(notifications):
        typer.echo(f"Warning: {warning}")


def _bring_up_to_date(database: Any) -> None:
    """Migrates, or says why not: the server starts without a database too."""
    from bot.records.schema import SchemaKeeper

    if problem := SchemaKeeper(database).migrate():
        typer.echo(f"DATABASE NOT READY: {problem}. Serving without it: patients get the safe reply,", err=True)
        typer.echo("red flags are kept in a local file, and both end by themselves when it is back.", err=True)


def _check_port(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            stop(f"cannot listen on {host} port {port}: {error.strerror}. Choose another port: --port, or PORT=...")


def _serve(services: Any, host: str, port: int) -> None:
    import uvicorn

    from bot import logs
    from bot.app import create_app

    logs.set_up()
    address = f"http://{'localhost' if host in LOOPBACK else host}:{port}"
    typer.echo(f"Chat {address}/  ·  staff console {address}/staff  ·  health {address}/readyz  ·  docs README.md")
    if services.settings.dev:
        typer.echo("Development mode: the REST channel needs no token. To sign in to the console, make an account:")
        typer.echo("  .venv/bin/aftercare staff add NAME --role admin")
    proxies = services.settings.trusted_proxies
    uvicorn.run(
        create_app(services),
        host=host,
        port=port,
        http="h11",  # it alone bounds the size of the headers
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies),
        timeout_graceful_shutdown=ENDING_SECONDS,
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
        stop(str(error))
