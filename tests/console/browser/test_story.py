"""The whole story on the real server with its real model: a patient in the widget, a nurse in the console."""

from __future__ import annotations

import re

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.console.browser.conftest import COMPUTER, PHONE
from tests.servers import Server

NURSE, PASSWORD = "Nora Example, RN", "four words in a row"
SECONDS = 1000


@pytest.fixture
def nurse(chromium: Browser, server: Server) -> Page:
    """Signed in for the first time: a password of one's own, and the second factor."""
    made = server.aftercare("staff", "add", NURSE)
    (once,) = re.findall(r"^  (\S+)$", made.stdout, flags=re.M)
    page = chromium.new_context(viewport=COMPUTER, base_url=server.url).new_page()
    page.goto("/staff")
    page.fill("#name", NURSE)
    page.fill("#password", once)
    page.get_by_role("button", name="Sign in").click()
    page.fill("#password", PASSWORD)
    page.fill("#again", PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_text("Cannot scan it?").click()
    secret = page.locator(".key").inner_text().replace(" ", "")
    page.fill("#code", pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Go on", exact=True).click()
    page.get_by_role("link", name="I have kept them").click()
    expect(page.locator("#live-state")).to_have_text("Live")
    return page


@pytest.fixture
def patient(chromium: Browser, server: Server) -> Page:
    page = chromium.new_context(viewport=PHONE, base_url=server.url).new_page()
    page.goto("/")
    page.click(".launcher")
    page.wait_for_selector(".log[aria-live=polite]")
    return page


def test_from_the_red_flag_to_the_reopened_case(patient: Page, nurse: Page) -> None:
    patient.fill("#text", "My leg went numb this morning")
    patient.press("#text", "Enter")
    patient.wait_for_selector(".red-flag")

    row = nurse.locator("#arrived .row")
    expect(row).to_contain_text("leg went numb", timeout=2 * SECONDS)
    reference = row.get_attribute("data-id")
    row.locator("a").click()
    expect(nurse.locator(".why mark")).to_have_text("leg went numb")

    nurse.get_by_role("button", name="Acknowledge").click()
    expect(nurse.locator("#case-state")).to_contain_text(f"Acknowledged by {NURSE}")
    expect(patient.locator(".log")).to_contain_text(f"{NURSE} of your care team saw your message")
    expect(patient.locator(".log")).to_contain_text(str(reference))

    nurse.fill("#message", "This is Nora. Can you lift your foot?")
    nurse.get_by_role("button", name="Send").click()
    expect(patient.locator(".log .staff").last).to_contain_text("Can you lift your foot?")

    patient.fill("#text", "only a little")
    patient.press("#text", "Enter")
    expect(nurse.locator("#transcript")).to_contain_text("only a little", timeout=2 * SECONDS)
    expect(patient.locator(".log")).to_contain_text("Your message went to your care team")

    nurse.select_option("#outcome", "provider")
    nurse.fill("#comment", "The doctor sees her at noon.")
    nurse.get_by_role("button", name="Close the case").click()
    expect(nurse.locator("#case-state")).to_contain_text(f"Closed by {NURSE}")
    expect(patient.locator(".log")).to_contain_text("You write with the automated assistant again")

    nurse.fill("#reopen-reason", "She did not come.")
    nurse.get_by_role("button", name="Reopen the case").click()
    expect(nurse.locator("#case-state")).to_contain_text("Nobody has acknowledged it")
    nurse.goto("/staff")
    # In its place, or under "Just in" when a page of older cases stands before it.
    expect(nurse.locator(f'.row[data-id="{reference}"]')).to_be_visible()
