"""What Lighthouse says of the accessibility of the console's pages: ``python -m benchmarks.console.accessibility``."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import typer
import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import Secret

from benchmarks.console.seed import seed
from benchmarks.lighthouse import FORMS, lighthouse
from bot.console import console_routes
from bot.console.access import COOKIE
from bot.console.people.accounts import add_account, change_password
from bot.console.people.roles import Role
from bot.console.people.sessions import begin_session
from bot.records.changes import Changes
from bot.records.database import Database
from bot.services import Services, install
from bot.settings import Settings
from tests.servers import free_port

CASES, MESSAGES = 20_000, 40_000
PAGES = ("/staff", "/staff/cases/{case}", "/staff/conversations", "/staff/review", "/staff/reports", "/staff/audit",
         "/staff/people", "/staff/account")  # fmt: skip


def main() -> None:
    """Print the score of each page, on a phone and on a computer."""
    with tempfile.TemporaryDirectory(prefix="aftercare-bench-") as folder, console(Path(folder)) as (url, cookie, case):
        for form in FORMS:
            typer.echo(f"/staff/login, {form}: {lighthouse(url + '/staff/login', form, ['accessibility'])}")
            for page in PAGES:
                score = lighthouse(url + page.format(case=case), form, ["accessibility"], f"{COOKIE}={cookie}")
                typer.echo(f"{page}, {form}: {score}")


@contextmanager
def console(folder: Path) -> Iterator[tuple[str, str, str]]:
    """A console with cases: its address, the cookie of an admin who is signed in, and a case."""
    url = f"sqlite:///{folder / 'aftercare.db'}"
    settings = replace(
        Settings.load(env_file=folder / "no.env"),
        data_dir=folder,
        database_url=Secret(url),
        secret_key=Secret("0" * 64),
    )
    services = Services(settings)
    install(services)
    Database(url).migrate()
    seed(services.database, CASES, MESSAGES)
    with services.database.write() as connection:
        account, _ = add_account(connection, "R. Example", Role.ADMIN, services.now())
        change_password(connection, account.id, "a long enough password", keep_session="")
        cookie = begin_session(connection, account.id, True, services.now())
    changes, port = Changes(services.database), free_port()
    app = Starlette(routes=console_routes(services, changes, secure=False))
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, ws="none", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run)
    changes.start()
    thread.start()
    while not server.started:
        time.sleep(0.05)
    try:
        yield f"http://127.0.0.1:{port}", cookie, services.escalations.list(open_only=True)[0].id
    finally:
        server.should_exit = True
        thread.join()
        changes.stop()


if __name__ == "__main__":
    typer.run(main)
