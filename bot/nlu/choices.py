"""The fallback: an uncertain guess, or a topic with a close rival, becomes a choice for the patient."""

from __future__ import annotations

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.classifiers.fallback_classifier import FallbackClassifier
from rasa.shared.nlu.constants import INTENT_NAME_KEY, INTENT_RANKING_KEY
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.topics import is_topic


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class ChoiceFallback(FallbackClassifier):
    """Rasa's fallback, but two close guesses make a choice only where one of them is a topic.

    "Thanks" or "bye", a yes or a "not sure": the likelier one is right often enough, and a wrong one does no harm.
    """

    def _nlu_prediction_ambiguous(self, message: Message) -> tuple[bool, float | None]:
        likeliest = [item[INTENT_NAME_KEY] for item in (message.get(INTENT_RANKING_KEY) or [])[:2]]
        if not any(is_topic(intent) for intent in likeliest):
            return False, None
        ambiguous: tuple[bool, float | None] = super()._nlu_prediction_ambiguous(message)
        return ambiguous
