"""The admin's view of the audit trail: found by who, what, which case and when; a change in it shows."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from bot.console import trail
from bot.console.audit_page import PAGE_SIZE
from bot.escalation.model import Escalation
from bot.records.tables import audit
from tests.conftest import TestServices
from tests.console.conftest import NAME, Browser, Person

File = Callable[..., Escalation]
ROW = re.compile(r'<tr><td class="number">(\d+)</td>')


@pytest.fixture
def office(
    browser: Browser, services: TestServices, admin: Person, nurse: Person, file: Callable[..., Escalation]
) -> Browser:
    """An admin's browser, after a nurse has looked at and acknowledged a case."""
    case = file("a fever")
    browser.be(nurse).get(f"/staff/cases/{case.id}")
    browser.send_form(f"/staff/cases/{case.id}/acknowledge", version="1")
    services.pass_time(days=1)
    browser.case = case  # type: ignore[attr-defined]
    return browser.be(admin)


@pytest.mark.parametrize(
    ("form", "found"),
    [
        ({}, ["3", "2", "1"]),
        ({"actor": NAME}, ["2", "1"]),
        ({"action": "escalation.acknowledged"}, ["2"]),
        ({"subject": "CASE"}, ["2", "1"]),
        ({"subject": "nothing"}, []),
        ({"since": "2026-06-10"}, ["3"]),
        ({"until": "2026-06-09"}, ["2", "1"]),
        ({"since": "x", "until": "9999-12-31"}, ["3", "2", "1"]),
        ({"before": "2"}, ["1"]),
        ({"before": "-1"}, ["3", "2", "1"]),
    ],
)
def test_search(office: Browser, form: dict[str, str], found: list[str]) -> None:
    form = {key: office.case.id.lower() if value == "CASE" else value for key, value in form.items()}  # type: ignore[attr-defined]
    assert ROW.findall(office.send_form("/staff/audit", **form).text) == found


def test_pages(office: Browser, services: TestServices) -> None:
    with services.database.write() as connection:
        for _ in range(PAGE_SIZE):
            trail.note(connection, NAME, "conversation.viewed", "conversation/x", services.now())
    first = office.get("/staff/audit").text
    (before,) = re.findall(r'name="before" value="(\d+)"', first)
    assert len(ROW.findall(first)) == PAGE_SIZE
    assert ROW.findall(office.send_form("/staff/audit", before=before).text)[-1] == "1"


def test_a_changed_trail_is_told_of(office: Browser, services: TestServices) -> None:
    assert "The trail is whole" in office.send_form("/staff/audit/verify").text
    with services.database.write() as connection:
        connection.execute(audit.update().where(audit.c.id == 1).values(actor="Somebody Else"))
    answer = office.send_form("/staff/audit/verify").text
    assert "The trail is not whole" in answer
    assert "entry 1" in answer


def test_every_action_of_the_life_cycle_has_words(services: TestServices) -> None:
    """An action that is written somewhere in the program and has no words would be shown as its key."""
    from tests.test_architecture import ROOT

    written = set()
    for file in (ROOT / "bot").rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        written |= set(re.findall(r'"((?:staff|conversation|message|turn|marks|report|patients)\.[a-z_]+)"', text))
    steps = re.findall(
        r'by, "([a-z_]+)"|^            "([a-z_]+)",$', (ROOT / "bot/escalation/service.py").read_text(), re.M
    )
    written |= {f"escalation.{first or second}" for first, second in steps}
    written -= {"report.html", "staff.id"}
    assert {"escalation.closed", "staff.signed_in"} <= written
    assert written <= set(trail.ACTIONS), written - set(trail.ACTIONS)
    with services.database.write() as connection, pytest.raises(ValueError, match="no words"):
        trail.note(connection, NAME, "staff.flew", "", services.now())
    with services.database.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(audit)).scalar() == 0
