"""Numbers stand for the choices that were shown."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from bot.conversation.choices import meant
from bot.records.messages import StoredMessage
from bot.triage.model import Question, QuestionKind

NOW = datetime(2026, 6, 9, 15, 0, tzinfo=timezone.utc)
BUTTONS = tuple({"title": text, "payload": f"payload {text}"} for text in ("driving", "work", "lifting"))
SHOWN = [StoredMessage(1, "bot", "Choose.", NOW, BUTTONS), StoredMessage(2, "bot", "One more thing.", NOW)]


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("1", "driving"), ("2.", "work"), (" 3) ", "lifting"), ("one", "driving"), ("the second one", "work"),
        ("First", "driving"), ("number 2", "work"), ("#3", "lifting"), ("2nd", "work"), ("option 1!", "driving"),
    ],
)  # fmt: skip
def test_a_number_is_its_choice(text: str, choice: str) -> None:
    assert meant(text, None, SHOWN, "website") == f"payload {choice}"


@pytest.mark.parametrize("text", ["4", "0", "101", "1 day", "one leg is numb", "", "no", "🤒", "10"])
def test_other_words_stay(text: str) -> None:
    assert meant(text, None, SHOWN, "website") == text


def test_a_pending_question_reads_its_own_answers() -> None:
    assert meant("1", Question(QuestionKind.DURATION), SHOWN, "sms") == "1"


def test_without_choices_a_number_stays() -> None:
    assert meant("1", None, SHOWN[1:], "website") == "1"
    assert meant("1", None, [], "website") == "1"


@pytest.mark.parametrize(
    ("kind", "text", "says"),
    [
        (QuestionKind.DURATION, "two", "payload work"), (QuestionKind.COURSE, "the first one", "payload driving"),
        (QuestionKind.PROCEDURE_DAY, "two", "two"), (QuestionKind.DURATION, "two days", "two days"),
    ],
)  # fmt: skip
def test_number_words_answer_a_numbered_question_on_sms(kind: QuestionKind, text: str, says: str) -> None:
    assert meant(text, Question(kind), SHOWN, "sms") == says
    assert meant(text, Question(kind), SHOWN, "website") == text
