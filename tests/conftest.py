"""Fixtures: services on a database of their own, a clock that tests turn, and the real Agent once a session."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from starlette.datastructures import Secret

from bot.rasa_agent.runner import AgentRunner
from bot.rasa_agent.training import ModelError, find_model
from bot.services import Services, install
from bot.settings import ROOT, Settings


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


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_in(tmp_path)


@pytest.fixture
def services(settings: Settings) -> Iterator[TestServices]:
    made = TestServices(settings)
    made.database.migrate()
    install(made)
    yield made
    made.database.dispose()


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
