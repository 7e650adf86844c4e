"""The aftercare questions of a message, one by one: a message may ask two things, or ask beside a symptom."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT_NAME_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.clauses import END, PARTS, SENTENCES, START
from bot.nlu.intents import GUESSES
from bot.nlu.topics import is_topic
from bot.nlu.triage import SCREEN_KEY
from bot.triage.model import Disposition

#: The property of the parse result: [{"intent", "confidence", "start", "end"}] in reading order.
TOPICS = "topics"
SURE_KEY = "sure"
SURE_OF_PART_KEY = "sure_of_part"
AHEAD_KEY = "ahead"
MOST_KEY = "most"

#: In place of a guess that there is not.
_NONE = {INTENT_NAME_KEY: "", PREDICTED_CONFIDENCE_KEY: 0.0}

Question = dict[str, Any]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class QuestionFinder(GraphComponent, IntentClassifier):
    """Sets ``topics``: of each clause the topic that the classifier is sure of. Changes nothing else."""

    @classmethod
    def required_components(cls) -> list[type]:
        return [IntentClassifier]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            # From this confidence on a whole message or sentence counts as a question.
            SURE_KEY: 0.5,
            # The same for a part of a sentence, which has less to go by.
            SURE_OF_PART_KEY: 0.6,
            # By so much it must be likelier than its rival: of two close ones the patient chooses.
            AHEAD_KEY: 0.2,
            # No reply answers more questions.
            MOST_KEY: 3,
        }

    def __init__(self, config: dict[str, Any]) -> None:
        self._config = config

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> QuestionFinder:
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            mentions = _mentions(message)
            topics: dict[str, Question] = {}
            for question in self._questions(message):
                if not any(start < question["end"] and question["start"] < end for start, end in mentions):
                    topics.setdefault(question["intent"], question)
            message.set(TOPICS, list(topics.values())[: self._config[MOST_KEY]], add_to_output=True)
        return messages

    def _questions(self, message: Message) -> list[Question]:
        sentences = message.get(SENTENCES)
        if not sentences:
            return self._sure(message, SURE_KEY)
        found = [question for sentence in sentences for question in self._of_sentence(sentence)]
        # "I had mine on Monday. Driving home after that was fine?": what no clause says, the whole may.
        return found or self._sure(message, SURE_KEY)

    def _of_sentence(self, sentence: Message) -> list[Question]:
        """The parts' questions where they ask different things, else the sentence's own."""
        parts = [question for part in sentence.get(PARTS) or () for question in self._sure(part, SURE_OF_PART_KEY)]
        whole = self._sure(sentence, SURE_KEY)
        return parts if len({question["intent"] for question in parts}) > 1 else whole or parts[:1]

    def _sure(self, clause: Message, limit: str) -> list[Question]:
        first, second = [*(clause.get(GUESSES) or ()), _NONE, _NONE][:2]
        intent, confidence = first[INTENT_NAME_KEY], first[PREDICTED_CONFIDENCE_KEY]
        ahead = confidence - second[PREDICTED_CONFIDENCE_KEY]
        if not is_topic(intent) or confidence < self._config[limit] or ahead < self._config[AHEAD_KEY]:
            return []
        start, end = clause.get(START, 0), clause.get(END, len(clause.get(TEXT)))
        return [{"intent": intent, "confidence": confidence, "start": start, "end": end}]


def _mentions(message: Message) -> list[tuple[int, int]]:
    """Where the screen found a symptom that triage speaks to. A question back ("is it worse?") answers nothing yet,
    and neither does "please call the office"."""
    screen = message.get(SCREEN_KEY) or {"findings": {"items": []}}
    decision = screen.get("decision") or {}
    asks = decision.get("disposition") == Disposition.CLARIFY.value and not decision.get("response")
    if asks or decision.get("disposition") == Disposition.ROUTINE.value:
        return []
    return [(item["start"], item["end"]) for item in screen["findings"]["items"]]
