"""Server time of the console's pages on 100,000 escalations and 1,000,000 messages, on both engines."""

from __future__ import annotations

import re
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

import typer
from httpx2 import Response
from starlette.applications import Starlette
from starlette.datastructures import Secret
from starlette.testclient import TestClient

from benchmarks.console.seed import seed
from bot.console import console_routes
from bot.console.access import COOKIE
from bot.console.people.accounts import add_account, change_password
from bot.console.people.roles import Role
from bot.console.people.sessions import begin_session, form_token
from bot.records.changes import Changes
from bot.records.database import Database
from bot.services import Services, install
from bot.settings import Settings
from tests.postgres import Postgres

ESCALATIONS, MESSAGES = 100_000, 1_000_000
TIMES = 200


def main(
    escalations: int = ESCALATIONS, messages: int = MESSAGES, sqlite: bool = True, postgresql: bool = True
) -> None:
    """Seed an empty database of each engine, and ask for every page."""
    if sqlite:
        on_sqlite(escalations, messages)
    if postgresql:
        on_postgresql(escalations, messages)


def on_sqlite(escalations: int, messages: int) -> None:
    with tempfile.TemporaryDirectory(prefix="aftercare-bench-") as folder:
        measure("SQLite", f"sqlite:///{Path(folder) / 'aftercare.db'}", Path(folder), escalations, messages)


def on_postgresql(escalations: int, messages: int) -> None:
    server = Postgres()
    try:
        with tempfile.TemporaryDirectory(prefix="aftercare-bench-") as folder:
            measure("PostgreSQL", server.fresh(), Path(folder), escalations, messages)
    finally:
        server.end()


def measure(engine: str, url: str, folder: Path, escalations: int, messages: int) -> None:
    settings = replace(
        Settings.load(env_file=folder / "no.env"),
        data_dir=folder,
        database_url=Secret(url),
        secret_key=Secret("0" * 64),
    )
    services = Services(settings)
    install(services)
    Database(url).migrate()
    began = time.perf_counter()
    seed(services.database, escalations, messages)
    took = time.perf_counter() - began
    typer.echo(f"{engine}: {escalations:,} escalations, {messages:,} messages, seeded in {took:.0f} s")
    with services.database.write() as connection:
        account, _ = add_account(connection, "R. Example", Role.ADMIN, services.now())
        change_password(connection, account.id, "a long enough password", keep_session="")
        cookie = begin_session(connection, account.id, True, services.now())
    token = form_token("0" * 64, cookie)
    app = Starlette(routes=console_routes(services, Changes(services.database), secure=False))
    with TestClient(app) as client:
        client.cookies.set(COOKIE, cookie, domain="testserver.local", path="/staff")
        references = re.findall(r'data-id="(.{9})"', client.get("/staff").text)
        closed = re.findall(r'data-id="(.{9})"', client.get("/staff?status=closed").text)
        numbers = count()

        def search(text: Callable[[int], str]) -> Callable[[], Response]:
            return lambda: client.post("/staff/search", data={"token": token, "text": text(next(numbers) * 37)})

        (after,) = re.findall(r'href="/staff\?(after=[^"]+)"', client.get("/staff").text)
        pages: dict[str, Callable[[], Response]] = {
            "worklist": lambda: client.get("/staff"),
            "worklist, its rows alone": lambda: client.get("/staff/rows"),
            "worklist, second page": lambda: client.get(f"/staff?{after}"),
            "worklist, a symptom": lambda: client.get("/staff?symptom=chest_pain"),
            "worklist, closed": lambda: client.get("/staff?status=closed"),
            "worklist, closed, a symptom": lambda: client.get("/staff?status=closed&symptom=nausea"),
            "worklist, closed, mine": lambda: client.get("/staff?status=closed&mine=1&channel=rest"),
            "search, reference": search(lambda number: references[number % len(references)]),
            "search, name": search(lambda number: f"patient a{number}"),
            "search, number": search(lambda number: f"+1217{number:07}"),
            "search, end of a number": search(lambda number: f"{number:04}"),
            "case": lambda: client.get(f"/staff/cases/{references[next(numbers) % len(references)]}"),
            "case, closed": lambda: client.get(f"/staff/cases/{closed[next(numbers) % len(closed)]}"),
            "case, renewed": lambda: client.get(f"/staff/cases/{references[next(numbers) % len(references)]}/live"),
            "review": lambda: client.get("/staff/review"),
            "conversations": lambda: client.get("/staff/conversations"),
            "audit": lambda: client.get("/staff/audit"),
            "reports, 30 days": lambda: client.get("/staff/reports"),
        }
        for name, ask in pages.items():
            ask()
            spent = []
            for _ in range(TIMES if "reports" not in name else 20):
                began = time.perf_counter()
                answer = ask()
                spent.append((time.perf_counter() - began) * 1000)
                if answer.status_code != 200:
                    raise RuntimeError(f"{name}: {answer.status_code}")
            p95 = statistics.quantiles(spent, n=20)[-1]
            typer.echo(f"  {name:30} median {statistics.median(spent):6.1f} ms   p95 {p95:6.1f} ms")
    services.database.dispose()


if __name__ == "__main__":
    typer.run(main)
