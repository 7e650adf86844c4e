"""What staff see of texting: consent, attachments, and texts that did not arrive."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import sqlalchemy as sa

from bot.escalation.model import Escalation
from bot.records.tables import messages
from bot.records.texting import consents, media, texts
from bot.records.texting.consents import Consent, How, State
from tests.conftest import TestServices
from tests.console.conftest import Browser, Person

NUMBER = "+12175550148"
File = Callable[..., Escalation]


@pytest.fixture
def service() -> Iterator[str]:
    """Where attachments are kept."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *arguments: Any) -> None: ...

        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/photo" else 404)
            self.end_headers()
            if self.path == "/photo":
                self.wfile.write(b"a picture")

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def attach(services: TestServices, case: Escalation, url: str, kind: str) -> int:
    with services.database.write() as connection:
        message_id = connection.execute(
            sa.select(messages.c.id).where(messages.c.conversation_id == case.conversation_id)
        ).scalar_one()
        media.store(connection, message_id, [(url, kind)])
        return media.of_messages(connection, [message_id])[message_id][-1].id


def test_an_attachment_opens_for_who_works_on_cases(
    signed_in: Browser, services: TestServices, file: File, service: str
) -> None:
    services.settings = replace(services.settings, twilio_api_url=service)
    case = file("look at this", channel="sms", address=NUMBER)
    number = attach(services, case, f"{service}/photo", "image/jpeg")
    assert f"/staff/media/{number}" in signed_in.get(f"/staff/cases/{case.id}").text
    answer = signed_in.get(f"/staff/media/{number}")
    assert (answer.content, answer.headers["content-type"]) == (b"a picture", "image/jpeg")
    assert answer.headers["content-disposition"].startswith("inline")


@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml", "application/pdf", ""])
def test_what_could_run_as_a_page_is_saved_instead(
    signed_in: Browser, services: TestServices, file: File, service: str, kind: str
) -> None:
    services.settings = replace(services.settings, twilio_api_url=service)
    case = file("look at this", channel="sms", address=NUMBER)
    answer = signed_in.get(f"/staff/media/{attach(services, case, f'{service}/photo', kind)}")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-type"] == "application/octet-stream"


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("http://169.254.169.254/secrets", 404),
        ("https://twilio.com.example.org/x", 404),
        ("geo:1,2", 404),
        ("{}/gone", 502),
    ],
)
def test_other_addresses_are_not_fetched(
    signed_in: Browser, services: TestServices, file: File, service: str, url: str, status: int
) -> None:
    services.settings = replace(services.settings, twilio_api_url=service)
    case = file("look at this", channel="sms", address=NUMBER)
    number = attach(services, case, url.format(service), "image/png")
    assert signed_in.get(f"/staff/media/{number}").status_code == status


def test_nobody_else_sees_attachments(
    browser: Browser, viewer: Person, services: TestServices, file: File, service: str
) -> None:
    case = file("look at this", channel="sms", address=NUMBER)
    number = attach(services, case, f"{service}/photo", "image/jpeg")
    assert browser.get(f"/staff/media/{number}").status_code == 303
    assert browser.be(viewer).get(f"/staff/media/{number}").status_code == 403


def test_consent_is_shown_and_who_opted_out_cannot_be_written_to(
    signed_in: Browser, services: TestServices, file: File
) -> None:
    case = file("my leg is numb", channel="sms", address=NUMBER)
    page = f"/staff/cases/{case.id}"
    assert 'name="message"' in signed_in.get(page).text
    with services.database.write() as connection:
        consents.record(
            connection, Consent(NUMBER, "+12175550100", State.OUT, How.WORDS, "stop texting me", services.now())
        )
    shown = signed_in.get(page).text
    assert "stop texting me" in shown
    assert "Phone, do not text" in shown
    assert 'name="message"' not in shown


def test_a_text_that_did_not_arrive_is_marked(signed_in: Browser, services: TestServices, file: File) -> None:
    case = file("my leg is numb", channel="sms", address=NUMBER)
    signed_in.send_form(f"/staff/cases/{case.id}/message", version=str(case.version), message="Please call us.")
    with services.database.write() as connection:
        told = connection.execute(sa.select(messages.c.id).where(messages.c.author == "staff")).scalar_one()
        row, _ = texts.find_or_add(
            connection, case.conversation_id, told, 0, urgent=False, status=texts.QUEUED, now=services.now()
        )
        texts.settle(connection, row.id, "undelivered", 30005, services.now())
    assert "did not arrive" in signed_in.get(f"/staff/cases/{case.id}").text
