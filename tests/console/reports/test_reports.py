"""Reports: the figures by hand, and a file that no spreadsheet computes."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest

from bot.console.reports.figures import quantile
from bot.console.reports.page import safe_cell
from bot.escalation.model import Escalation
from bot.escalation.steps import Outcome
from bot.records.messages import Reply, store_told
from bot.triage.model import Disposition, Finding
from tests.conftest import TestServices
from tests.console.conftest import NAME, Browser, Person

File = Callable[..., Escalation]
SPAN = {"since": "2026-06-09", "until": "2026-06-10"}


@pytest.fixture
def figures(browser: Browser, services: TestServices, nurse: Person, file: File) -> dict[tuple[str, str], str]:
    """The exported figures of five cases: (part, name) -> value."""
    cases = [
        file("chest pain", Disposition.EMERGENCY, finding=Finding("chest_pain")),
        file("fever"),
        file("fever", channel="sms", address="+12175550148"),
        file("fever", Disposition.ROUTINE),
    ]
    for minutes, case in zip((4, 20, 30), cases, strict=False):
        services.pass_time(minutes=minutes)
        services.escalations.acknowledge(case.id, NAME, 1)
    services.pass_time(minutes=6)
    services.escalations.close(cases[0].id, NAME, Outcome.ADVISED, "done", 2)
    with services.database.write() as connection:
        answers = [Reply("No driving.", response="utter_answer_driving")] * 2 + [Reply("Hi.", response="utter_greet")]
        store_told(connection, cases[0].conversation_id, "website", answers, "bot", services.now())
    services.pass_time(hours=10)
    file("fever")
    answer = browser.be(nurse).send_form("/staff/reports.csv", **SPAN)
    assert answer.headers["content-disposition"] == 'attachment; filename="aftercare-2026-06-09-2026-06-10.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    return {(row["part"], row["name"]): row["value"] for row in rows}


@pytest.mark.parametrize(
    ("part", "name", "value"),
    [
        ("cases", "all", "5"),
        # The emergency in 4 of 5 minutes; the urgent ones in 24 and 54 of 15; the routine one after 4 hours: not yet.
        ("cases", "overdue", "3"),
        ("cases", "due", "4"),
        ("disposition", "emergency", "1"),
        ("disposition", "urgent", "3"),
        ("disposition", "routine", "1"),
        ("symptom", "fever", "5"),
        ("symptom", "chest_pain", "1"),
        ("channel", "website", "4"),
        ("channel", "sms", "1"),
        ("hour", "10:00", "4"),
        ("hour", "21:00", "1"),
        ("hour", "03:00", "0"),
        ("topic", "driving", "2"),
        ("minutes until acknowledge", "count", "3"),
        ("minutes until acknowledge", "median", "24"),
        ("minutes until acknowledge", "p90", "54"),
        ("minutes until close", "median", "60"),
    ],
)
def test_figures(figures: dict[tuple[str, str], str], part: str, name: str, value: str) -> None:
    assert figures[part, name] == value
    assert ("topic", "greet") not in figures


def test_a_case_that_came_back_counts_from_then(
    browser: Browser, services: TestServices, nurse: Person, file: File
) -> None:
    case = file("fever")
    held = services.escalations.acknowledge(case.id, NAME, 1)
    held = services.escalations.close(case.id, NAME, Outcome.ADVISED, "done", held.version)
    services.pass_time(hours=5)
    held = services.escalations.reopen(case.id, NAME, "she wrote again", held.version)
    services.pass_time(minutes=7)
    services.escalations.acknowledge(case.id, NAME, held.version)
    answer = browser.be(nurse).send_form("/staff/reports.csv", **SPAN)
    rows = {(row["part"], row["name"]): row["value"] for row in csv.DictReader(io.StringIO(answer.text))}
    assert rows["minutes until acknowledge", "median"] == "7"
    assert rows["cases", "overdue"] == "0"


def test_the_page_has_a_table_for_every_chart(signed_in: Browser, file: File) -> None:
    file("fever")
    page = signed_in.get("/staff/reports").text
    assert page.count('<svg class="bars"') == page.count("<summary>As a table</summary>") == 4
    assert "Nothing in these days" in signed_in.get("/staff/reports?since=2020-01-01&until=2020-01-31").text


@pytest.mark.parametrize(
    "query", ["since=x&until=y", "since=2026-06-30&until=2026-06-01", "since=1000-01-01", "until=9999-12-30", "since="]
)
def test_any_days_can_be_asked_for(signed_in: Browser, query: str) -> None:
    assert signed_in.get(f"/staff/reports?{query}").status_code == 200


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("value", ["urgent", "", 7, "a=b"])
def test_other_cells_stay_as_they_are(value: object) -> None:
    assert safe_cell(value) == str(value)


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [([], 0.5, None), ([5], 0.9, 5), ([1, 2, 3, 4], 0.5, 2), ([3, 1, 2], 0.5, 2), (list(range(1, 11)), 0.9, 9)],
)
def test_quantile(values: list[float], share: float, expected: float | None) -> None:
    assert quantile(values, share) == expected
