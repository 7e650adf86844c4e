"""The intent classifier: what a message is for, learned from the examples of data/nlu."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers import LABEL_RANKING_LENGTH
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import (
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from bot.nlu.clauses import with_clauses
from bot.nlu.spelling import CORRECTED_TEXT

#: What the classifier thinks of a message or clause, best first; no later component changes it.
GUESSES = "guesses"
ARRAYS_FILE = "arrays.npz"
WORDS_FILE = "words.json"
#: Added to each intent's share of the neighbours, so that an intent without a neighbour stays possible.
_FLOOR = 1e-3


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SentenceIntentClassifier(GraphComponent, IntentClassifier):
    """Logistic regression on the sentence vector and on letter groups, joined with the nearest examples.

    The regression draws the general borders, the neighbours know the single wordings: each is right where the other
    is not (docs/nlu.md has the figures).
    """

    @classmethod
    def required_components(cls) -> list[type]:
        return [Featurizer]

    @staticmethod
    def required_packages() -> list[str]:
        return ["sklearn"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            # Inverse strength of the regularisation.
            "c": 20,
            # Weight of the letter groups beside the sentence vector, whose length is 1.
            "letters": 0.5,
            # Number of nearest examples, how fast their say falls with the distance, and their share in the result.
            "neighbours": 30,
            "reach": 0.05,
            "share": 0.3,
            "max_iter": 1000,
            # A looser tolerance halves the training time and changes no prediction in cross-validation.
            "tol": 0.01,
        }

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceIntentClassifier:
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SentenceIntentClassifier:
        made = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            words = json.loads((folder / WORDS_FILE).read_text(encoding="utf-8"))
            with np.load(folder / ARRAYS_FILE, allow_pickle=False) as arrays:
                made._learned(words, {name: arrays[name] for name in arrays.files})
        return made

    def train(self, training_data: TrainingData) -> Resource:
        """Learns the examples; needs two intents or more."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        intents, labels = np.unique([example.get(INTENT) for example in examples], return_inverse=True)
        vectors = np.vstack([_vector(example) for example in examples])
        letters = _letters(min_df=2)
        features = _join(vectors, self._config["letters"] * letters.fit_transform(_words(examples)))
        regression = LogisticRegression(
            C=self._config["c"],
            class_weight="balanced",
            max_iter=self._config["max_iter"],
            tol=self._config["tol"],
            multi_class="multinomial",
        ).fit(features, labels)
        words = {"intents": intents.tolist(), "letters": sorted(letters.vocabulary_, key=letters.vocabulary_.get)}
        arrays = {
            "weights": regression.coef_.T.astype(np.float32),
            "intercept": regression.intercept_.astype(np.float32),
            "idf": letters.idf_.astype(np.float32),
            "vectors": vectors.astype(np.float16),
            "labels": labels.astype(np.int32),
        }
        self._learned(words, arrays)
        with self._model_storage.write_to(self._resource) as folder:
            (folder / WORDS_FILE).write_text(json.dumps(words), encoding="utf-8")
            np.savez(folder / ARRAYS_FILE, **arrays)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        every = [message for message in with_clauses(messages) if message.get(TEXT) is not None]
        for message, shares in zip(every, self._shares(every), strict=True):
            order = np.argsort(-shares)[:LABEL_RANKING_LENGTH]
            ranking = [
                {INTENT_NAME_KEY: self._intents[index], PREDICTED_CONFIDENCE_KEY: float(shares[index])}
                for index in order
            ]
            message.set(GUESSES, ranking)
            message.set(INTENT, dict(ranking[0]), add_to_output=True)
            message.set(INTENT_RANKING_KEY, [dict(item) for item in ranking], add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        return training_data

    def _learned(self, words: dict[str, list[str]], arrays: dict[str, np.ndarray]) -> None:
        self._intents = words["intents"]
        self._letters = _letters(vocabulary={group: index for index, group in enumerate(words["letters"])})
        self._letters.idf_ = arrays["idf"].astype(np.float64)
        # Apart, since one matrix product with a dense and a sparse half costs more than two.
        dimensions = arrays["vectors"].shape[1]
        self._dense_weights = np.ascontiguousarray(arrays["weights"][:dimensions])
        # In the order and of the kind that the product wants: it would copy the whole matrix for each message.
        self._letter_weights = np.ascontiguousarray(
            np.float32(self._config["letters"]) * arrays["weights"][dimensions:]
        )
        self._intercept = arrays["intercept"]
        self._vectors, self._labels = arrays["vectors"].astype(np.float32), arrays["labels"]

    def _shares(self, messages: list[Message]) -> np.ndarray:
        """Confidence of each intent for each message, shape (messages, intents); rows add up to 1."""
        if not messages:
            return np.zeros((0, len(self._intents)))
        vectors = np.vstack([_vector(message) for message in messages])
        letters = self._letters.transform(_words(messages)).astype(np.float32)
        scores = vectors @ self._dense_weights + letters @ self._letter_weights + self._intercept
        regression = np.exp(scores - scores.max(axis=1, keepdims=True))
        regression /= regression.sum(axis=1, keepdims=True)
        share = self._config["share"]
        joined = regression ** (1 - share) * (self._neighbours(vectors) + _FLOOR) ** share
        return joined / joined.sum(axis=1, keepdims=True)

    def _neighbours(self, vectors: np.ndarray) -> np.ndarray:
        """Share of each intent in the nearest examples of each vector, the nearer ones counting more."""
        near = vectors @ self._vectors.T
        count = min(self._config["neighbours"], near.shape[1])
        shares = np.zeros((len(vectors), len(self._intents)))
        for row, nearness in zip(shares, near, strict=True):
            nearest = np.argpartition(-nearness, count - 1)[:count]
            weights = np.exp((nearness[nearest] - nearness.max()) / self._config["reach"])
            np.add.at(row, self._labels[nearest], weights / weights.sum())
        return shares


def _letters(**options: Any) -> TfidfVectorizer:
    return TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True, **options)


def _join(vectors: np.ndarray, letters: csr_matrix) -> csr_matrix:
    return hstack([csr_matrix(vectors), letters], format="csr")


def _words(messages: list[Message]) -> list[str]:
    return [str(message.get(CORRECTED_TEXT) or message.get(TEXT)) for message in messages]


def _vector(message: Message) -> np.ndarray:
    _, sentence = message.get_dense_features(TEXT)
    if sentence is None:
        raise ValueError("SentenceIntentClassifier: a featurizer must stand before it in config.yml")
    return np.asarray(sentence.features)
