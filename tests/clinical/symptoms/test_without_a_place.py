"""What people say of themselves as a whole: that they are dying, that they are weak; and figures of speech."""

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


@pytest.mark.parametrize(
    ("text", "disposition"),
    [
        ("the weakness comes and goes", Disposition.ROUTINE),
        ("weakness since the procedure", Disposition.URGENT),
        ("right-sided weakness", Disposition.EMERGENCY),
        ("weak on one side of my body", Disposition.EMERGENCY),
        ("cookies are my weakness", Disposition.NONE),
    ],
)
def test_weakness_without_a_limb(text: str, disposition: Disposition) -> None:
    assert SCREEN.run(text).decision.disposition is disposition
