"""A proportion with its 95 % interval.

Wilson's score interval (E. B. Wilson, J Am Stat Assoc 1927;22:209-212) without continuity correction: it stays
inside 0 to 1 and keeps its coverage for the small counts and the rates close to 100 % that triage is measured by,
where the textbook interval collapses to a point.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Any

#: Two-sided 95 %: the 97.5th percentile of the normal distribution, 1.96.
Z = NormalDist().inv_cdf(0.975)


def wilson_interval(count: int, total: int) -> tuple[float, float]:
    """Lower and upper bound (0 to 1) for ``count`` out of ``total``; nothing observed can be anything: (0, 1).

    Raises:
        ValueError: ``count`` is not between 0 and ``total``.
    """
    if not 0 <= count <= total:
        raise ValueError(f"{count} of {total} is not a proportion")
    if not total:
        return 0.0, 1.0
    share = count / total
    centre = share + Z * Z / (2 * total)
    spread = Z * sqrt(share * (1 - share) / total + Z * Z / (4 * total * total))
    scale = 1 + Z * Z / total
    # Exact at the ends; in between rounding could leave 0 or 1 by a hair.
    low = 0.0 if count == 0 else (centre - spread) / scale
    high = 1.0 if count == total else (centre + spread) / scale
    return low, high


@dataclass(frozen=True)
class Rate:
    """``count`` out of ``total``."""

    count: int
    total: int

    @classmethod
    def of(cls, outcomes: list[bool]) -> Rate:
        return cls(sum(outcomes), len(outcomes))

    @property
    def value(self) -> float:
        """0 to 1; not a number where nothing was counted."""
        return self.count / self.total if self.total else float("nan")

    @property
    def interval(self) -> tuple[float, float]:
        return wilson_interval(self.count, self.total)

    @property
    def low(self) -> float:
        return self.interval[0]

    @property
    def high(self) -> float:
        return self.interval[1]

    def to_dict(self) -> dict[str, Any]:
        if not self.total:
            return {"count": 0, "total": 0, "rate": None, "low": None, "high": None}
        figures = {"rate": self.value, "low": self.low, "high": self.high}
        return {"count": self.count, "total": self.total, **{name: round(x, 4) for name, x in figures.items()}}
