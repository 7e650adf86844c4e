"""The reader of the patient's words: what it picks, what it fills, what it refuses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bot.triage.model import Disposition
from bot.wording import Button, Message, Wording, WordingError

URGENT = """
version: "3.1"
responses:
  utter_urgent:
    - text: Call {phone} now.
      metadata: {disposition: urgent, source: A, version: "1", reviewed_by: ""}
    - channel: sms
      text: "Text: call {phone} now."
      metadata: {disposition: urgent, source: A, version: "1", reviewed_by: ""}
  utter_ask_presence:
    - text: Do you have {symptom} now?
      buttons:
        - {title: "Yes", payload: "yes"}
    - channel: sms
      text: Do you have {symptom} now? Reply 1 if you do.
  utter_symptom_fever:
    - text: a fever
"""


def load(tmp_path: Path, text: str = URGENT) -> Wording:
    (tmp_path / "urgent.yml").write_text(text, encoding="utf-8")
    return Wording.load(tmp_path)


def test_a_channel_gets_its_own_variation_and_any_other_the_one_without(tmp_path: Path) -> None:
    wording = load(tmp_path)
    facts = {"phone": "(217) 555-0142"}
    assert wording.say("utter_urgent", "sms", facts).text == "Text: call (217) 555-0142 now."
    for channel in ("website", "rest", "socketio", ""):
        message = wording.say("utter_urgent", channel, facts)
        assert message == Message("Call (217) 555-0142 now.", (), Disposition.URGENT, "utter_urgent")


def test_the_order_in_the_file_does_not_matter(tmp_path: Path) -> None:
    rows = URGENT.split("    - ")
    rows[1], rows[2] = rows[2].replace("utter_ask_presence:\n", "").rstrip() + "\n", rows[1]
    swapped = "    - ".join(rows[:3]) + "  utter_ask_presence:\n    - " + "    - ".join(rows[3:])
    wording = load(tmp_path, swapped)
    assert wording.say("utter_urgent", "website", {"phone": "1"}).text == "Call 1 now."
    assert wording.say("utter_urgent", "sms", {"phone": "1"}).text == "Text: call 1 now."


def test_buttons_and_fragments(tmp_path: Path) -> None:
    wording = load(tmp_path)
    name = wording.say("utter_symptom_fever", "sms", {}).text
    message = wording.say("utter_ask_presence", "website", {"symptom": name})
    assert message.text == "Do you have a fever now?"
    assert message.buttons == (Button("Yes", "yes"),)


def test_names_dispositions_and_review(tmp_path: Path) -> None:
    wording = load(tmp_path)
    assert wording.names() == {"utter_urgent", "utter_ask_presence", "utter_symptom_fever"}
    assert wording.disposition("utter_urgent") is Disposition.URGENT
    assert wording.disposition("utter_ask_presence") is Disposition.NONE
    assert [(item.source, item.version, item.reviewed_by) for item in wording.variations("utter_urgent")] == [
        ("A", "1", "")
    ] * 2


def test_an_unknown_response_is_named(tmp_path: Path) -> None:
    wording = load(tmp_path)
    for ask in (wording.disposition, wording.variations, lambda name: wording.say(name, "sms", {})):
        with pytest.raises(WordingError, match="utter_nowhere: no such response"):
            ask("utter_nowhere")


@pytest.mark.parametrize("facts", [{}, {"phone": ""}, {"clinic": "Example"}])
def test_a_missing_fact_is_never_sent_as_a_brace(tmp_path: Path, facts: dict[str, str]) -> None:
    with pytest.raises(WordingError, match=r"utter_urgent: the fact \{phone\} is missing"):
        load(tmp_path).say("utter_urgent", "sms", facts)


def test_a_value_is_not_filled_a_second_time(tmp_path: Path) -> None:
    text = load(tmp_path).say("utter_urgent", "website", {"phone": "{clinic}", "clinic": "Example"}).text
    assert text == "Call {clinic} now."


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("{phone}", "{fone}", "unknown placeholder ['fone']"),
        ("{phone} now", "{phone now", "unknown placeholder"),
        ("{phone}", "{}", "unknown placeholder"),
        ("    - channel: sms\n", "    - channel: website\n", "must have one variation for each"),
        ("    - channel: sms\n", "    - condition: []\n      channel: sms\n", "a variation has only"),
        ("disposition: urgent", "disposition: urgnet", "disposition must be one of emergency, urgent"),
        ("disposition: urgent", "disposition: routine", "gives a different disposition by channel"),
        ("disposition: urgent", "dispositoin: urgent", "metadata has only"),
        ("source: A", "source: C", "source must be one of A, A+B, B, G"),
        ('version: "1", ', "", "source, version and reviewed_by go together"),
        ('version: "1"', "version: 1", "each as text in quotation marks"),
        ("text: Call {phone} now.", "text: ''", "text is missing"),
        ("text: Call {phone} now.", "custom: {a: 1}", "a variation has only"),
        ('payload: "yes"', "payload: /affirm", "not /intent"),
        ('payload: "yes"', "payload: 1", "plain text without"),
        ('payload: "yes"', 'payload: "{phone}"', "plain text without placeholders"),
        (', payload: "yes"', "", "a button has a title and a payload"),
        ("utter_ask_presence:", "utter_urgent:", "not valid YAML"),
        ("responses:", "replies:", "must hold version"),
    ],
)
def test_what_the_loader_refuses(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    assert old in URGENT
    with pytest.raises(WordingError) as refused:
        load(tmp_path, URGENT.replace(old, new, 1))
    assert complaint in str(refused.value)
    assert "urgent.yml" in str(refused.value)


def test_the_response_and_its_line_are_named(tmp_path: Path) -> None:
    line = 1 + URGENT.splitlines().index("  utter_ask_presence:")
    with pytest.raises(WordingError, match=rf"urgent\.yml:{line}: utter_ask_presence"):
        load(tmp_path, URGENT.replace("Do you have {symptom} now?", "Do you have {it} now?", 1))


def test_one_name_in_two_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "again.yml").write_text(URGENT, encoding="utf-8")
    with pytest.raises(WordingError, match="is in another file too"):
        load(tmp_path)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WordingError, match="holds no responses"):
        Wording.load(tmp_path)


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bytes.yml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(WordingError, match=r"bytes\.yml: cannot be read"):
        Wording.load(tmp_path)


def test_it_works_without_rasa() -> None:
    """The safe reply must not depend on Rasa being importable."""
    script = "import sys, bot.wording; sys.exit('rasa' in sys.modules)"
    root = Path(__file__).resolve().parents[2]
    assert subprocess.run([sys.executable, "-c", script], cwd=root, check=False).returncode == 0
