"""The chat page in a real browser, against the real website door and a clinic that can be made to fail."""

from __future__ import annotations

import asyncio
import shutil
import socket
import threading
from collections.abc import Iterator
from datetime import datetime, timezone

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect, sync_playwright
from starlette.applications import Starlette
from starlette.middleware import Middleware

from bot.channels.headers import SecurityHeaders
from bot.channels.website import website_routes
from bot.conversation.turn import TurnReply
from bot.records.messages import Inbound, StoredMessage
from bot.triage.model import Disposition

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on the PATH"),
]
PHONE = "(217) 555-0142"
FACTS = {
    "clinic": "Example Clinic (fictional)",
    "phone": PHONE,
    "office_phone": PHONE,
    "after_hours_phone": "(217) 555-0187",
    "opens": "Monday at 8:00 AM",
    "hours": "Monday to Friday, 8:00 AM to 5:00 PM",
    "address": "100 Example Street",
}
HOSTILE = "<img src=x onerror=\"document.title='owned'\"><b>bold</b>"
URGENT = f"Call your provider now at {PHONE}, day or night. Call 911 if it feels like an emergency."
EMERGENCY = f"Call 911 now. When you can, have someone call {PHONE}."


class FakeClinic:
    """Answers by a few words. ``failing`` breaks the turn; ``database`` False answers without storing."""

    def __init__(self) -> None:
        self.failing = False
        self.database = True
        self.received: list[str] = []
        self.messages: list[tuple[str, StoredMessage]] = []
        self.answers: dict[str, list[StoredMessage]] = {}

    async def answer(self, inbound: Inbound, client: str = "") -> TurnReply:
        self.received.append(inbound.message_id)
        await asyncio.sleep(0.05)
        if self.failing:
            raise RuntimeError("the turn is broken")
        if inbound.message_id not in self.answers:
            self._add(inbound, "patient", inbound.text)
            self.answers[inbound.message_id] = self._replies(inbound)
        return TurnReply(self.answers[inbound.message_id], Disposition.NONE)

    def history(self, conversation_id: str, after: int) -> list[StoredMessage]:
        return [item for owner, item in self.messages if owner == conversation_id and item.id > after]

    def _replies(self, inbound: Inbound) -> list[StoredMessage]:
        if "fever" in inbound.text:
            return [self._add(inbound, "bot", URGENT, "urgent"), self._add(inbound, "bot", "On the list.")]
        if "chest" in inbound.text:
            return [self._add(inbound, "bot", EMERGENCY, "emergency")]
        if "sore" in inbound.text:
            choices = ({"title": "Worse", "payload": "It is worse than yesterday"},)
            return [self._add(inbound, "bot", "Worse or better?", "clarify", choices)]
        return [self._add(inbound, "bot", f"You said: {inbound.text}")]

    def _add(
        self,
        inbound: Inbound,
        author: str,
        text: str,
        disposition: str = "none",
        buttons: tuple[dict[str, str], ...] = (),
    ) -> StoredMessage:
        identity = len(self.messages) + 1 if self.database else 0
        message = StoredMessage(identity, author, text, datetime.now(timezone.utc), buttons, disposition)
        if self.database:
            self.messages.append((inbound.conversation_id, message))
        return message


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def clinic() -> FakeClinic:
    return FakeClinic()


@pytest.fixture
def address(clinic: FakeClinic) -> Iterator[str]:
    routes = website_routes(clinic.answer, clinic.history, lambda: FACTS, "0" * 64, secure=False)
    app = Starlette(routes=routes, middleware=[Middleware(SecurityHeaders)])
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", ws="none"))
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        server.should_exit = True
        thread.join()


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    context = chromium.new_context()
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("#log[aria-busy=false]")
    yield page
    context.close()


def say(page: Page, text: str) -> None:
    page.fill("#text", text)
    page.press("#text", "Enter")


def poll(page: Page) -> None:
    """Has the page look for later messages now instead of in ten seconds."""
    with page.expect_response("**/chat/messages?after=*"):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def shown(page: Page) -> list[str]:
    """The conversation without the page's own greeting: ``author: text`` each."""
    script = "nodes => nodes.map(n => n.classList[1] + ': ' + n.querySelector('.bubble').innerText)"
    return page.eval_on_selector_all("#log > .message", script)[1:]


