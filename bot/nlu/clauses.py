"""The clauses of a message, as messages of their own that the later components treat like any other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import TEXT, TEXT_TOKENS
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

#: The message attribute that holds its sentences; a message of one clause has none.
SENTENCES = "sentences"
#: The attribute of a sentence that holds its parts; a sentence of one clause has none.
PARTS = "parts"
#: Where a sentence or a part lies in its message.
START, END = "start", "end"
JOINING_WORDS_KEY = "joining_words"
MOST_KEY = "most"
_SENTENCE_ENDS = frozenset(".?!;…")


def with_clauses(messages: Iterable[Message]) -> Iterator[Message]:
    """The messages and their clauses."""
    for message in messages:
        yield message
        for sentence in message.get(SENTENCES) or ():
            yield sentence
            yield from sentence.get(PARTS) or ()


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class ClauseSplitter(GraphComponent):
    """Puts the sentences of a message on it, and their parts on them, where there is more than one clause."""

    @classmethod
    def required_components(cls) -> list[type]:
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            # Words between which a sentence may fall into parts.
            JOINING_WORDS_KEY: [],
            # Each clause costs an encoding; those behind the first ones are left out.
            MOST_KEY: 8,
        }

    def __init__(self, config: dict[str, Any]) -> None:
        self._joining = frozenset(config[JOINING_WORDS_KEY])
        self._most = config[MOST_KEY]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ClauseSplitter:
        return cls(config)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Leaves the examples alone: each is one utterance of its intent."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text, tokens = message.get(TEXT), message.get(TEXT_TOKENS)
            if text and tokens:
                sentences = self._clauses(text, tokens)
                if len(sentences) > 1 or any(sentence.get(PARTS) for sentence in sentences):
                    message.set(SENTENCES, sentences)
        return messages

    def _clauses(self, text: str, tokens: list[Token]) -> list[Message]:
        found: list[Message] = []
        left = self._most
        for sentence in _split(tokens, lambda before, token: _ends_sentence(text, before, token)):
            parts = list(_split(sentence, lambda _, token: token.text.lower() in self._joining))
            parts = parts if 1 < len(parts) < left else []
            if left < 1:
                break
            clause = _message(text, sentence)
            if parts:
                clause.set(PARTS, [_message(text, part) for part in parts])
            found.append(clause)
            left -= 1 + len(parts)
        return found


def _ends_sentence(text: str, before: Token | None, token: Token) -> bool:
    line_ends = before is not None and "\n" in text[before.end : token.start]
    return line_ends or set(token.text) <= _SENTENCE_ENDS


def _split(tokens: list[Token], borders: Any) -> Iterator[list[Token]]:
    """Runs of tokens that hold a word. A border token that is a mark stays before the border, a word behind it."""
    run: list[Token] = []
    before: Token | None = None
    for token in tokens:
        border = borders(before, token)
        mark = border and not any(character.isalnum() for character in token.text)
        if border and not mark:
            yield from _with_words(run)
            run = []
        run.append(token)
        if mark:
            yield from _with_words(run)
            run = []
        before = token
    yield from _with_words(run)


def _with_words(run: list[Token]) -> Iterator[list[Token]]:
    if any(token.text[:1].isalpha() for token in run):
        yield run


def _message(text: str, tokens: list[Token]) -> Message:
    start, end = tokens[0].start, tokens[-1].end
    moved = [Token(token.text, token.start - start, lemma=token.lemma) for token in tokens]
    return Message({TEXT: text[start:end], TEXT_TOKENS: moved, START: start, END: end})
