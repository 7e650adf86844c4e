"""The worklist: order, evidence, and text that stays text."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.console.pages import waiting_words
from bot.console.worklist import highlight
from bot.escalation.model import Escalation
from bot.escalation.steps import Outcome
from bot.records.messages import Reply, store_replies
from bot.triage.model import Course, Disposition, Finding
from tests.conftest import TestServices
from tests.console.conftest import NAME, Browser

File = Callable[..., Escalation]
HOSTILE = '<script>alert("1")</script> <img src=x onerror=alert(2)> {{ 7*7 }}'


def test_an_empty_list_says_so(signed_in: Browser) -> None:
    assert "Nothing is open" in signed_in.get("/staff").text


def test_worst_first_and_then_oldest(signed_in: Browser, services: TestServices, file: File) -> None:
    filed = {}
    for name, disposition in [
        ("routine", Disposition.ROUTINE),
        ("older urgent", Disposition.URGENT),
        ("newer urgent", Disposition.URGENT),
        ("emergency", Disposition.EMERGENCY),
    ]:
        filed[file(f"message, {name}", disposition).id] = name
        services.pass_time(minutes=3)
    shown = re.findall(r"[2-9A-Z]{4}-[2-9A-Z]{4}", signed_in.get("/staff").text)
    assert [filed[reference] for reference in shown] == ["emergency", "older urgent", "newer urgent", "routine"]


def test_an_entry_shows_what_it_rests_on(signed_in: Browser, services: TestServices, file: File) -> None:
    escalation = file("since noon a fever of 102", Disposition.URGENT, words="a fever of 102")
    services.pass_time(minutes=5)
    page = signed_in.get("/staff").text
    assert "since noon <mark>a fever of 102</mark>" in page
    for shown in (escalation.id, "5 min", "fever.example", "website", "action", "protocol 2026.1", "open"):
        assert shown in page


@pytest.mark.parametrize(
    ("finding", "words"),
    [
        (Finding("fever"), "fever"),
        (Finding("fever", value=101.2, unit="F", resolved=True), "fever 101.2 °F, gone now"),
        (Finding("back_pain", value=9, unit="/10", course=Course.WORSE), "back pain 9/10, worse"),
        (Finding("headache", duration_hours=30, persistent=True), "headache, 30 h or more, persistent"),
        (Finding("leg_symptom", new=False, uncertain=True), "leg symptom, uncertain, old, not new"),
    ],
)
def test_a_finding_is_told_in_words(signed_in: Browser, file: File, finding: Finding, words: str) -> None:
    file("a message", Disposition.URGENT, finding=finding)
    assert f"<li>{words}</li>" in signed_in.get("/staff").text


def test_closed_ones_are_not_listed(signed_in: Browser, services: TestServices, file: File) -> None:
    escalation = file("a fever", Disposition.URGENT)
    services.escalations.close(escalation.id, NAME, Outcome.ADVISED, "spoke with her", escalation.version)
    assert escalation.id not in signed_in.get("/staff").text


def test_hostile_text_stays_text(signed_in: Browser, file: File) -> None:
    file(HOSTILE, Disposition.URGENT, words="<img src=x onerror=alert(2)>")
    page = signed_in.get("/staff").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "<mark>&lt;img src=x onerror=alert(2)&gt;</mark>" in page
    assert "{{ 7*7 }}" in page


def test_the_interlock_is_counted(signed_in: Browser, services: TestServices, file: File) -> None:
    escalation = file("a fever", Disposition.URGENT)
    with services.database.write() as connection:
        message_id = connection.exec_driver_sql("SELECT id FROM messages").scalar()
        store_replies(
            connection,
            message_id,
            escalation.conversation_id,
            "website",
            [Reply("Call.")],
            services.now(),
            interlock="failure",
        )
    page = signed_in.get("/staff").text
    assert '<li class="bad"><b>1</b> failure</li>' in page
    assert "<li><b>0</b> disagreement</li>" in page


@pytest.mark.parametrize(
    ("spans", "marked"),
    [
        ([], []),
        ([(0, 3)], ["abc"]),
        ([(4, 6), (0, 2)], ["ab", "ef"]),
        ([(0, 4), (2, 6)], ["abcd", "ef"]),
        ([(0, 6), (2, 4)], ["abcdef"]),
        ([(3, 3), (-1, 2), (4, 99)], []),
    ],
)
def test_highlight(spans: list[tuple[int, int]], marked: list[str]) -> None:
    parts = highlight("abcdef", [{"start": start, "end": end} for start, end in spans])
    assert "".join(text for text, _ in parts) == "abcdef"
    assert [text for text, is_marked in parts if is_marked] == marked


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
