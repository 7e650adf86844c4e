"""Every page on a computer and a phone, light and dark: no fault of accessibility, nothing runs over the edge, and no
text of a patient is ever run."""

from __future__ import annotations

from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize, expect

from bot.console import console_pages
from bot.console.access import Guard
from bot.console.pages import Pages
from bot.console.people.roles import Role
from bot.console.review import marks
from bot.escalation.model import Escalation
from bot.escalation.steps import CallResult, Outcome
from bot.records.changes import Changes
from bot.records.messages import Reply, store_told
from bot.records.tables import conversations
from bot.records.unanswered import record_unanswered
from bot.triage.model import Disposition
from tests.console.browser.conftest import COMPUTER, PHONE, Clinic

Scheme = Literal["light", "dark"]
#: Pages for those who are signed in, by the name of their route; fragments, events and files are no pages.
PATHS = {
    "worklist": "/staff",
    "case": "/staff/cases/{open}",
    "conversation": "/staff/conversations/{owner}",
    "conversations": "/staff/conversations",
    "review": "/staff/review",
    "review_turn": "/staff/review/messages/1",
    "reports": "/staff/reports?since=2026-06-01&until=2026-06-30",
    "audit": "/staff/audit",
    "people": "/staff/people",
    "own_account": "/staff/account",
}
NO_PAGES = {
    "attachment",
    "worklist_rows",
    "case_live",
    "events",
    "stay",
    "code_form",
    "set_up_form",
    "own_password_form",
}
LOOKS = [(COMPUTER, "light"), (PHONE, "dark")]


@pytest.fixture(scope="module")
def furnished(clinic: Clinic) -> dict[str, str]:
    """Something of everything."""
    services = clinic.services
    case = clinic.file("since noon a fever of 102", words="a fever of 102")
    services.escalations.acknowledge(case.id, "R. Example", 1)
    services.escalations.log_call(case.id, "R. Example", CallResult.NO_ANSWER, "voicemail full")
    clinic.file("chest pain", Disposition.EMERGENCY)
    closed = clinic.file("chills")
    services.escalations.close(closed.id, "R. Example", Outcome.ADVISED, "spoke with her", 1)
    services.pass_time(minutes=20)
    with services.database.write() as connection:
        connection.execute(conversations.update().values(contact_name="Pat Example", contact_phone="+12175550148"))
        record_unanswered(connection, "can I take a bath", "website", services.now())
        marks.set_mark(connection, 1, "missed", ["fever"], "a reason", "R. Example", services.now())
        store_told(connection, case.conversation_id, "website", [Reply("Hello.")], "staff", services.now())
    return {"open": case.id, "owner": case.conversation_id, "closed": closed.id}


def open_page(chromium: Browser, clinic: Clinic, size: ViewportSize, scheme: Scheme, path: str) -> Page:
    context = chromium.new_context(
        viewport=size,
        color_scheme=scheme,
        base_url=clinic.url,
        reduced_motion="reduce",
    )
    clinic.sign_in(context, Role.ADMIN)
    page = context.new_page()
    page.goto(path)
    return page


