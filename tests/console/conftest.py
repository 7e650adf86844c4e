"""A console with one account, a browser for it, and escalations to show."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from httpx2 import Response
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.console import console_routes
from bot.console.accounts import add_account
from bot.escalation.model import Escalation, Origin, Report
from bot.records.conversations import ensure_conversation, new_conversation_id
from bot.records.messages import Inbound, accept_message
from bot.triage.model import Disposition, Finding, FiredCriterion
from tests.conftest import TestServices

NAME, PASSWORD = "R. Example", "a long enough password"


class Browser(TestClient):
    """Fills in the forms as a person would: with the token that the page holds."""

    __test__ = False

    def token(self, page: str) -> str:
        match = re.search(r'name="token" value="([^"]+)"', self.get(page).text)
        assert match, f"{page} has no form"
        return match[1]

    def sign_in(self, name: str = NAME, password: str = PASSWORD) -> Response:
        form = {"name": name, "password": password, "token": self.token("/staff/login")}
        return self.post("/staff/login", data=form)


@pytest.fixture
def browser(services: TestServices) -> Iterator[Browser]:
    add_account(services.database, NAME, PASSWORD, services.now())
    app = Starlette(routes=console_routes(services, secure=False))
    with Browser(app, follow_redirects=False) as made:
        yield made


@pytest.fixture
def file(services: TestServices) -> Callable[..., Escalation]:
    """Files an escalation for a message in which the ``words`` are a finding."""

    def make(text: str, disposition: Disposition, words: str = "", finding: Finding | None = None) -> Escalation:
        start = text.index(words)
        finding = finding or Finding("fever", text=words, start=start, end=start + len(words))
        report = Report(
            disposition=disposition,
            origin=Origin.ACTION,
            findings=(finding,),
            criteria=(FiredCriterion("fever.example", disposition, "fever", "utter_urgent", words, "A"),),
            protocol_version="2026.1",
        )
        inbound = Inbound(new_conversation_id(), text, "website", text)
        with services.database.write() as connection:
            ensure_conversation(connection, inbound, services.now())
            message_id, _ = accept_message(connection, inbound, services.now())
            return services.escalations.file_within(
                connection, inbound.conversation_id, inbound.channel, report, message_id
            )

    return make
