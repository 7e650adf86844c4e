"""Wilson's interval against published values."""

from __future__ import annotations

from math import isnan

import pytest

from bot.evaluation.wilson import Rate, wilson_interval


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [
        # Newcombe, Stat Med 1998;17:857-872, table I, method 3 (Wilson's score without continuity correction)
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_published_values(count: int, total: int, low: float, high: float) -> None:
    assert wilson_interval(count, total) == pytest.approx((low, high), abs=0.00005)


@pytest.mark.parametrize(("count", "total"), [(0, 1), (1, 1), (3, 7), (29, 29), (214, 215), (9999, 10000)])
def test_agrees_with_scipy(count: int, total: int) -> None:
    stats = pytest.importorskip("scipy.stats")
    theirs = stats.binomtest(count, total).proportion_ci(0.95, method="wilson")
    assert wilson_interval(count, total) == pytest.approx((theirs.low, theirs.high))


def test_counts_and_misses_mirror_each_other() -> None:
    low, high = wilson_interval(3, 40)
    assert wilson_interval(37, 40) == pytest.approx((1 - high, 1 - low))


def test_the_ends_are_exact() -> None:
    assert all(wilson_interval(0, total)[0] == 0 and wilson_interval(total, total)[1] == 1 for total in range(1, 400))


def test_nothing_counted_can_be_anything() -> None:
    assert wilson_interval(0, 0) == (0.0, 1.0)
    assert isnan(Rate(0, 0).value)
    assert Rate(0, 0).to_dict()["rate"] is None


@pytest.mark.parametrize(("count", "total"), [(-1, 5), (6, 5)])
def test_refuses_what_is_no_proportion(count: int, total: int) -> None:
    with pytest.raises(ValueError, match="not a proportion"):
        wilson_interval(count, total)
