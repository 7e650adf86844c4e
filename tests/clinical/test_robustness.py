"""No text raises, none is slow, and no small talk hides a red flag."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.clinical import ClinicalReader
from bot.triage.model import Findings, Question, QuestionKind

RELAXED = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
#: Milliseconds; ten times the aim, so that a busy machine does not fail the test.
SLOW = 200

RED_FLAGS = {
    "my left foot keeps dragging": "leg_symptom",
    "I have a fever of 101.5": "fever",
    "my teeth are chattering": "chills",
    "there is pus at the needle site": "infection_sign",
    "my back pain is much worse today": "back_pain",
    "I cannot pee at all": "bladder_bowel",
    "it's hard to breathe": "breathing",
    "I can't move my right leg": "paralysis",
    "I don't want to live anymore": "self_harm",
    "my chest feels tight": "chest_pain",
    "can't keep water down": "nausea",
    "my headache won't go away": "headache",
}
BEFORE = [
    "",
    "Hi, ",
    "Hello there. ",
    "sorry to bother you but ",
    "Good morning! ",
    "quick question: ",
    "Thanks for last time. ",
    "um so ",
    "I am fine with the food here. ",
    "hey its me again, ",
]
AFTER = [
    "",
    " thanks",
    ", please help",
    "!!!",
    " 😟",
    ". What should I do?",
    " and thank you so much.",
    ". Have a nice day.",
    " lol",
    ". Can you call me back?",
]
DENIED = ["", ". No rash", ". No cough or sore throat", ". I have no toothache", ". not hungry but okay"]
HOSTILE = [
    "",
    " ",
    "\0",
    "\0" * 50,
    "\ud83e",
    "\udfff fever \ud800",
    "🤒" * 2500,
    "‮fever‬",
    "مرحبا",
    "no " * 700,
    "(" * 2000,
    "a" * 10_000,
    "?" * 500,
    "pain " * 400,
    "1" * 2000,
    "101.3 " * 300,
    "\n" * 3000,
    "e\u0301" * 500,
    "it's " * 400,
    "/10 10/10/10",
    "-",
    "..",
    "1,2,3",
    "fever" * 400,
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text(reader: ClinicalReader, text: str) -> None:
    for question in (None, *(Question(kind, ("fever",)) for kind in QuestionKind)):
        assert isinstance(reader.read(text, question), Findings)
    reader.question_from_text(text)


@given(text=st.text(st.characters(codec=None, exclude_categories=()), max_size=300))
@RELAXED
def test_any_text(reader: ClinicalReader, text: str) -> None:
    for item in reader.read(text).items:
        assert 0 <= item.start < item.end <= len(text)
        assert item.text == text[item.start : item.end]


@given(
    words=st.lists(
        st.sampled_from("no not fever chills my leg numb is and , . ? but yes 101 the gone if I what".split())
    )
)
@RELAXED
def test_any_row_of_clinical_words(reader: ClinicalReader, words: list[str]) -> None:
    reader.read(" ".join(words), Question(QuestionKind.PRESENCE, ("fever",)))


@given(st.sampled_from(sorted(RED_FLAGS)), st.sampled_from(BEFORE), st.sampled_from(AFTER), st.sampled_from(DENIED))
@RELAXED
def test_small_talk_hides_nothing(reader: ClinicalReader, flag: str, before: str, after: str, denied: str) -> None:
    assert RED_FLAGS[flag] in {item.symptom for item in reader.read(before + flag + denied + after).present}


@given(st.sampled_from(sorted(RED_FLAGS)), st.data())
@RELAXED
def test_line_breaks_hide_nothing(reader: ClinicalReader, flag: str, data: st.DataObject) -> None:
    words = flag.split()
    text = "".join(word + data.draw(st.sampled_from([" ", " ", "\n", "  "])) for word in words)
    assert RED_FLAGS[flag] in {item.symptom for item in reader.read(text).present}


@pytest.mark.parametrize("flag", sorted(RED_FLAGS))
def test_case_and_apostrophes_hide_nothing(reader: ClinicalReader, flag: str) -> None:
    for text in (
        flag.upper(),
        flag.title(),
        flag.replace("'", ""),
        flag.replace("'", "’"),
        flag.upper().replace("'", ""),
    ):
        assert RED_FLAGS[flag] in {item.symptom for item in reader.read(text).present}, text


@given(st.sampled_from(sorted(RED_FLAGS)), st.data())
@RELAXED
def test_typos_in_ordinary_words_hide_nothing(reader: ClinicalReader, flag: str, data: st.DataObject) -> None:
    extra = list(data.draw(st.sampled_from(["remember", "yesterday", "afternoon", "please", "telephone", "kitchen"])))
    place = data.draw(st.integers(1, len(extra) - 2))
    extra[place], extra[place + 1] = extra[place + 1], extra[place]
    assert RED_FLAGS[flag] in {item.symptom for item in reader.read(f"{''.join(extra)}, {flag}").present}


@given(
    st.lists(
        st.sampled_from(["fever", "chills", "numbness", "nausea", "vomiting", "headache", "chest pain", "rash", "pus"]),
        min_size=1,
        max_size=5,
        unique=True,
    )
)
@RELAXED
def test_no_denies_the_whole_list(reader: ClinicalReader, symptoms: list[str]) -> None:
    *first, last = symptoms
    for text in (f"no {', '.join(symptoms)}", f"no {', '.join(first)} or {last}" if first else f"no {last}"):
        findings = reader.read(text)
        assert findings.items
        assert not findings.present


def test_long_message_is_quick(reader: ClinicalReader) -> None:
    text = ("my leg is numb and my back hurts, no fever but chills since tuesday. " * 40)[:2000]
    reader.read(text)
    started = time.perf_counter()
    reader.read(text)
    assert (time.perf_counter() - started) * 1000 < SLOW


def test_typical_message_is_quick(reader: ClinicalReader) -> None:
    texts = [before + flag + after for before in BEFORE for flag in RED_FLAGS for after in AFTER[:3]]
    started = time.perf_counter()
    for text in texts:
        reader.read(text)
    assert (time.perf_counter() - started) / len(texts) * 1000 < SLOW / 20


def test_threads_read_alike(reader: ClinicalReader) -> None:
    texts = [before + flag for before in BEFORE for flag in RED_FLAGS] * 3
    alone = [reader.read(text) for text in texts]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(reader.read, texts)) == alone


def test_import_brings_no_rasa_and_no_tensorflow() -> None:
    code = "import sys, bot.clinical; sys.exit(any(name in sys.modules for name in ('rasa', 'tensorflow')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
