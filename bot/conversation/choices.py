"""A number instead of words: "2" after a numbered list of choices means the second one's words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.records.messages import StoredMessage
from bot.triage.model import Question

_NUMBERS = (
    ("1", "1st", "one", "first"),
    ("2", "2nd", "two", "second"),
    ("3", "3rd", "three", "third"),
    ("4", "4th", "four", "fourth"),
    ("5", "5th", "five", "fifth"),
    ("6", "6th", "six", "sixth"),
    ("7", "7th", "seven", "seventh"),
    ("8", "8th", "eight", "eighth"),
    ("9", "9th", "nine", "ninth"),
)
_CHOICE = re.compile(r"(?:the |number |option |no\.? |# ?)*(?P<number>\w+)(?: one| choice| option)?[\s.)!]*")


def meant(text: str, question: Question | None, last: Sequence[StoredMessage]) -> str:
    """What the message says in words.

    Args:
        question: the pending triage question; its answers are the clinical reader's business.
        last: what the patient was shown last.
    """
    buttons = next((reply.buttons for reply in reversed(last) if reply.buttons), ())
    match = _CHOICE.fullmatch(text.strip().casefold()) if question is None and buttons else None
    if match is None:
        return text
    for button, words in zip(buttons, _NUMBERS, strict=False):
        if match["number"] in words:
            return button["payload"]
    return text
