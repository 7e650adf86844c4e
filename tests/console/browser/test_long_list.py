"""A worklist of several pages: what is new is seen all the same."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from bot.console.worklist.listing import PAGE_SIZE
from tests.console.browser.conftest import Clinic


def test_a_new_case_appears_though_pages_of_older_ones_stand_before_it(page: Page, clinic: Clinic) -> None:
    for number in range(PAGE_SIZE + 5):
        clinic.file(f"a fever since noon, {number}", words="fever")
    clinic.services.pass_time(minutes=10)
    page.goto("/staff")
    expect(page.locator("#live-state")).to_have_text("Live")
    expect(page.locator("#arrived .row")).to_have_count(0)
    new = clinic.file("a fever since noon, and chills", words="chills")
    expect(page.locator(f'#arrived [data-id="{new.id}"]')).to_be_visible()
    expect(page.locator("#arrived .row")).to_have_count(1)
    page.get_by_role("button", name="Put in order").click()
    expect(page.locator(f'#rows [data-id="{new.id}"]')).to_have_count(1)
