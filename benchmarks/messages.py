"""What the simulated patients write: questions, small talk and reports, in the mix of a clinic's week."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle, islice

TEXTS = (
    "hi",
    "when can I drive again?",
    "how long will my back be sore",
    "I have a headache",
    "since yesterday",
    "is it ok to take tylenol for the soreness",
    "can I lift my grandson",
    "thanks",
    "when do I get the results of the test",
    "my leg feels a bit numb since this morning",
    "what is a discogram",
    "can I go back to work tomorrow?",
    "do I need somebody to drive me home",
    "ok",
    "the spot where the needle went in is red and warm",
    "what are your opening hours",
    "is it normal that my usual pain is worse today",
    "can I eat before the procedure",
    "no fever, just tired",
    "who can I call at night",
)


def messages(offset: int = 0) -> Iterator[str]:
    """An endless run through the texts, from another place for each patient."""
    return islice(cycle(TEXTS), offset % len(TEXTS), None)
