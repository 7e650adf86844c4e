"""The report: everything is in it, nothing is fetched by it, no message gets out of its quotes."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from html.parser import HTMLParser

import pytest

from bot.evaluation.labels import Refusal
from bot.evaluation.measures import measure
from bot.evaluation.report import as_html
from bot.triage.model import Finding
from tests.evaluation.cases import case

HOSTILE = "</q><script>alert('x')</script><img src=//evil.example/x onerror=alert(1)>{{ 7*7 }}"


@pytest.fixture(scope="module")
def page() -> str:
    cases = [
        case("urgent", Finding("fever"), expect=["fever"], file="redflag_positive.jsonl"),
        case("none", expect=["leg_symptom"], text=HOSTILE, id=HOSTILE, slices=[HOSTILE], file="redflag_positive.jsonl"),
        case("urgent", Finding("chills", text=HOSTILE), expect=[], prev=HOSTILE, file="out_of_scope.jsonl"),
    ]
    made = datetime(2026, 6, 9, 15, 0, tzinfo=timezone.utc)
    return as_html(measure(cases, [Refusal("bad.jsonl", 7, "not <JSON>")]), None, HOSTILE, made)


class Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def test_hostile_text_stays_text(page: str) -> None:
    elements = Elements()
    elements.feed(page)
    assert not {"script", "img", "iframe", "link"} & elements.tags
    assert not {"src", "href", "onerror", "srcdoc"} & elements.attributes
    assert "&lt;script&gt;" in page
    assert "{{ 7*7 }}" in page


def test_nothing_is_fetched(page: str) -> None:
    assert "default-src 'none'" in page
    assert not re.search(r"url\(|@import|https?://", page)


def test_rows(page: str) -> None:
    for words in (
        "Leg symptom",
        "Redflag positive",
        "Out of scope",
        "under-triage",
        "over-triage",
        "leg_symptom not found",
    ):
        assert words in page
    assert "1 line could not be read" in page
    assert "bad.jsonl, line 7: not &lt;JSON&gt;" in page
    assert "2026-06-09 15:00 UTC" in page
    assert "1 of 2 · 95 %: 9.5–90.5 %" in page


def test_plots_have_a_row_for_each_rate(page: str) -> None:
    plots = page.split('<figure class="plot')[1:]
    assert [part.split("</figure>")[0].count('class="dot"') for part in plots] == [2, 1]


def test_nothing_missed_is_said() -> None:
    page = as_html(measure([case("none", expect=[])]), None, "x", datetime(2026, 6, 9, tzinfo=timezone.utc))
    assert "Misses (0)" in page
    assert "None." in page