def test_quick_messages_are_answered_in_order_and_stay_text(page: Page) -> None:
    for text in (HOSTILE, "second", "third"):
        say(page, text)
    expect(page.locator("#log > .bot")).to_have_count(4)
    expected = [
        line for text in (HOSTILE, "second", "third") for line in (f"patient: {text}", f"bot: You said: {text}")
    ]
    assert shown(page) == expected
    poll(page)
    assert shown(page) == expected
    page.reload()
    page.wait_for_selector("#log[aria-busy=false]")
    assert shown(page) == expected
    assert "owned" not in page.title()


def test_the_page_asks_nobody_but_its_own_server(page: Page, address: str) -> None:
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.reload()
    say(page, "hello")
    expect(page.locator("#log > .bot")).to_have_count(2)
    assert asked
    assert [url for url in asked if not url.startswith(address)] == []
    assert complaints == []


@pytest.mark.parametrize(
    ("text", "kind", "links"),
    [
        ("I have a fever", "urgent", ["tel:2175550142", "tel:911"]),
        ("chest pain", "emergency", ["tel:911", "tel:2175550142"]),
    ],
)
def test_a_red_flag_is_a_card_with_the_number_to_call_first(page: Page, text: str, kind: str, links: list[str]) -> None:
    say(page, text)
    card = page.locator(f"#log .red-flag.{kind}")
    expect(card).to_be_visible()
    buttons = card.locator(".calls .call")
    assert [buttons.nth(index).get_attribute("href") for index in range(buttons.count())] == links


def test_replies_that_could_not_be_stored_are_all_shown(page: Page, clinic: FakeClinic) -> None:
    clinic.database = False
    say(page, "I have a fever")
    expect(page.locator("#log > .bot")).to_have_count(3)
    say(page, "still a fever")
    expect(page.locator("#log > .bot")).to_have_count(5)
    clinic.database = True
    say(page, "hello")
    expect(page.locator("#log > .bot")).to_have_count(6)
    assert [line.split(":")[0] for line in shown(page)] == ["patient", "bot", "bot"] * 2 + ["patient", "bot"]


def test_a_message_that_fails_says_whom_to_call_and_is_sent_again(page: Page, clinic: FakeClinic) -> None:
    clinic.failing = True
    say(page, "I have a fever")
    expect(page.locator("#safe")).to_be_visible()
    expect(page.locator("#safe")).to_contain_text(PHONE)
    expect(page.locator(".unsent")).to_contain_text("Not sent. Trying again.")
    clinic.failing = False
    expect(page.locator(".red-flag")).to_be_visible(timeout=10_000)
    expect(page.locator("#safe")).to_be_hidden()
    assert len(clinic.received) >= 2
    assert len(set(clinic.received)) == 1


def test_a_message_without_a_connection_is_kept_over_a_reload(page: Page, clinic: FakeClinic) -> None:
    clinic.failing = True
    say(page, "I have a fever")
    expect(page.locator("#safe")).to_be_visible()
    clinic.failing = False
    page.reload()
    expect(page.locator(".red-flag")).to_be_visible()
    assert len(set(clinic.received)) == 1


def test_a_quick_answer_sends_its_payload_and_shows_its_title(page: Page, clinic: FakeClinic) -> None:
    say(page, "my back is sore")
    page.get_by_role("button", name="Worse").click()
    expect(page.locator("#log > .bot")).to_have_count(3)
    poll(page)
    assert shown(page)[2:] == ["patient: Worse", "bot: You said: It is worse than yesterday"]
    expect(page.get_by_role("button", name="Worse")).to_be_hidden()
    expect(page.locator("#text")).to_be_focused()


def test_a_text_that_is_too_long_stays_in_the_box(page: Page, clinic: FakeClinic) -> None:
    say(page, "a" * 2001)
    expect(page.locator("#limit")).to_contain_text("over the limit of 2,000 characters by 1")
    assert clinic.received == []
    say(page, "a" * 2000)
    expect(page.locator("#log > .bot")).to_have_count(2)


def test_without_scripts_the_page_gives_the_phone(chromium: Browser, address: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    expect(page.locator("noscript p")).to_contain_text(PHONE)
    expect(page.locator("#chat")).to_be_hidden()
    context.close()
