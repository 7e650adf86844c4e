"""Progress appears when it takes long, and only then; what the terminal shows obeys nobody."""

from __future__ import annotations

from io import StringIO
from itertools import count

import pytest

from bot.evaluation.labels import Label
from bot.evaluation.measures import measure
from bot.evaluation.phrases import percent
from bot.evaluation.plots import interval_plot
from bot.evaluation.replay import Progress
from bot.evaluation.table import as_text
from bot.evaluation.wilson import Rate
from bot.triage.model import Finding
from tests.evaluation.cases import case

LABELS = [Label("some.jsonl", number, "hi") for number in range(30)]


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "seconds", "shown"), [(StringIO(), 0.05, 0), (StringIO(), 1, 3), (Terminal(), 1, 30)]
)
def test_progress(stream: StringIO, seconds: float, shown: int) -> None:
    ticks = count()
    progress = Progress(stream, clock=lambda: next(ticks) * seconds)
    assert list(progress.over(LABELS)) == LABELS
    assert stream.getvalue().count("of 30 messages") == pytest.approx(shown, abs=2)
    assert stream.getvalue() == "" or stream.getvalue().endswith("\n")


def test_the_table_obeys_no_message() -> None:
    shown = as_text(measure([case("none", expect=["fever"], text="\x1b[2Jburning\r\nup\u202e")]))
    assert "burning" in shown
    assert not set("\x1b\r\u202e") & set(shown)


def test_findings_in_the_table_obey_no_message() -> None:
    shown = as_text(measure([case("urgent", Finding("fever", text="hot\x1b[2J"), expect={"absent": ["fever"]})]))
    assert "\x1b" not in shown


@pytest.mark.parametrize(
    ("rate", "words"),
    [(Rate(3, 3), "100.0 %"), (Rate(9999, 10000), "> 99.9 %"), (Rate(1, 10000), "< 0.1 %"), (Rate(0, 3), "0.0 %")],
)
def test_rounding_hides_no_miss(rate: Rate, words: str) -> None:
    assert percent(rate) == words


def test_plots_hold_their_intervals() -> None:
    rates = {"a": Rate(20, 20), "b": Rate(9, 10), "never counted": Rate(0, 0)}
    for upper_end in (True, False):
        plot = interval_plot(rates, upper_end)
        assert [row.name for row in plot.rows] == ["a", "b"]
        assert all(0 <= row.low <= row.dot <= row.high <= 100 for row in plot.rows)
        assert all(0 <= x <= 100 for x, _ in plot.ticks)
    assert interval_plot(rates, True).cut
    assert interval_plot({}, True).rows == ()
