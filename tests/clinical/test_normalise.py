"""Texting, typing slips and emoji; ordinary English stays what it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.clinical import ClinicalReader
from bot.clinical.lexicon.concepts import Lexicon
from bot.clinical.text.normalise import flatten
from bot.clinical.text.spelling import Speller

LEXICON = Path(__file__).resolve().parents[2] / "data" / "lexicon"


@pytest.fixture(scope="module")
def speller() -> Speller:
    lexicon = Lexicon.load(LEXICON)
    return Speller(lexicon.spelling, lexicon.ordinary_words, lexicon.known_words | set(lexicon.abbreviations))


@pytest.mark.parametrize(
    ("text", "symptom"),
    [
        ("bk pain 2day way worse", "back_pain"),
        ("hv a fever n chills", "chills"),
        ("cant feel my toes", "leg_symptom"),
        ("CANT FEEL MY TOES", "leg_symptom"),
        ("can’t feel my toes", "leg_symptom"),
        ("my leg is sooooo nummmb", "leg_symptom"),
        ("feverrrr", "fever"),
        ("🤒", "fever"),
        ("I feel 🥶", "chills"),
        ("🤢", "nausea"),
        ("🤮🤮", "nausea"),
        ("chills/fever", "fever"),
        ("chills & fever", "fever"),
        ("fever+chills", "chills"),
        ("pins\nand needles in my foot", "leg_symptom"),
        ("ｆｅｖｅｒ", "fever"),
        ("hes confused and wont wake up", "neuro"),
        ("my leg(left)is numb", "leg_symptom"),
        ("im feverish", "fever"),
        ("my foot is nub", "leg_symptom"),
        ("backpain 2day", "back_pain"),
        ("my legs r heavey", "leg_symptom"),
        ("leg weekness", "leg_symptom"),
        ("throughing up", "nausea"),
        ("siatic pain", "leg_symptom"),
        ("ichy rash", "rash"),
        ("my hnad is numb", "arm_symptom"),
        ("tingling in my fingurs", "arm_symptom"),
        ("quesy", "nausea"),
    ],
)
def test_written_in_a_hurry(reader: ClinicalReader, text: str, symptom: str) -> None:
    assert symptom in {item.symptom for item in reader.read(text).present}


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("fevr", "fever"), ("fevver", "fever"), ("chils", "chills"), ("shivring", "shivering"),
        ("nausious", "nauseous"),
        ("naseua", "nausea"), ("vomting", "vomiting"), ("headahce", "headache"), ("migrane", "migraine"),
        ("numbnes", "numbness"), ("tinglng", "tingling"), ("swolen", "swollen"), ("rednes", "redness"),
        ("infectd", "infected"), ("fingrs", "fingers"), ("bandge", "bandage"),
        ("tounge", "tongue"), ("unbareable", "unbearable"), ("worsning", "worsening"),
    ],
)  # fmt: skip
def test_misspelling(speller: Speller, wrong: str, right: str) -> None:
    assert speller.correct(wrong) == right


@pytest.mark.parametrize(
    "word",
    "never sure week some river sort hills child chips pass main bake shake rack deck neck fool limp dumb bread voice "
    "dash itch live purse comet wheel meal spell keflex lyrica bactrim coumadin mobic xarelto norco zofran gabapentin "
    "flexeril medrol celebrex plavix lovenox warfarin metformin omnipaque discogram fluoroscopy".split(),
)
def test_ordinary_word_is_left_alone(speller: Speller, word: str) -> None:
    assert speller.correct(word) is None


def test_common_english_is_left_alone(speller: Speller) -> None:
    words = (LEXICON / "ordinary_words.txt").read_text(encoding="utf-8").split()
    inflected = [word + ending for word in words[::7] for ending in ("s", "ed", "ing", "ly")]
    changed = [word for word in (*words, *inflected) if speller.correct(word) is not None]
    assert changed == []


@pytest.mark.parametrize("text", ["İstanbul ﬁne ½ ß", "“q” – ‘x’ …", "日本語 🤒\u200b\ufeff", "\ud83e lone", "a\0b"])
def test_flat_text_keeps_its_length(text: str) -> None:
    assert len(flatten(text)) == len(text)
