"""The worklist: order, what an entry shows, filters, pages, and text that stays text."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.console.pages import waiting_words
from bot.console.worklist.listing import PAGE_SIZE
from bot.escalation.model import Escalation
from bot.escalation.steps import Outcome
from bot.records.tables import conversations, escalations
from bot.triage.model import Disposition, Finding
from tests.conftest import TestServices
from tests.console.conftest import NAME, Browser, Person

File = Callable[..., Escalation]


def shown(page: str) -> list[str]:
    """References of the rows, in order."""
    return re.findall(r'data-id="([2-9A-Z]{4}-[2-9A-Z]{4})"', page)


def test_an_empty_list_says_what_will_come(signed_in: Browser) -> None:
    assert "Nothing is open" in signed_in.get("/staff").text
    assert "Nothing fits these filters" in signed_in.get("/staff?channel=sms").text


def test_worst_first_and_then_priority_and_then_age(signed_in: Browser, services: TestServices, file: File) -> None:
    filed = {}
    for name, disposition in [
        ("routine", Disposition.ROUTINE),
        ("older urgent", Disposition.URGENT),
        ("pressing urgent", Disposition.URGENT),
        ("newer urgent", Disposition.URGENT),
        ("emergency", Disposition.EMERGENCY),
    ]:
        escalation = file(f"message, {name}", disposition)
        filed[escalation.id] = name
        if name == "pressing urgent":
            services.escalations.set_priority(escalation.id, NAME, 3, "called twice", escalation.version)
        services.pass_time(minutes=2)
    order = [filed[reference] for reference in shown(signed_in.get("/staff").text)]
    assert order == ["emergency", "pressing urgent", "older urgent", "newer urgent", "routine"]


def test_an_entry_shows_what_matters(signed_in: Browser, services: TestServices, file: File) -> None:
    escalation = file("since noon a fever of 102", words="a fever of 102")
    with services.database.write() as connection:
        connection.execute(conversations.update().values(contact_name="Pat", contact_phone="+12175550148"))
    services.pass_time(minutes=5)
    page = signed_in.get("/staff").text
    assert "since noon <mark>a fever of 102</mark>" in page
    for words in (escalation.id, "5 min", ">fever</a>", "Pat +12175550148", "nobody yet"):
        assert words in page


def test_only_the_part_with_the_finding_is_quoted_from_a_long_message(signed_in: Browser, file: File) -> None:
    file("so " * 400 + "I have chills tonight" + " so" * 400, words="chills")
    page = signed_in.get("/staff").text
    (quoted,) = re.findall(r'class="row-words">(.*?)</span>', page)
    assert "I have <mark>chills</mark> tonight" in quoted
    assert len(quoted) < 220
    assert quoted.startswith("… ")
    assert quoted.endswith(" …")


def test_a_case_is_overdue_when_nobody_acknowledged_it_in_time(
    signed_in: Browser, services: TestServices, file: File
) -> None:
    first, second = file("fever", Disposition.EMERGENCY), file("chills", Disposition.URGENT)
    services.escalations.acknowledge(second.id, NAME, second.version)
    services.pass_time(minutes=4)
    assert "overdue" not in signed_in.get("/staff/rows").text
    services.pass_time(minutes=2)
    assert re.findall(r'class="row (\w+) (\w+) overdue" data-id="(.*?)"', signed_in.get("/staff/rows").text) == [
        ("emergency", "open", first.id)
    ]


def test_what_the_patient_wrote_after_it_was_read_is_unread(
    signed_in: Browser, services: TestServices, file: File
) -> None:
    escalation = file("fever")
    signed_in.get(f"/staff/cases/{escalation.id}")
    assert "unread</span>" not in signed_in.get("/staff").text
    file("and chills", conversation_id=escalation.conversation_id)
    assert "1 unread" in signed_in.get("/staff").text


def test_a_viewer_leaves_messages_unread(browser: Browser, nurse: Person, viewer: Person, file: File) -> None:
    escalation = file("fever")
    browser.be(nurse).get(f"/staff/cases/{escalation.id}")
    file("and chills", conversation_id=escalation.conversation_id)
    browser.be(viewer).get(f"/staff/cases/{escalation.id}")
    assert "1 unread" in browser.get("/staff").text


@pytest.fixture
def several(services: TestServices, file: File, nurse: Person) -> dict[str, str]:
    """Names of cases -> their references."""
    filed = {
        "emergency": file("chest pain", Disposition.EMERGENCY),
        "acknowledged": file("fever"),
        "sms": file("fever", Disposition.ROUTINE, channel="sms", address="+12175550148"),
        "nausea": file("nausea", finding=Finding("nausea", text="nausea", start=0, end=6)),
        "mine": file("fever"),
        "closed": file("fever"),
    }
    services.escalations.acknowledge(filed["acknowledged"].id, "S. Example", 1)
    services.escalations.assign(filed["mine"].id, "S. Example", NAME, 1)
    services.escalations.close(filed["closed"].id, "S. Example", Outcome.ADVISED, "ice", 1)
    services.pass_time(days=2)
    filed["later"] = file("fever")
    return {name: escalation.id for name, escalation in filed.items()}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", "emergency acknowledged sms nausea mine later"),
        ("status=waiting", "emergency sms nausea mine later"),
        ("status=acknowledged", "acknowledged"),
        ("status=closed", "closed"),
        ("disposition=emergency", "emergency"),
        ("channel=sms", "sms"),
        ("symptom=nausea", "nausea"),
        ("symptom=nausea&disposition=emergency", ""),
        ("mine=1", "mine"),
        ("since=2026-06-10", "later"),
        ("until=2026-06-09", "emergency acknowledged sms nausea mine"),
        ("since=2026-06-09&until=2026-06-10", "emergency acknowledged sms nausea mine"),
        ("status=everything&since=soon&disposition='--&mine=yes", "emergency acknowledged sms nausea mine later"),
    ],
)
def test_filters(browser: Browser, nurse: Person, several: dict[str, str], query: str, names: str) -> None:
    page = browser.be(nurse).get(f"/staff?{query}").text
    assert set(shown(page)) == {several[name] for name in names.split()}


def test_counts_are_of_everything_whatever_is_filtered(
    browser: Browser, nurse: Person, several: dict[str, str]
) -> None:
    page = browser.be(nurse).get("/staff?symptom=nausea").text
    counts = dict(re.findall(r'id="n-(\w+)">(\d+)<', page))
    assert counts == {"waiting": "5", "all": "6", "emergency": "1", "urgent": "4", "clarify": "0", "routine": "1"}


@pytest.mark.parametrize("query", ["", "status=closed"])
def test_pages_follow_each_other_without_gap_or_repeat(
    signed_in: Browser, services: TestServices, file: File, query: str
) -> None:
    """Even when something is filed in between."""
    dispositions = (Disposition.URGENT, Disposition.ROUTINE, Disposition.EMERGENCY)
    filed = [file(f"fever {number}", dispositions[number % 3]).id for number in range(PAGE_SIZE + 20)]
    if query:
        with services.database.write() as connection:
            connection.execute(escalations.update().values(status="closed", closed_at=services.now()))
    first = signed_in.get(f"/staff?{query}").text
    file("a new one", Disposition.EMERGENCY)
    (after,) = re.findall(r'href="/staff\?([^"]*after=[^"]+)"', first)
    second = signed_in.get(f"/staff?{after}".replace("&amp;", "&")).text
    assert len(shown(first)) == PAGE_SIZE
    assert sorted(shown(first) + shown(second)) == sorted(filed)
    assert "after=" not in second


def test_what_an_open_page_shows_is_not_gone_when_it_is_pushed_off(signed_in: Browser, file: File) -> None:
    filed = [file(f"fever {number}", Disposition.ROUTINE).id for number in range(PAGE_SIZE)]
    file("a new one", Disposition.EMERGENCY)
    since = "since=2030-01-01T00:00:00"
    (pushed_off,) = set(filed) - set(shown(signed_in.get(f"/staff/rows?{since}").text))
    assert set(filed) <= set(shown(signed_in.get(f"/staff/rows?{since}&shown={','.join(filed)}").text))
    assert pushed_off not in shown(signed_in.get(f"/staff/rows?{since}&shown=%27,x,{'9' * 4000}").text)


@pytest.mark.parametrize("after", ["", "x", "1_2_3", "1_2_nan_ABCD-EFGH", "9_9_99999999999999999_A", "1_1_1e400_A"])
def test_a_made_up_page_is_the_first(signed_in: Browser, file: File, after: str) -> None:
    escalation = file("fever")
    assert shown(signed_in.get(f"/staff?after={after}").text) == [escalation.id]


def test_views_are_kept_for_oneself(services: TestServices, nurse: Person, viewer: Person) -> None:
    with Browser(services) as mine, Browser(services) as other:
        mine.be(nurse)
        other.be(viewer)
        assert mine.send_form("/staff/views", name="  Texts ", channel="sms", mine="1").status_code == 303
        assert mine.send_form("/staff/views", name="Texts", channel="sms").status_code == 303
        page = mine.get("/staff").text
        (view,) = re.findall(r"/staff/views/(\d+)/forget", page)
        assert page.count('href="/staff?channel=sms"') == 1
        assert "Texts" not in other.get("/staff").text
        assert other.send_form(f"/staff/views/{view}/forget").status_code == 404
        assert mine.send_form("/staff/views", name=" ").status_code == 400
        assert mine.send_form(f"/staff/views/{view}/forget").status_code == 303
        assert "Texts" not in mine.get("/staff").text
        for number in range(12):
            assert mine.send_form("/staff/views", name=f"view {number}").status_code == 303
        assert mine.send_form("/staff/views", name="one more").status_code == 409


def test_symptoms_of_older_escalations_are_filled_in_once(services: TestServices, file: File) -> None:
    escalation = file("fever")
    file("and nausea", finding=Finding("nausea"), conversation_id=escalation.conversation_id)
    with services.database.read() as connection:
        rows = connection.execute(sa.text("SELECT symptom FROM escalation_symptoms ORDER BY symptom")).scalars()
        assert list(rows) == ["fever", "nausea"]


@pytest.mark.parametrize(
    ("waited", "words"),
    [
        (timedelta(seconds=-5), "0 min"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(hours=1), "1 h 00 min"),
        (timedelta(hours=23, minutes=59), "23 h 59 min"),
        (timedelta(days=1, hours=2), "1 day 2 h"),
        (timedelta(days=3), "3 days 0 h"),
    ],
)
def test_waiting_words(waited: timedelta, words: str) -> None:
    assert waiting_words(waited) == words
