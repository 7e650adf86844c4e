"""A leg symptom that is perhaps old counts as new; one that the patient says is old does not."""

from __future__ import annotations

import pytest

from bot.screen import Screen
from bot.triage.model import Disposition

SCREEN = Screen.default()


@pytest.mark.parametrize(
    "text",
    [
        "I think my foot has been weak for years",
        "my foot tingles, perhaps it did so before the test too",
        "maybe my leg was numb already before the discogram",
        "actually worse", "it is worse today",
    ],
)  # fmt: skip
def test_in_doubt_it_is_urgent(text: str) -> None:
    assert SCREEN.run(text).decision.disposition is Disposition.URGENT


@pytest.mark.parametrize("text", ["my foot has been weak for years", "my foot tingled already before the discogram"])
def test_what_is_old_is_not(text: str) -> None:
    assert not SCREEN.run(text).decision.disposition.at_least(Disposition.URGENT)


def test_a_pale_leg_is_nobodys_pal() -> None:
    assert SCREEN.run("my leg is pale").decision.disposition is Disposition.URGENT
