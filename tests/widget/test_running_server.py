"""The widget on the command that users run, with the trained model: a follow-up, a red flag, and a server that is
killed in between."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.servers import launch_server, start_server, stop_server
from tests.widget.conftest import Chat

pytestmark = pytest.mark.model
#: Until the server answers again, the model loads and a try comes round.
PATIENCE = 60_000


def test_a_follow_up_a_red_flag_and_a_killed_server(page: Page, model: Path, tmp_path: Path) -> None:
    server = start_server(tmp_path, "--dev")
    try:
        chat = Chat(page).open(server.url)
        chat.panel.get_by_role("button", name="My back is sore").click()
        question = chat.messages("bot").filter(has=page.get_by_role("group", name="Quick answers"))
        expect(question).to_be_visible()
        server.process.kill()
        server.process.wait()
        chat.say("it is getting worse")
        expect(chat.safe).to_be_visible()
        expect(chat.messages("patient").last).to_contain_text("Not sent. Trying again.")
        server = launch_server(tmp_path, "--dev", "--port", str(urlsplit(server.url).port))
        server.url = page.url.rstrip("/")
        server.wait("/healthz")
        # The question was not forgotten: this answer to it is a red flag.
        expect(chat.log.locator(".red-flag.urgent").first).to_be_visible(timeout=PATIENCE)
        expect(chat.safe).to_be_hidden()
        server.wait()
        chat.say("can I drive?")
        expect(chat.messages("bot").last).to_contain_text("24 hours", timeout=PATIENCE)
        before = chat.shown()
        assert [line for line in before if line.startswith("patient: ")] == [
            "patient: My back is sore",
            "patient: it is getting worse",
            "patient: can I drive?",
        ]
        page.reload()
        chat.wait()
        expect(chat.messages("patient")).to_have_count(3)
        assert chat.shown() == before
        (escalation,) = server.escalations("--open")
        expect(chat.panel.locator(".filed")).to_contain_text(escalation["id"])
    finally:
        stop_server(server)
