"""The whole app in this process, with the real model and a database that can be taken away."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from starlette.datastructures import Secret
from starlette.testclient import TestClient

from bot.app import create_app
from bot.rasa_agent.runner import AgentRunner
from bot.settings import Settings
from tests.channels.sms.twilio import PUBLIC
from tests.conftest import TEXT_TOKEN, TestServices
from tests.torture.faults.clinic import Clinic, Switch
from tests.torture.faults.databases import Place
from tests.torture.sizes import Sizes

QUICK_DEADLINE = 1.0


@pytest.fixture
def settings(settings: Settings, engine: str, tmp_path: Path, sizes: Sizes) -> Settings:
    """SQLite in a folder of its own, apart from the spool; texts; nothing about the pace; in the quick form less
    patience with Rasa."""
    settings = replace(
        settings,
        public_url=PUBLIC,
        twilio_auth_token=Secret(TEXT_TOKEN),
        rate_conversation=0,
        rate_address=0,
        rate_new=0,
        rasa_deadline=settings.rasa_deadline if sizes.full else QUICK_DEADLINE,
    )
    if engine == "postgresql":
        return settings
    disk = tmp_path / "disk"
    disk.mkdir()
    shutil.move(tmp_path / "aftercare.db", disk)
    return replace(settings, database_url=Secret(f"sqlite:///{disk / 'aftercare.db'}"))


@pytest.fixture
def clinic(services: TestServices, agent: AgentRunner) -> Iterator[Clinic]:
    services.load_content()
    switch = Switch(agent, hang_seconds=2 * services.settings.rasa_deadline)
    with TestClient(create_app(services, cast(AgentRunner, switch)), raise_server_exceptions=False) as client:
        yield Clinic(services, switch, client)


@pytest.fixture
def place(services: TestServices, engine: str, request: pytest.FixtureRequest) -> Place:
    server = request.getfixturevalue("postgres") if engine == "postgresql" else None
    return Place(services.database, server)