def check(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert over <= 0, f"{over} pixels run over the edge"


def test_every_page_is_in_the_list(clinic: Clinic) -> None:
    services = clinic.services
    pages = Pages(services, list)
    routes = console_pages(services, Changes(services.database), pages, Guard(services, pages, secure=False))
    assert {page.name for page in routes if page.method == "GET"} - NO_PAGES == {*PATHS, "login_form"}


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
@pytest.mark.parametrize("name", PATHS)
def test_pages(
    chromium: Browser, clinic: Clinic, furnished: dict[str, str], name: str, size: ViewportSize, scheme: Scheme
) -> None:
    page = open_page(chromium, clinic, size, scheme, PATHS[name].format(**furnished))
    page.evaluate("for (const node of document.querySelectorAll('main details')) node.open = true")
    check(page)
    page.context.close()


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_a_closed_case_and_the_pages_of_signing_in(
    chromium: Browser, clinic: Clinic, furnished: dict[str, str], size: ViewportSize, scheme: Scheme
) -> None:
    page = open_page(chromium, clinic, size, scheme, f"/staff/cases/{furnished['closed']}")
    check(page)
    page.goto("/staff/cases/2222-2222")
    check(page)
    page.get_by_role("button", name="Sign out").click()
    check(page)
    nurse = clinic.people[Role.NURSE]
    page.fill("#name", nurse.name)
    page.fill("#password", nurse.password)
    page.get_by_role("button", name="Sign in").click()
    check(page)
    page.context.close()


ATTACKS = (
    "<script>owned()</script>",
    "<img src=x onerror=owned()>",
    "<svg onload=owned()>",
    '"><script>owned()</script>',
    "'><img src=x onerror=owned()>",
    "</textarea><script>owned()</script>",
    "</title><script>owned()</script>",
    "</style><script>owned()</script>",
    "<iframe srcdoc='<script>parent.owned()</script>'></iframe>",
    "<a href='javascript:owned()' autofocus onfocus=owned()>x</a>",
    "javascript:owned()",
    "{{ owned() }}",
    "${owned()}",
    "<details open ontoggle=owned()>",
    "<input autofocus onfocus=owned()>",
    "<body onload=owned()>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=owned()>",
    "<object data='data:text/html,<script>owned()</script>'></object>",
    "&lt;script&gt;owned()&lt;/script&gt;",
    "\u2028<script>owned()</script>\u2029",
)
FRAMES = ("{}", "I have a fever {} since noon", '" {} onmouseover="owned()', "{}\n\n{}", "<b>{}</b>")
HOSTILE = [frame.replace("{}", attack) for attack in ATTACKS for frame in FRAMES]


def test_a_hundred_hostile_texts_run_nothing(chromium: Browser, clinic: Clinic) -> None:
    assert len(set(HOSTILE)) == 100
    services, cases = clinic.services, []
    for text in HOSTILE:
        cases.append(hostile_case(clinic, text))
    for text in HOSTILE[1:]:
        clinic.file(text, words=text[:40], owner=cases[0].conversation_id)
    ran: list[str] = []
    context = chromium.new_context(viewport=COMPUTER, base_url=clinic.url)
    context.expose_function("owned", lambda *_: ran.append("ran"))
    clinic.sign_in(context, Role.ADMIN)
    page = context.new_page()
    page.on("dialog", lambda dialog: ran.append(dialog.message))
    paths = [
        "/staff", "/staff?disposition=urgent", f"/staff/cases/{cases[0].id}", "/staff/review", "/staff/conversations",
        "/staff/audit", f"/staff/conversations/{cases[0].conversation_id}",
        *(f"/staff/cases/{case.id}" for case in cases[1:100:9]),
    ]  # fmt: skip
    for path in paths:
        page.goto(path)
        expect(page.locator("h1")).to_be_visible()
        page.mouse.wheel(0, 4000)
    page.goto(f"/staff/cases/{cases[0].id}")
    shown = page.locator("#transcript").inner_text()
    assert all(text.split("\n")[0].strip() in shown for text in HOSTILE if "\u2028" not in text)
    page.goto("/staff")
    page.fill("#search", HOSTILE[1][:90])
    page.get_by_role("button", name="Find").click()
    expect(page.locator("h1")).to_contain_text("Found")
    assert ran == []
    services.pass_time(minutes=1)
    context.close()


def hostile_case(clinic: Clinic, text: str) -> Escalation:
    """A case in which everything that people type is the text."""
    services = clinic.services
    case = clinic.file(text, words=text[:40])
    services.escalations.note(case.id, "R. Example", text)
    closed = services.escalations.close(case.id, "R. Example", Outcome.ADVISED, text, 2)
    services.escalations.reopen(case.id, "R. Example", text, closed.version)
    with services.database.write() as connection:
        mine = conversations.c.id == case.conversation_id
        connection.execute(conversations.update().where(mine).values(contact_name=text[:100], contact_phone=text[:16]))
        record_unanswered(connection, text, "website", services.now())
        message = case.findings[0]["message_id"]
        marks.set_mark(connection, message, "missed", ["fever"], text, "R. Example", services.now())
    return case
