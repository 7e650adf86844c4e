"""The open page: new cases, changes of others, sessions that end; and nothing moves under the pointer."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest
from playwright.sync_api import Page, expect

from bot.console.people.accounts import disable_account
from bot.console.people.roles import Role
from bot.console.people.sessions import IDLE
from bot.conversation.heartbeat import Heartbeat
from bot.escalation.steps import Outcome
from bot.triage.model import Disposition
from tests.console.browser.conftest import Clinic, opened
from tests.console.conftest import Person

SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.shifted += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    """One for each test: some turn its clock, and count its cases."""
    with opened(tmp_path) as made:
        yield made


def worklist(page: Page) -> None:
    page.goto("/staff")
    expect(page.locator("#live-state")).to_have_text("Live")


def places(page: Page) -> list[object]:
    return [row.bounding_box() for row in page.locator("#rows .row").all()]


def test_new_cases_appear_within_two_seconds(page: Page, clinic: Clinic) -> None:
    """The median of five: a machine may stand still for a moment."""
    worklist(page)
    took = []
    for _ in range(5):
        filed = time.monotonic()
        new = clinic.file("chest pain", Disposition.EMERGENCY)
        expect(page.locator(f'#arrived [data-id="{new.id}"]')).to_be_visible()
        took.append(time.monotonic() - filed)
    assert median(took) < 2


def test_a_new_case_moves_nothing(page: Page, clinic: Clinic) -> None:
    older = clinic.file("a fever since noon", words="fever")
    page.add_init_script(SHIFTS)
    worklist(page)
    before = places(page)
    new = clinic.file("chest pain", Disposition.EMERGENCY)
    expect(page.locator(f'#arrived [data-id="{new.id}"]')).to_be_visible()
    expect(page.locator("#n-emergency")).to_have_text("1")
    assert places(page) == before
    assert page.evaluate("window.shifted") == 0
    assert page.title().startswith("(2) Worklist")
    page.get_by_role("button", name="Put in order").click()
    expect(page.locator("#rows .row").first).to_have_attribute("data-id", new.id)
    expect(page.locator("#arrived .row")).to_have_count(0)
    assert page.locator(f'[data-id="{older.id}"]').count() == 1


def test_what_a_colleague_does_shows_in_place(page: Page, clinic: Clinic) -> None:
    case = clinic.file("a fever since noon", words="fever")
    worklist(page)
    row = page.locator(f'[data-id="{case.id}"]')
    before = places(page)
    held = clinic.services.escalations.acknowledge(case.id, "S. Example", case.version)
    expect(row.locator(".state")).to_contain_text("S. Example")
    assert places(page) == before
    clinic.services.escalations.close(case.id, "S. Example", Outcome.ADVISED, "done", held.version)
    expect(row).to_have_class(re.compile("gone"))
    assert places(page) == before


def test_the_open_case_shows_what_the_patient_writes_and_keeps_what_is_typed(page: Page, clinic: Clinic) -> None:
    case = clinic.file("a fever since noon", words="fever")
    page.goto(f"/staff/cases/{case.id}")
    page.fill("#comment", "half a thought")
    clinic.file("and now my leg is numb", owner=case.conversation_id)
    expect(page.locator("#transcript")).to_contain_text("and now my leg is numb")
    held = clinic.services.escalations.acknowledge(case.id, "S. Example", 2)
    expect(page.locator("#case-state")).to_contain_text("Acknowledged by S. Example")
    expect(page.locator("#comment")).to_have_value("half a thought")
    clinic.services.escalations.close(case.id, "S. Example", Outcome.ADVISED, "done", held.version)
    expect(page.locator("#outdated")).to_be_visible()
    expect(page.locator("#comment")).to_have_value("half a thought")


def test_a_template_is_put_into_the_message_and_sent(page: Page, clinic: Clinic) -> None:
    case = clinic.file("a fever since noon", words="fever")
    page.goto(f"/staff/cases/{case.id}")
    page.locator("[data-template]").first.click()
    words = page.locator("#message").input_value()
    assert "(217) 555-0142" in words
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#transcript .staff")).to_contain_text(words)


def test_a_disabled_account_is_out_within_five_seconds(page: Page, clinic: Clinic) -> None:
    gone = Person(clinic.services, "G. Example", Role.NURSE)
    clinic.people[Role.NURSE], kept = gone, clinic.people[Role.NURSE]
    clinic.sign_in(page.context)
    clinic.people[Role.NURSE] = kept
    worklist(page)
    with clinic.services.database.write() as connection:
        disable_account(connection, gone.id, clinic.services.now())
    page.wait_for_url("**/staff/login", timeout=5000)


def test_a_page_that_nobody_uses_is_left_when_the_session_ends(page: Page, clinic: Clinic) -> None:
    """However much happens on it by itself."""
    worklist(page)
    clinic.services.pass_time(seconds=IDLE.total_seconds() - 60)
    new = clinic.file("a fever since noon")
    expect(page.locator(f'#arrived [data-id="{new.id}"]')).to_be_visible()
    clinic.services.pass_time(seconds=61)
    page.wait_for_url("**/staff/login", timeout=5000)


def test_the_session_can_be_kept(page: Page, clinic: Clinic) -> None:
    page.clock.install()
    worklist(page)
    page.clock.fast_forward(int((IDLE.total_seconds() - 30) * 1000))
    expect(page.locator("#idle")).to_be_visible()
    page.get_by_role("button", name="Stay signed in").click()
    expect(page.locator("#idle")).to_be_hidden()
    page.clock.fast_forward(int((IDLE.total_seconds() - 90) * 1000))
    expect(page.locator("#idle")).to_be_hidden()


def test_who_types_is_there(page: Page, clinic: Clinic) -> None:
    case = clinic.file("a fever since noon", words="fever")
    page.clock.install()
    page.goto(f"/staff/cases/{case.id}")
    for _ in range(4):
        page.clock.fast_forward(int((IDLE.total_seconds() - 90) * 1000))
        with page.expect_response("**/staff/stay"):
            page.locator("#comment").press_sequentially("a")
    expect(page.locator("#idle")).to_be_hidden()
    expect(page.locator("#comment")).to_have_value("aaaa")


def test_the_stream_comes_back_after_an_answer_that_is_none(page: Page, clinic: Clinic) -> None:
    page.route("**/staff/events**", lambda route: route.fulfill(status=503, body="busy"), times=1)
    page.goto("/staff")
    expect(page.locator("#live-state")).to_contain_text("Not connected")
    expect(page.locator("#live-state")).to_have_text("Live", timeout=30_000)
    new = clinic.file("chest pain", Disposition.EMERGENCY)
    expect(page.locator(f'#arrived [data-id="{new.id}"]')).to_be_visible()


def test_what_could_not_be_asked_is_asked_again(page: Page, clinic: Clinic) -> None:
    worklist(page)
    page.route("**/staff/rows**", lambda route: route.fulfill(status=503, body="busy"), times=1)
    new = clinic.file("chest pain", Disposition.EMERGENCY)
    expect(page.locator("#live-state")).to_contain_text("Not connected")
    expect(page.locator(f'#arrived [data-id="{new.id}"]')).to_be_visible()
    expect(page.locator("#live-state")).to_have_text("Live")


def test_what_only_time_changes_shows_as_well(page: Page, clinic: Clinic) -> None:
    """A case becomes overdue, a copy of the server stops."""
    case = clinic.file("chest pain", Disposition.EMERGENCY)
    Heartbeat(clinic.services.database, list, clinic.services.now).beat()
    page.clock.install()
    worklist(page)
    row = page.locator(f'[data-id="{case.id}"]')
    expect(row).not_to_have_class(re.compile("overdue"))
    warnings = page.locator("#alarms")
    expect(warnings).not_to_contain_text("stopped without a word")
    clinic.services.pass_time(minutes=10)
    page.clock.fast_forward(31_000)
    expect(row).to_have_class(re.compile("overdue"))
    expect(warnings).to_contain_text("stopped without a word")


def test_the_first_case_of_the_day_takes_the_place_of_nothing(page: Page, clinic: Clinic) -> None:
    worklist(page)
    expect(page.locator("#nothing")).to_be_visible()
    clinic.file("a fever since noon")
    expect(page.locator("#arrived .row")).to_have_count(1)
    expect(page.locator("#nothing")).to_be_hidden()


def test_forms_go_by_what_is_before_the_person(page: Page, clinic: Clinic) -> None:
    """While a choice is open the state of the case is not renewed, and so nothing is decided on a state unseen."""
    case = clinic.file("a fever since noon", words="fever")
    page.goto(f"/staff/cases/{case.id}")
    assign = page.locator("#case-state select")
    assign.focus()
    clinic.file("and now my leg is numb", owner=case.conversation_id)
    expect(page.locator("#why")).to_contain_text("leg")
    versions = page.locator('main input[name="version"]')
    assert {field.input_value() for field in versions.all()} == {"1"}
    assign.blur()
    expect(versions.first).to_have_value("2")
    assert {field.input_value() for field in versions.all()} == {"2"}


def test_keys(page: Page, clinic: Clinic) -> None:
    clinic.file("one fever")
    clinic.file("another fever")
    worklist(page)
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    for key in ("Escape", "j", "j"):  # at once: the box in the list of keys still has the focus
        page.keyboard.press(key)
    expect(page.locator("#rows .row-link").nth(1)).to_be_focused()
    expect(page.locator("#keys")).to_be_hidden()
    page.keyboard.press("k")
    expect(page.locator("#rows .row-link").nth(0)).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("j?")
    expect(page.locator("#search")).to_have_value("j?")
    page.locator("h1").click()
    page.keyboard.press("g")
    page.keyboard.press("r")
    page.wait_for_url("**/staff/reports")


def test_keys_can_be_turned_off(page: Page, clinic: Clinic) -> None:
    page.goto("/staff/reports")
    page.keyboard.press("?")
    page.get_by_label("use these keys").uncheck()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_hidden()


@pytest.mark.parametrize("path", ["/staff", "/staff/cases/{id}", "/staff/conversations/{owner}"])
def test_no_title_or_address_holds_a_patients_words(page: Page, clinic: Clinic, path: str) -> None:
    case = clinic.file("my secret fever", words="fever")
    page.goto(path.format(id=case.id, owner=case.conversation_id))
    assert "secret" in page.content()
    assert "secret" not in page.title() + page.url
    assert "ever" not in page.title()
