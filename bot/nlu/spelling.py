"""Spelling: misspelt words get their likely word back, for the intent classifier alone."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import OSA
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import TEXT, TEXT_TOKENS
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.clauses import with_clauses
from bot.nlu.sentence_encoder import SentenceEncoder

#: The message attribute that holds the corrected text; the patient's own stays in ``text``.
CORRECTED_TEXT = "corrected_text"
MIN_LENGTH_KEY = "min_length"
LONG_LENGTH_KEY = "long_length"
WORDS_KEY = "words"
WORDS_FILE = "words.json"


class Speller:
    """Maps a word that nobody writes to the nearest word of the training data."""

    def __init__(self, words: Sequence[str], encoder: SentenceEncoder, min_length: int, long_length: int) -> None:
        """
        Args:
            words: the words to know, lower case, commonest first.
            encoder: its vocabulary tells which other words are ordinary.
            min_length: shorter words are left alone.
            long_length: from here on two mistakes are corrected, below it one.
        """
        self._encoder = encoder
        self._min_length = min_length
        self._long_length = long_length
        self._known = frozenset(words)
        self._by_initial: dict[str, list[str]] = {}
        for word in words:
            if len(word) >= min_length:
                self._by_initial.setdefault(word[0], []).append(word)

    def correct(self, word: str) -> str:
        """The word itself when it is short, ordinary or near nothing; else its nearest known word, lower case.

        A word keeps its first letter: people rarely mistype it, and "wheezing" is not "freezing".
        """
        lower = word.lower()
        if len(lower) < self._min_length or not lower.isalpha() or self._is_ordinary(lower):
            return word
        # Optimal string alignment: swapped neighbours ("feevr") count once. Of equally near words the first wins.
        found = process.extractOne(
            lower,
            self._by_initial.get(lower[0], ()),
            scorer=OSA.distance,
            score_cutoff=2 if len(lower) >= self._long_length else 1,
        )
        return found[0] if found else word

    def _is_ordinary(self, word: str) -> bool:
        # The encoder's vocabulary holds the commonest 20,000 English words; a word it knows needs no help.
        return word in self._known or self._encoder.in_vocabulary(word)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SpellingCorrector(GraphComponent):
    """Sets ``corrected_text`` on messages that hold a misspelt word; the encoder reads it."""

    @classmethod
    def required_components(cls) -> list[type]:
        return [Tokenizer]

    @staticmethod
    def required_packages() -> list[str]:
        return ["rapidfuzz"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            # Shorter words have too many neighbours ("leg", "let", "log").
            MIN_LENGTH_KEY: 4,
            # From this length on two mistakes are corrected, below it one.
            LONG_LENGTH_KEY: 8,
            # Words to know beside those of the training data, for example names of medicines.
            WORDS_KEY: [],
        }

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        words: Sequence[str] = (),
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._set_words(words)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SpellingCorrector:
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SpellingCorrector:
        with model_storage.read_from(resource) as folder:
            words = json.loads((folder / WORDS_FILE).read_text(encoding="utf-8"))
        return cls(config, model_storage, resource, words)

    def train(self, training_data: TrainingData) -> Resource:
        """Learns the words of the training examples and keeps them in the model."""
        tokens = (token for example in training_data.intent_examples for token in example.get(TEXT_TOKENS) or ())
        counts = Counter(token.text.lower() for token in tokens if token.text.isalpha())
        words = sorted(counts, key=lambda word: (-counts[word], word))
        self._set_words(words)
        with self._model_storage.write_to(self._resource) as folder:
            (folder / WORDS_FILE).write_text(json.dumps(words), encoding="utf-8")
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Leaves the examples alone: all their words are known."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        for message in with_clauses(messages):
            text, tokens = message.get(TEXT), message.get(TEXT_TOKENS)
            if not text or not tokens:
                continue
            corrected = text
            for token in reversed(tokens):
                word = self._speller.correct(token.text)
                if word is not token.text:
                    corrected = corrected[: token.start] + word + corrected[token.end :]
            if corrected != text:
                message.set(CORRECTED_TEXT, corrected)
        return messages

    def _set_words(self, words: Sequence[str]) -> None:
        self._speller = Speller(
            [*words, *(word.lower() for word in self._config[WORDS_KEY])],
            SentenceEncoder.default(),
            self._config[MIN_LENGTH_KEY],
            self._config[LONG_LENGTH_KEY],
        )
