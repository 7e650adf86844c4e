"""A number instead of words: "2" after a numbered list of choices means the second one's words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.records.messages import StoredMessage
from bot.triage.model import Question, QuestionKind
from bot.wording import SMS

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
#: Questions whose answer may be a number itself.
_OF_NUMBERS = frozenset({QuestionKind.PROCEDURE_DAY, QuestionKind.TEMPERATURE})
_CHOICE = re.compile(r"(?:the |number |option |no\.? |# ?)*(?P<number>\w+)(?: one| choice| option)?[\s.)!]*")


def meant(text: str, question: Question | None, last: Sequence[StoredMessage], channel: str) -> str:
    """What the message says in words.

    Args:
        question: the pending triage question. Only on SMS are its choices numbered; a number of its own (a day, a
            temperature) stays what it is, and digits are the clinical reader's business.
        last: what the patient was shown last.
    """
    buttons = next((reply.buttons for reply in reversed(last) if reply.buttons), ())
    match = _CHOICE.fullmatch(text.strip().casefold()) if buttons else None
    if match is None:
        return text
    numbered = channel == SMS and question is not None and question.kind not in _OF_NUMBERS
    if question is not None and not (numbered and match["number"].isalpha()):
        return text
    for button, words in zip(buttons, _NUMBERS, strict=False):
        if match["number"] in words:
            return button["payload"]
    return text
