"""The words behind a finding: cue, scope, measure, answer."""

from __future__ import annotations

import pytest

from bot.batch.account import account
from bot.batch.message import Message
from bot.clinical import ClinicalReader
from bot.clinical.explain import Reason, explain
from bot.screen import Screen


def reasons(reader: ClinicalReader, text: str, previous: str = "") -> dict[tuple[str, str], Reason]:
    """Reasons by symptom and property."""
    _, explanations = explain(reader, text, reader.question_from_text(previous) if previous else None)
    return {(item.finding.symptom, reason.name): reason for item in explanations for reason in item.reasons}


@pytest.mark.parametrize(
    ("text", "of", "origin", "words", "scope"),
    [
        ("No fever or chills, my head hurts", ("fever", "negated"), "deny", "No", "No fever or chills"),
        ("No fever or chills, my head hurts", ("chills", "negated"), "deny", "No", "No fever or chills"),
        ("I might have a fever", ("fever", "uncertain"), "uncertain", "might", "might have a fever"),
        ("I had a fever years ago", ("fever", "historical"), "history", "years ago", "fever years ago"),
        ("the numbness in my foot is gone", ("leg_symptom", "resolved"), "resolved", "gone",
         "numbness in my foot is gone"),
        ("my toddler has a fever", ("fever", "experiencer"), "word", "toddler", ""),
        ("fever? none", ("fever", "negated"), "word", "none", ""),
        ("back pain, worse than yesterday", ("back_pain", "course"), "worse", "worse",
         "back pain, worse than yesterday"),
        ("a headache for three days", ("headache", "duration_hours"), "measure", "three days", ""),
        ("my temperature is 100.9", ("fever", "value"), "measure", "100.9", ""),
        ("my pain is 9/10", ("back_pain", "value"), "measure", "9/10", ""),
        ("fever of 99 after tylenol", ("fever", "marks"), "medicine", "after tylenol", "fever of 99 after tylenol"),
    ],
)  # fmt: skip
def test_reason(reader: ClinicalReader, text: str, of: tuple[str, str], origin: str, words: str, scope: str) -> None:
    reason = reasons(reader, text)[of]
    assert (reason.origin, reason.words) == (origin, words)
    assert not scope or reason.scope.startswith(scope[:8])


def test_a_cue_does_not_reach_beyond_its_scope(reader: ClinicalReader) -> None:
    found = reasons(reader, "no fever but my headache is terrible")
    assert found["fever", "negated"].scope == "no fever"
    assert ("headache", "negated") not in found
    assert found["headache", "severity"].words == "terrible"


def test_an_answer_is_its_own_reason(reader: ClinicalReader) -> None:
    reason = reasons(reader, "no", "Are you able to urinate?")["bladder_bowel", "present"]
    assert (reason.origin, reason.words, reason.scope) == ("answer", "no", "presence, reversed")


@pytest.mark.parametrize("text", ["", "hello", "no fever but chills", "?!", "fever " * 60, "a 101 b 3 days c 9/10"])
def test_the_findings_are_those_of_the_plain_path(reader: ClinicalReader, text: str) -> None:
    findings, explanations = explain(reader, text)
    assert findings == reader.read(text)
    assert tuple(item.finding for item in explanations) == findings.items


def test_account() -> None:
    screen = Screen.default()
    lines = account(screen, Message("no chills but I have a fever of 101.4", label=(("id", 7),))).splitlines()
    assert lines[:2] == ["id: 7", "message: no chills but I have a fever of 101.4"]
    assert "    negated: deny 'no', scope 'no chills'" in lines
    assert "    reading = 101.4F: measure '101.4'" in lines
    assert "criterion: fever.reading_high -> urgent (source G)" in lines
    assert any(line.startswith("    means: ") for line in lines)
    assert lines[-1] == "disposition: urgent"


def test_account_of_a_reply() -> None:
    screen = Screen.default()
    message = Message.parse(b'{"text": "nope", "previous": "Can you move your legs?"}', screen.reader)
    text = account(screen, message)
    assert "question: presence (reversed) of paralysis: answered" in text
    assert text.endswith("disposition: emergency")
