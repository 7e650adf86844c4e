"""An app whose database is away is up, says so, keeps patients safe, and recovers by itself."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.exc import SQLAlchemyError
from starlette.datastructures import Secret
from starlette.testclient import TestClient

from bot.app import create_app
from bot.conversation.recovery import sweep
from bot.rasa_agent.runner import AgentRunner
from bot.records.conversations import LEASE_SECONDS
from bot.services import install
from tests.conftest import TestServices, settings_in
from tests.servers import aftercare, launch_server, stop_server

SECONDS = 60


@pytest.fixture
def away(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[tuple[str, Callable[[], object]]]:
    """The URL of a database that is not there, and what brings it."""
    if engine == "sqlite":
        yield f"sqlite:///{tmp_path / 'disk' / 'aftercare.db'}", (tmp_path / "disk").mkdir
        return
    postgres = request.getfixturevalue("postgres")
    url = postgres.url("came_late")
    yield url, lambda: postgres.sql("CREATE DATABASE came_late")
    postgres.drop(url)


def no_model() -> Path:
    raise FileNotFoundError


def filed(services: TestServices) -> bool:
    try:
        return bool(services.escalations.list())
    except SQLAlchemyError:
        return False


def test_red_flag_is_kept_and_filed_when_the_database_comes(
    away: tuple[str, Callable[[], object]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, bring = away
    monkeypatch.setattr(sweep, "INTERVAL_SECONDS", 0.2)
    services = TestServices(replace(settings_in(tmp_path), database_url=Secret(url)))
    install(services)
    with TestClient(create_app(services, AgentRunner(no_model))) as client:
        ready = client.get("/readyz")
        assert ready.status_code == 503
        assert any(problem.startswith("database: it") for problem in ready.json()["problems"])
        assert client.post("/chat/session").status_code == 200
        message = {"text": "my leg went numb", "message_id": "m1"}
        told = client.post("/chat/messages", json=message).json()["messages"]
        assert [item["disposition"] for item in told[:1]] == ["urgent"]
        assert "NOT" in " ".join(item["text"] for item in told)
        bring()
        services.pass_time(seconds=LEASE_SECONDS + 1)
        deadline = time.monotonic() + SECONDS
        while not filed(services) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert not (tmp_path / "spool.jsonl").exists()
        (escalation,) = services.escalations.list()
        assert escalation.origin.value == "recovery"
        problems = client.get("/readyz").json()["problems"]
        assert not any(problem.startswith("database") for problem in problems)
        again = client.post("/chat/messages", json=message).json()["messages"]
        assert escalation.id in " ".join(item["text"] for item in again)


def test_server_starts_and_says_what_is_wrong(tmp_path: Path) -> None:
    url = "postgresql://aftercare:hidden@127.0.0.1:1/aftercare"
    server = launch_server(tmp_path, "--dev", DATABASE_URL=url).wait("/healthz")
    elements = server.say("I can't breathe")
    assert elements[-1]["custom"] == {"disposition": "emergency", "escalation_id": None}
    assert server.post(data=b"{}").status_code == 400
    assert "DATABASE NOT READY: it cannot be reached" in server.log()
    assert "hidden" not in server.log()
    assert json.loads((tmp_path / "spool.jsonl").read_text())["message"]["channel"] == "rest"
    stop_server(server)


def test_address_that_cannot_be_read_is_not_repeated(tmp_path: Path) -> None:
    result = aftercare("escalations", data_dir=tmp_path, variables={"DATABASE_URL": "postgresql://a:hidden@h:port/x"})
    assert result.returncode == 2
    assert "DATABASE_URL" in result.stderr
    assert "hidden" not in result.stderr
