"""Featurizer: the whole message as one sentence vector, for the intent classifier."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.clauses import with_clauses
from bot.nlu.sentence_encoder import SentenceEncoder
from bot.nlu.spelling import CORRECTED_TEXT


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoderFeaturizer(DenseFeaturizer, GraphComponent):
    """Adds one dense sentence feature of shape (1, 384), of length 1, for the text and for each clause."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Nothing: it reads the raw text, and the corrected one where the spelling component left it."""
        return []

    @staticmethod
    def required_packages() -> list[str]:
        return ["onnxruntime", "tokenizers"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        default: dict[str, Any] = DenseFeaturizer.get_default_config()
        return default

    def __init__(self, config: dict[str, Any], name: str, encoder: SentenceEncoder) -> None:
        super().__init__(name, config)
        self._encoder = encoder

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceEncoderFeaturizer:
        """Loads the encoder's files.

        Raises:
            SentenceEncoderError: a package is missing.
        """
        return cls(config, execution_context.node_name, SentenceEncoder.default())

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Nothing can be set."""

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        for message in with_clauses(messages):
            text = message.get(CORRECTED_TEXT) or message.get(TEXT)
            # Examples without text are the action names and intents of stories.
            if isinstance(text, str):
                self.add_features_to_message(None, self._encoder.encode([text]), TEXT, message)
        return messages
