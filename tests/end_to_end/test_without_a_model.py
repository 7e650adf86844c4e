"""An app whose model is missing or damaged is up, says so, and keeps patients safe: through its HTTP doors."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from bot.app import create_app
from bot.rasa_agent.runner import AgentRunner
from bot.rasa_agent.training import find_model
from tests.conftest import TestServices


def without_model(tmp_path: Path, model: Path) -> AgentRunner:
    return AgentRunner(lambda: find_model(tmp_path / "models"))


def with_damaged_model(tmp_path: Path, model: Path) -> AgentRunner:
    copy = tmp_path / model.name
    copy.write_bytes(model.read_bytes()[: -len(model.read_bytes()) // 2])
    (tmp_path / f"{model.name}.sha256").write_text((model.parent / f"{model.name}.sha256").read_text())
    return AgentRunner(lambda: find_model(tmp_path))


@pytest.mark.parametrize("make", [without_model, with_damaged_model])
def test_page_is_up_and_patients_get_the_safe_reply(
    services: TestServices, tmp_path: Path, model: Path, make: object
) -> None:
    agent = make(tmp_path, model)  # type: ignore[operator]
    with TestClient(create_app(services, agent)) as client:
        assert not agent.wait(30)
        assert client.get("/").status_code == 200
        assert client.get("/healthz").status_code == 200
        ready = client.get("/readyz")
        assert ready.status_code == 503
        assert any("model" in problem and "aftercare train" in problem for problem in ready.json()["problems"])
        red = client.post("/chat/messages", json={"text": "my leg went numb", "message_id": "m1"}).json()["messages"]
        assert red[0]["disposition"] == "urgent"
        talk = client.post("/chat/messages", json={"text": "hi", "message_id": "m2"}).json()["messages"]
        assert any("911" in message["text"] for message in talk)
    (escalation,) = services.escalations.list()
    assert escalation.origin.value == "interlock"


def test_readiness_tells_what_is_wrong_with_the_database(
    services: TestServices, agent: AgentRunner, tmp_path: Path
) -> None:
    from bot.conversation.readiness import Readiness

    assert Readiness(services, agent).problems() == []
    assert services.escalations.list() == [], "the trial escalation must be rolled back"
    services.__dict__["database"] = type(services.database)(f"sqlite:///{tmp_path}/nowhere/aftercare.db")
    (problem,) = Readiness(services, agent).problems()
    assert problem.startswith("database: ")


def test_rest_door_needs_its_token_outside_development(services: TestServices, model: Path) -> None:
    from dataclasses import replace

    from starlette.datastructures import Secret

    services.settings = replace(services.settings, api_token=Secret("a-token-of-some-length"))
    with TestClient(create_app(services, AgentRunner(lambda: find_model(model.parent / "none")))) as client:
        body = {"sender": "x", "message": "hi"}
        assert client.post("/webhooks/rest/webhook", json=body).status_code == 401
        wrong = {"Authorization": "Bearer wrong"}
        assert client.post("/webhooks/rest/webhook", json=body, headers=wrong).status_code == 401
        right = {"Authorization": "Bearer a-token-of-some-length"}
        assert client.post("/webhooks/rest/webhook", json=body, headers=right).status_code == 200


def test_rest_door_is_shut_without_a_token(services: TestServices, model: Path) -> None:
    with TestClient(create_app(services, AgentRunner(lambda: find_model(model.parent / "none")))) as client:
        assert client.post("/webhooks/rest/webhook", json={"sender": "x", "message": "hi"}).status_code == 404
