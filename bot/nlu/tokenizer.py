"""Tokenizer: spaCy's English rules, which need no downloaded model."""

from __future__ import annotations

from typing import Any

import spacy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class BlankSpacyTokenizer(Tokenizer):
    """Tokens of ``spacy.blank("en")``, the same that the clinical reader works on.

    Rasa's own SpacyTokenizer needs a model that spaCy can load by name; a blank one has none.
    """

    @staticmethod
    def required_packages() -> list[str]:
        return ["spacy"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            # An intent is one label; no hierarchical intents here.
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
            "prefix_separator_symbol": None,
        }

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        self._spacy = spacy.blank("en")

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        text = message.get(attribute)
        tokens = [Token(token.text, token.idx, lemma=token.lower_) for token in self._spacy.make_doc(text)]
        return self._apply_token_pattern([token for token in tokens if token.text.strip()])
