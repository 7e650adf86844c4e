"""The clinical screen inside the pipeline: a reported symptom outranks whatever the classifier thinks."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any
from unicodedata import name

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.nlu.constants import (
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    METADATA,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message

from bot.triage.model import Disposition

logger = logging.getLogger(__name__)

#: Where the screen's result lies in the message's metadata (put there by the conversation), and in the parse result.
SCREEN_KEY = "screen"
REPORT_SYMPTOM = "report_symptom"
#: What the conversation made of a call-back name and number: "given", "incomplete", or "perhaps" (a bare name).
CONTACT_KEY = "contact"
GIVE_CONTACT = "give_contact"
OTHER_LANGUAGE = "other_language"
#: Thumbs up, OK hand, check mark, folded hands.
AGREEING = frozenset("👍👌✅✔🙏🆗")
ANSWER_INTENT = "answer_"
#: The intents of words that the bot can do nothing with.
NO_INTENT = frozenset({DEFAULT_NLU_FALLBACK_INTENT_NAME, "out_of_scope"})


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class ClinicalTriage(GraphComponent, IntentClassifier):
    """Puts the screen on the message and, where it found something, makes the intent ``report_symptom``.

    It stands last in the pipeline, behind the fallback, and never raises: if the screen fails, the message
    counts as a reported symptom.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        return [IntentClassifier]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ClinicalTriage:
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            try:
                screen = _screen(message)
                reports = (
                    _reports_symptom(screen) or _may_be_symptom(message) or _only_mentions_symptom(message, screen)
                )
                message.set(SCREEN_KEY, screen, add_to_output=True)
            # The patient's words must reach triage whatever is broken here; they stay out of the log.
            except Exception as error:
                logger.error("clinical screen failed: %s", type(error).__name__)
                reports = True
            if reports:
                _rank_first(message, REPORT_SYMPTOM)
            elif _gives_contact(message):
                _rank_first(message, GIVE_CONTACT)
            elif (intent := _without_latin(message.get(TEXT) or "")) is not None:
                _rank_first(message, intent)
        return messages


def _screen(message: Message) -> Mapping[str, Any]:
    """The conversation's result; in rasa shell and in tests, where there is none, our own."""
    given = (message.get(METADATA) or {}).get(SCREEN_KEY)
    if given is not None:
        return given
    # Only here: the screen imports the whole clinical reader, which training does without.
    from bot.screen import Screen

    return Screen.default().run(message.get(TEXT) or "").to_dict()


def _reports_symptom(screen: Mapping[str, Any]) -> bool:
    """True unless the message itself says nothing clinical.

    A pending question makes the screen `clarify` for every message that leaves it open. Then the intent stays:
    "can I drive?" is answered, and the rules bring the question back.
    """
    decision, findings = screen["decision"], screen["findings"]
    disposition = Disposition(decision["disposition"])
    if disposition is Disposition.CLARIFY:
        return findings["answered"] or bool(findings["items"])
    return disposition is not Disposition.NONE or findings["answered"]


def _may_be_symptom(message: Message) -> bool:
    """True if the fallback turned down the classifier's guess that this is a symptom: in doubt it is one."""
    if message.get(INTENT, {}).get(INTENT_NAME_KEY) != DEFAULT_NLU_FALLBACK_INTENT_NAME:
        return False
    guesses = [item[INTENT_NAME_KEY] for item in message.get(INTENT_RANKING_KEY) or []]
    return REPORT_SYMPTOM in guesses[1:2]


def _only_mentions_symptom(message: Message, screen: Mapping[str, Any]) -> bool:
    """True for "I have no fever" and the like: no report, but triage can acknowledge it, and no other intent can."""
    intent = message.get(INTENT, {}).get(INTENT_NAME_KEY) or ""
    return bool(screen["findings"]["items"]) and (intent.startswith(ANSWER_INTENT) or intent in NO_INTENT)


def _gives_contact(message: Message) -> bool:
    contact = (message.get(METADATA) or {}).get(CONTACT_KEY)
    if contact != "perhaps":
        return contact is not None
    return message.get(INTENT, {}).get(INTENT_NAME_KEY) in NO_INTENT | {GIVE_CONTACT, "ask_contact"}


def _without_latin(text: str) -> str | None:
    """The intent of a text that the encoder cannot tell from another: emoji alone, or another script."""
    letters = [character for character in text if character.isalpha()]
    if any(character.isdigit() for character in text) or any("LATIN" in name(letter, "") for letter in letters):
        return None
    if letters:
        return OTHER_LANGUAGE
    return "answer_yes" if AGREEING & set(text) else DEFAULT_NLU_FALLBACK_INTENT_NAME


def _rank_first(message: Message, intent: str) -> None:
    first = {INTENT_NAME_KEY: intent, PREDICTED_CONFIDENCE_KEY: 1.0}
    others = [item for item in message.get(INTENT_RANKING_KEY) or [] if item[INTENT_NAME_KEY] != intent]
    message.set(INTENT, first, add_to_output=True)
    message.set(INTENT_RANKING_KEY, [first, *others], add_to_output=True)
