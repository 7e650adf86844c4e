"""The loader refuses what cannot be right and says where and how to mend it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.clinical import ClinicalReader, LexiconError
from bot.clinical.lexicon.concepts import Lexicon
from bot.clinical.lexicon.patterns import PatternError, expand
from bot.triage.model import ALL_KEYS

HEADER = 'source: "G"\nversion: "1"\nreviewed_by: ""\n'
LEXICON = Path(__file__).resolve().parents[3] / "data" / "lexicon"


def load(folder: Path, body: str, header: str = HEADER) -> Lexicon:
    (folder / "rows.yml").write_text(header + body, encoding="utf-8")
    return Lexicon.load(folder)


@pytest.mark.parametrize(
    ("body", "line", "words"),
    [
        ("concepts:\n  - {id: fever.a, phrases: [hot], colour: red}\n", 5, "unknown field 'colour'"),
        ("concepts:\n  - {phrases: [hot]}\n", 5, "field 'id' is missing"),
        ("concepts:\n  - {id: fever.a}\n", 5, "field 'phrases' is missing"),
        ("concepts:\n  - {id: fewer.a, phrases: [hot]}\n", 5, "unknown symptom 'fewer'"),
        ("concepts:\n  - {id: fever.a, phrases: [hot], severity: awful}\n", 5, "severity cannot be 'awful'"),
        (
            "concepts:\n  - {id: fever.a, phrases: [hot]}\n  - {id: chills.a, phrases: [hot]}\n",
            6,
            "belongs to concept fever.a",
        ),
        (
            "concepts:\n  - {id: fever.a, phrases: [hot]}\n  - {id: fever.a, phrases: [warm], persistent: true}\n",
            6,
            "says something else",
        ),
        ("concepts:\n  - {id: fever.a, phrases: ['(hot']}\n", 5, "unbalanced"),
        ("concepts:\n  - {id: fever.a, phrases: ['hot?']}\n", 5, "may match nothing"),
        ("concepts:\n  - {id: fever.a, phrases: ['<nope> hot']}\n", 5, "no class <nope>"),
        ("concepts: hot\n", 4, "a list is expected"),
        ("compositions:\n  - {id: fever.a, parts: [leg], senses: [numb]}\n", 5, "no class 'leg'"),
        ("classes: {leg: [leg]}\nclasses: {arm: [arm]}\n", 5, "stands here twice"),
        ("cues:\n  deni: [nope]\n", 5, "unknown cue 'deni'"),
        ("symptoms: []\n", 4, "unknown section 'symptoms'"),
        ("concepts: [\n", 5, "not valid YAML"),
    ],
)  # fmt: skip
def test_wrong_row(tmp_path: Path, body: str, line: int, words: str) -> None:
    with pytest.raises(LexiconError) as caught:
        load(tmp_path, body)
    assert caught.value.line == line
    assert words in str(caught.value)
    assert "rows.yml" in str(caught.value)
    # The last sentence is the remedy.
    assert str(caught.value).rstrip().rpartition(". ")[2]


def test_header_is_required(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match="'reviewed_by' is missing"):
        load(tmp_path, "concepts: []\n", 'source: "G"\nversion: "1"\n')


def test_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match=r"no \*\.yml file"):
        ClinicalReader.load(tmp_path)


def test_yes_and_no_are_words(tmp_path: Path) -> None:
    lexicon = load(tmp_path, "abbreviations:\n  yep: yes\n  nah: no\n")
    assert lexicon.abbreviations == {"yep": ("yes",), "nah": ("no",)}


def test_same_pair_in_two_compositions(tmp_path: Path) -> None:
    body = (
        "classes: {leg: [leg], numb: [numb]}\ncompositions:\n"
        "  - {id: leg_symptom.a, parts: [leg], senses: [numb]}\n  - {id: other.a, parts: [leg], senses: [numb]}\n"
    )
    with pytest.raises(LexiconError, match=r"leg \+ numb is leg_symptom.a already"):
        load(tmp_path, body)


def test_every_symptom_has_words() -> None:
    lexicon = Lexicon.load(LEXICON)
    assert {concept.symptom for concept in lexicon.concepts.values()} == ALL_KEYS
    assert all(concept.source for concept in lexicon.concepts.values())


def test_spanish_covers_every_red_flag() -> None:
    lexicon = Lexicon.load(LEXICON)
    spanish = {concept.symptom for concept in lexicon.concepts.values() if concept.language == "es"}
    assert spanish >= ALL_KEYS - {"steroid_effect", "other"}


@pytest.mark.parametrize(
    ("phrase", "rows"),
    [
        ("hot", [("hot",)]),
        ("(hot|ice cold) foot", [("hot", "foot"), ("ice", "cold", "foot")]),
        ("my? leg", [("my", "leg"), ("leg",)]),
        ("=gone ..2 <leg>", [("=gone", "..2", "<leg>")]),
    ],
)
def test_notation(phrase: str, rows: list[tuple[str, ...]]) -> None:
    assert expand(phrase) == rows


@pytest.mark.parametrize("phrase", ["", "a)", "(a", "a?", "..2 a", "a & b ("])
def test_bad_notation(phrase: str) -> None:
    with pytest.raises(PatternError):
        expand(phrase)
