"""Roles of staff: what they may do is in ``bot/console/access.py``."""

from __future__ import annotations

from enum import Enum


class Role(str, Enum):
    """From the least to the most; each may do what those before it may."""

    VIEWER = "viewer"
    NURSE = "nurse"
    ADMIN = "admin"

    def at_least(self, other: Role) -> bool:
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(other)
