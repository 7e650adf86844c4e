"""A console, browsers for it that are signed in as anybody, and escalations to show."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from uuid import uuid4

import pyotp
import pytest
from argon2 import PasswordHasher
from httpx2 import Response
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.console import console_routes
from bot.console.access import COOKIE
from bot.console.people import passwords
from bot.console.people.accounts import Account, add_account, change_password, get_account
from bot.console.people.roles import Role
from bot.console.people.second_factor import SecondFactors, new_secret
from bot.console.people.sessions import begin_session, form_token
from bot.escalation.model import Escalation, Origin, Report
from bot.records.changes import Changes
from bot.records.conversations import ensure_conversation, new_conversation_id
from bot.records.messages import Inbound, accept_message
from bot.triage.model import Disposition, Finding, FiredCriterion
from tests.conftest import TestServices

NAME, PASSWORD = "R. Example", "a long enough password"


class Person:
    """An account that has been used before: with a password of its own and a second factor."""

    def __init__(self, services: TestServices, name: str, role: Role, password: str = PASSWORD) -> None:
        self._services = services
        self.name, self.password, self.secret = name, password, new_secret()
        factors = SecondFactors(str(services.settings.secret_key))
        with services.database.write() as connection:
            account, _ = add_account(connection, name, role, services.now())
            change_password(connection, account.id, password, keep_session="")
            # With a code of long ago, so that those of today are unused.
            long_ago = datetime.fromtimestamp(10_000, services.now().tzinfo)
            assert factors.confirm(connection, account.id, self.secret, self.code(long_ago), long_ago)
            self.id = account.id

    def code(self, at: datetime | None = None) -> str:
        return pyotp.TOTP(self.secret).at(at or self._services.now())

    def account(self) -> Account:
        with self._services.database.read() as connection:
            return get_account(connection, self.id)


class Browser(TestClient):
    """Sends forms as a page does: with the token that belongs to its cookie."""

    __test__ = False

    def __init__(self, services: TestServices, **kwargs: object) -> None:
        app = Starlette(routes=console_routes(services, Changes(services.database), secure=False))
        super().__init__(app, follow_redirects=False, **kwargs)  # type: ignore[arg-type]
        self.services = services

    def send_form(self, path: str, **fields: object) -> Response:
        if COOKIE not in self.cookies:
            self.get("/staff/login")
        token = form_token(str(self.services.settings.secret_key), self.cookies[COOKIE])
        return self.post(path, data={"token": token, **fields})

    def token_on(self, page: str) -> str:
        match = re.search(r'name="token" value="([^"]+)"', self.get(page).text)
        assert match, f"{page} has no form"
        return match[1]

    def be(self, person: Person) -> Browser:
        """Signed in anew, without going through the forms."""
        with self.services.database.write() as connection:
            cookie = begin_session(connection, person.id, verified=True, now=self.services.now())
        self.cookies.set(COOKIE, cookie, domain="testserver.local", path="/staff")
        return self

    def sign_in(self, person: Person) -> Response:
        """Through the forms; the last answer."""
        answer = self.send_form("/staff/login", name=person.name, password=person.password)
        if answer.headers.get("location", "").startswith("/staff/sign-in/code"):
            return self.send_form(answer.headers["location"], code=person.code())
        return answer


@pytest.fixture(autouse=True)
def _passwords_cost_little(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 all the same, but a thousandth of the work."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    passwords.hash_of_nobody.cache_clear()


@pytest.fixture
def nurse(services: TestServices) -> Person:
    return Person(services, NAME, Role.NURSE)


@pytest.fixture
def browser(services: TestServices) -> Iterator[Browser]:
    """A browser that has never been here."""
    with Browser(services) as made:
        yield made


@pytest.fixture
def signed_in(browser: Browser, nurse: Person) -> Browser:
    return browser.be(nurse)


@pytest.fixture
def viewer(services: TestServices) -> Person:
    return Person(services, "V. Example", Role.VIEWER)


@pytest.fixture
def admin(services: TestServices) -> Person:
    return Person(services, "A. Example", Role.ADMIN)


@pytest.fixture
def file(services: TestServices) -> Callable[..., Escalation]:
    """Files an escalation for a message in which the ``words`` are a finding."""

    def make(
        text: str,
        disposition: Disposition = Disposition.URGENT,
        words: str = "",
        finding: Finding | None = None,
        channel: str = "website",
        conversation_id: str = "",
        address: str = "",
    ) -> Escalation:
        start = text.index(words)
        finding = finding or Finding("fever", text=words, start=start, end=start + len(words))
        report = Report(
            disposition=disposition,
            origin=Origin.ACTION,
            findings=(finding,),
            criteria=(FiredCriterion("fever.example", disposition, "fever", "utter_urgent", words, "A"),),
            protocol_version="2026.1",
        )
        inbound = Inbound(conversation_id or new_conversation_id(), text, channel, uuid4().hex, address)
        with services.database.write() as connection:
            ensure_conversation(connection, inbound, services.now())
            message_id, _ = accept_message(connection, inbound, services.now())
            return services.escalations.file_within(
                connection, inbound.conversation_id, inbound.channel, report, message_id
            )

    return make
