"""The whole app in this process, with Rasa scripted and a real database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

import pytest
from starlette.testclient import TestClient

from bot.app import create_app
from bot.rasa_agent.runner import AgentRunner
from tests.conftest import TestServices
from tests.conversation.fakes import Script, ScriptedAgent, utters


class ScriptedRunner(ScriptedAgent):
    """A scripted agent that can be started like the real one, and counts what it is asked."""

    def __init__(self, script: Script) -> None:
        super().__init__(self._counted)
        self.inner = script
        self.asked: list[str] = []

    def _counted(self, request: Any) -> Any:
        self.asked.append(request.text)
        return self.inner(request)

    def start(self) -> None: ...

    def stop(self) -> None: ...


@pytest.fixture
def runner() -> ScriptedRunner:
    return ScriptedRunner(utters("utter_greet"))


def client_of(services: TestServices, runner: ScriptedRunner, **settings: Any) -> TestClient:
    services.settings = replace(services.settings, dev=True, **settings)
    return TestClient(create_app(services, cast(AgentRunner, runner)), raise_server_exceptions=False)


@pytest.fixture
def client(services: TestServices, runner: ScriptedRunner) -> Iterator[TestClient]:
    with client_of(services, runner) as client:
        yield client
