"""Text made safe, and nothing else taken away."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.inbound import BadRequest, clean_text, message_id_of


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("my leg went numb", "my leg went numb"),
        ("  \n\t ", ""),
        ("a\x00b", "ab"),
        ("fever\ud800", "fever"),
        ("\u202efever\u202c", "fever"),
        ('/report_symptom{"question": null}', 'report_symptom{"question": null}'),
        ("  // /greet", "greet"),
        ("two\r\nlines", "two\nlines"),
        ("🤒 fièvre", "🤒 fièvre"),
    ],
)
def test_clean_text(text: str, cleaned: str) -> None:
    assert clean_text(text) == cleaned


@given(st.text(alphabet=st.characters()))
def test_clean_text_can_be_stored_and_sets_no_intent(text: str) -> None:
    cleaned = clean_text(text)
    cleaned.encode("utf-8")
    assert "\x00" not in cleaned
    assert not cleaned.startswith("/")
    assert clean_text(cleaned) == cleaned


@pytest.mark.parametrize("value", ["", "a b", "x" * 101, "id\n", 7, ["x"]])
def test_strange_message_ids_are_refused(value: object) -> None:
    with pytest.raises(BadRequest) as refused:
        message_id_of({"message_id": value})
    assert refused.value.status == 400


def test_message_without_id_gets_its_own() -> None:
    assert message_id_of({}) != message_id_of({})
