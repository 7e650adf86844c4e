"""The whole app with a scripted Agent on a port of its own, and real browsers that are signed in to its console."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from bot.app import create_app
from bot.console.access import COOKIE
from bot.console.people.roles import Role
from bot.console.people.sessions import begin_session
from bot.escalation.model import Escalation, Origin, Report
from bot.rasa_agent.runner import AgentRequest, AgentTurn
from bot.records.conversations import ensure_conversation, new_conversation_id
from bot.records.messages import Inbound, accept_message
from bot.services import install
from bot.triage.model import Disposition, Finding
from tests.conftest import TestServices, settings_in
from tests.console.conftest import Person
from tests.conversation.fakes import utters

COMPUTER, PHONE = ViewportSize(width=1440, height=1000), ViewportSize(width=390, height=844)


class Greeter:
    """An Agent that always greets, and is never in doubt."""

    problem = ""

    def start(self) -> None:
        pass

    def stop(self) -> None:
        pass

    def parse(self, text: str, deadline: float) -> dict[str, Any]:
        return {"intent": {"name": "report_symptom"}}

    def handle(self, request: AgentRequest, deadline: float) -> AgentTurn:
        return utters("utter_greet")(request)


class Clinic:
    """A running server, its data, and its people."""

    def __init__(self, services: TestServices, url: str) -> None:
        self.services, self.url = services, url
        names = {Role.VIEWER: "V. Example", Role.NURSE: "R. Example", Role.ADMIN: "A. Example"}
        self.people = {role: Person(services, name, role) for role, name in names.items()}

    def file(
        self, text: str, disposition: Disposition = Disposition.URGENT, words: str = "", owner: str = ""
    ) -> Escalation:
        services, start = self.services, text.index(words)
        finding = Finding("fever", text=words, start=start, end=start + len(words))
        inbound = Inbound(owner or new_conversation_id(), text, "website", new_conversation_id())
        with services.database.write() as connection:
            ensure_conversation(connection, inbound, services.now())
            message_id, _ = accept_message(connection, inbound, services.now())
            report = Report(disposition, Origin.ACTION, (finding,), protocol_version="2026.1")
            return services.escalations.file_within(
                connection, inbound.conversation_id, inbound.channel, report, message_id
            )

    def sign_in(self, context: BrowserContext, role: Role = Role.NURSE) -> None:
        with self.services.database.write() as connection:
            cookie = begin_session(connection, self.people[role].id, True, self.services.now())
        context.add_cookies([{"name": COOKIE, "value": cookie, "domain": "127.0.0.1", "path": "/staff"}])


@contextmanager
def opened(folder: Path) -> Iterator[Clinic]:
    """A clinic with its server on a port of its own."""
    services = TestServices(settings_in(folder))
    services.database.migrate()
    install(services)
    app = create_app(services, Greeter())  # type: ignore[arg-type]
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", ws="none"))
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.05)
        yield Clinic(services, f"http://127.0.0.1:{listening.getsockname()[1]}")
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    with opened(tmp_path_factory.mktemp("clinic")) as made:
        yield made


@pytest.fixture
def page(chromium: Browser, clinic: Clinic) -> Iterator[Page]:
    """A nurse's page, on a computer. Whatever its scripts complain of fails the test."""
    context = chromium.new_context(viewport=COMPUTER, base_url=clinic.url)
    clinic.sign_in(context)
    made = context.new_page()
    faults: list[str] = []
    made.on("pageerror", lambda error: faults.append(str(error)))
    yield made
    context.close()
    assert faults == []
