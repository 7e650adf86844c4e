"""Who says that they are dying is told to call 911; who says it in jest of something else is not."""

from __future__ import annotations

import pytest

from bot.screen import Screen
from bot.triage.model import Disposition

SCREEN = Screen.default()


@pytest.mark.parametrize(
    "text", ["I think I'm dying", "am I dying?", "it feels like I'm going to die", "I'm scared I might die", "im dying"]
)
def test_dying_is_an_emergency(text: str) -> None:
    assert SCREEN.run(text).decision.disposition is Disposition.EMERGENCY


@pytest.mark.parametrize(
    "text",
    [
        "I'm dying of laughter", "dying to know when I can golf", "my phone is dying", "I am not dying, just curious",
        "you are killing me with those hold tunes", "the van is leaking oil again",
    ],
)  # fmt: skip
def test_figures_are_not(text: str) -> None:
    assert not SCREEN.run(text).decision.disposition.at_least(Disposition.ROUTINE)


@pytest.mark.parametrize(
    ("text", "symptom"),
    [
        ("without my tea and the headache is back", "headache"),
        ("no fever at all, did vomit twice", "nausea"),
        ("can I take ibuprofen for a fever of 101.2?", "fever"),
    ],
)
def test_what_stands_beside_a_denial_or_a_question_is_reported(text: str, symptom: str) -> None:
    assert symptom in {finding.symptom for finding in SCREEN.run(text).findings.present}
