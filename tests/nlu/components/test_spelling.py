"""Spelling: misspelt words come back, ordinary words and the patient's own text stay."""

from __future__ import annotations

from pathlib import Path

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.sentence_encoder import SentenceEncoder
from bot.nlu.spelling import CORRECTED_TEXT, Speller, SpellingCorrector
from bot.nlu.tokenizer import BlankSpacyTokenizer

WORDS = [
    "fever", "headache", "nauseous", "throwing", "swollen", "numbness", "drive", "shower", "soreness", "prescription",
    "ibuprofen", "leg", "breathing", "wheezing",
]  # fmt: skip


@pytest.fixture(scope="module")
def speller() -> Speller:
    return Speller(WORDS, SentenceEncoder.default(), min_length=4, long_length=8)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("feevr", "fever"),
        ("Feaver", "fever"),
        ("hedache", "headache"),
        ("headdachee", "headache"),
        ("nauseus", "nauseous"),
        ("thowing", "throwing"),
        ("numness", "numbness"),
        ("drvie", "drive"),
        ("shwer", "shower"),
        ("perscription", "prescription"),
        ("ibuprophen", "ibuprofen"),
    ],
)
def test_misspelt_words_are_corrected(speller: Speller, typed: str, meant: str) -> None:
    assert speller.correct(typed) == meant


@pytest.mark.parametrize(
    "word",
    [
        # known words, as they were typed
        "fever", "FEVER",
        # ordinary words near a known one
        "never", "driver", "showed", "sorry", "lever", "drove", "teething",
        # short words, names of medicines, numbers, anything that is not letters
        "lgs", "lyrica", "xarelto", "101.3", "38,5", "😀", "a1c",
        # another first letter
        "freezing", "reever",
    ],
)  # fmt: skip
def test_other_words_are_left_alone(speller: Speller, word: str) -> None:
    assert speller.correct(word) == word


def test_of_equally_near_words_the_commoner_wins() -> None:
    encoder = SentenceEncoder.default()
    assert Speller(["achs", "ache"], encoder, 4, 8).correct("achx") == "achs"
    assert Speller(["ache", "achs"], encoder, 4, 8).correct("achx") == "ache"


@pytest.fixture
def corrector(tmp_path: Path) -> SpellingCorrector:
    """Trained, stored, and loaded again."""
    config = SpellingCorrector.get_default_config()
    storage, resource = LocalModelStorage(tmp_path), Resource("spelling")
    context = ExecutionContext(GraphSchema({}), node_name="spelling")
    examples = [Message({TEXT: text, INTENT: "x"}) for text in ("Can I drive?", "I have a fever", "my fever")]
    data = tokenizer().process_training_data(TrainingData(examples))
    SpellingCorrector.create(config, storage, resource, context).train(data)
    return SpellingCorrector.load(config, storage, resource, context)


def tokenizer() -> BlankSpacyTokenizer:
    return BlankSpacyTokenizer(BlankSpacyTokenizer.get_default_config())


def process(corrector: SpellingCorrector, text: str) -> Message:
    (message,) = corrector.process(tokenizer().process([Message({TEXT: text})]))
    return message


def test_the_words_of_the_training_data_are_learned_and_kept(corrector: SpellingCorrector) -> None:
    message = process(corrector, "Hi: fevr!! can i DRVIE, please")
    assert message.get(CORRECTED_TEXT) == "Hi: fever!! can i drive, please"
    assert message.get(TEXT) == "Hi: fevr!! can i DRVIE, please"


@pytest.mark.parametrize("text", ["Can I drive?", "", "   ", "😀", "102"])
def test_a_text_without_a_mistake_gets_no_second_one(corrector: SpellingCorrector, text: str) -> None:
    assert process(corrector, text).get(CORRECTED_TEXT) is None
