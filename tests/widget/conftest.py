"""The widget in a real browser, on the whole app with a real database; only Rasa is scripted."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Locator, Page
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bot.app import create_app
from bot.escalation.model import Escalation
from bot.escalation.patient import tell
from bot.escalation.repository import find_open
from bot.rasa_agent.runner import AgentRequest, AgentRunner, AgentTurn
from bot.records.messages import Reply
from bot.services import Services
from tests.conftest import TestServices, settings_in
from tests.conversation.fakes import ScriptedAgent

OFFICE, AFTER_HOURS = "(217) 555-0142", "(217) 555-0187"


class QuietRunner(ScriptedAgent):
    """Rasa's part: what red flags get is the interlock's own business, the rest is repeated."""

    def __init__(self, services: Services) -> None:
        super().__init__(self._answer)
        self._say = services.say

    def _answer(self, request: AgentRequest) -> AgentTurn:
        text = request.text
        if text == "Start over":
            replies = [self._say("utter_start_over", "website")]
        elif "choose" in text:
            buttons = tuple({"title": word, "payload": f"I mean {word.lower()}"} for word in ("Driving", "Lifting"))
            replies = [Reply("Which one do you mean?", buttons)]
        else:
            replies = [Reply(f"You said: {text}")]
        return AgentTurn(replies, {"slots": {}, "events": []}, {})

    def start(self) -> None: ...

    def stop(self) -> None: ...


class Server:
    """An ASGI app on a port of its own, in a thread; it can go away and come back."""

    def __init__(self, make: Callable[[], Starlette]) -> None:
        self._make = make
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        config = uvicorn.Config(
            self._make(), port=self.port, log_config=None, access_log=False, ws="none", timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run)
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive(), "the server did not start"

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join()


class Clinic(Server):
    """The app, and what staff do."""

    def __init__(self, folder: Path, embedded_on: str) -> None:
        settings = replace(
            settings_in(folder), allowed_origins=(embedded_on,), rate_conversation=0, rate_address=0, rate_new=0
        )
        self.services = TestServices(settings)
        self.services.database.migrate()
        self.services.load_content()
        super().__init__(lambda: create_app(self.services, cast(AgentRunner, QuietRunner(self.services))))

    @property
    def conversation_id(self) -> str:
        """The conversation in which something was said last."""
        query = "SELECT conversation_id FROM messages ORDER BY id DESC LIMIT 1"
        with self.services.database.read() as connection:
            return str(connection.exec_driver_sql(query).scalar_one())

    @property
    def escalation(self) -> Escalation:
        """The open one of that conversation."""
        with self.services.database.read() as connection:
            found = find_open(connection, self.conversation_id)
        assert found
        return found

    def write_as(self, author: str, *texts: str) -> None:
        replies = [Reply(text) for text in texts]
        with self.services.database.write() as connection:
            tell(connection, self.conversation_id, "website", replies, author, self.services.now())

    def patient_messages(self) -> list[str]:
        query = "SELECT text FROM messages WHERE author = 'patient' AND conversation_id = '%s' ORDER BY id"
        with self.services.database.read() as connection:
            return [row[0] for row in connection.exec_driver_sql(query % self.conversation_id)]


class Site(Server):
    """Another site, with whatever page and headers the test gives it."""

    def __init__(self) -> None:
        self.page = ""
        self.headers: dict[str, str] = {}
        super().__init__(lambda: Starlette(routes=[Route("/", self._serve)]))

    async def _serve(self, request: Request) -> Response:
        return HTMLResponse(self.page, headers=self.headers)


class Chat:
    """What a patient sees and does."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.panel = page.locator("aftercare-chat .panel")
        self.launcher = page.locator("aftercare-chat .launcher")
        self.input = self.panel.get_by_label("Your message")
        self.log = self.panel.get_by_role("log")
        self.safe = self.panel.locator(".safe")

    def open(self, url: str) -> Chat:
        self.page.goto(url)
        self.launcher.click()
        return self.wait()

    def wait(self) -> Chat:
        self.panel.locator(".log[aria-live=polite]").wait_for()
        return self

    def say(self, text: str) -> None:
        self.input.fill(text)
        self.input.press("Enter")

    def messages(self, author: str) -> Locator:
        return self.log.locator(f".message.{author}:not(.greeting)")

    def shown(self) -> list[str]:
        """The conversation without the greeting and the notice that begins it, ``author: text`` each."""
        script = "nodes => nodes.map(n => n.classList[1] + ': ' + n.querySelector('.bubble').innerText)"
        lines = self.log.locator(".message:not(.greeting)").evaluate_all(script)
        return [line for line in lines if "Nobody watches this chat" not in line]


@pytest.fixture(scope="package")
def other_site() -> Iterator[Site]:
    running = Site()
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="package")
def clinic(tmp_path_factory: pytest.TempPathFactory, other_site: Site) -> Iterator[Clinic]:
    running = Clinic(tmp_path_factory.mktemp("clinic"), other_site.url)
    running.start()
    yield running
    running.stop()
    running.services.database.dispose()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    made = chromium.new_context(reduced_motion="reduce")
    made.set_default_timeout(12_000)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def chat(page: Page, clinic: Clinic) -> Chat:
    """The chat on the demo page, open."""
    return Chat(page).open(clinic.url)
