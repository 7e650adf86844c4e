"""Geometry of the plots: a dot for each rate and a bar for its interval, in percent of the plot's width."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor

from bot.evaluation.phrases import counted, interval, percent
from bot.evaluation.wilson import Rate


@dataclass(frozen=True)
class PlotRow:
    name: str
    #: Positions in percent of the plot's width.
    dot: float
    low: float
    high: float
    words: str


@dataclass(frozen=True)
class Plot:
    rows: tuple[PlotRow, ...]
    #: Position in percent of the width -> the rate that stands there, in percent.
    ticks: tuple[tuple[float, int], ...]

    @property
    def cut(self) -> bool:
        """The axis does not begin at 0."""
        return bool(self.ticks) and self.ticks[0][1] > 0


def interval_plot(rates: dict[str, Rate], upper_end: bool) -> Plot:
    """Rates that were counted, on an axis that holds all intervals and ends in round numbers.

    ``upper_end``: the axis ends at 100 % and begins where it must; else it begins at 0 and ends where it must.
    """
    shown = {name: rate for name, rate in rates.items() if rate.total}
    if not shown:
        return Plot((), ())
    start, end = 0, 100
    if upper_end:
        start = min(90, 10 * floor(10 * min(rate.low for rate in shown.values())))
    else:
        end = max(10, min(100, 10 * ceil(10 * max(rate.high for rate in shown.values()))))
    span = end - start

    def place(share: float) -> float:
        return round(100 * (100 * share - start) / span, 2)

    step = next(step for step in (2, 5, 10, 20, 25, 50) if span / step <= 5)
    marks = [mark for mark in range(start, end + 1) if (end - mark if upper_end else mark - start) % step == 0]
    rows = tuple(
        PlotRow(
            name=name,
            dot=place(rate.value),
            low=place(rate.low),
            high=place(rate.high),
            words=f"{percent(rate)} · {counted(rate)} · 95 %: {interval(rate)}",
        )
        for name, rate in shown.items()
    )
    return Plot(rows, tuple((place(mark / 100), mark) for mark in marks))
