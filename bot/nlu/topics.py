"""Topics by data alone: examples for ``ask_<topic>`` and a response ``utter_answer_<topic>`` make a topic.

``config.yml`` names the importer under ``importers:``, so that all of Rasa's commands read the data through it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rasa.shared.core.domain import Domain
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.core.training_data.structures import StoryGraph, StoryStep
from rasa.shared.exceptions import RasaException
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.common import cached_method
from rasa.shared.utils.io import read_yaml_file

QUESTION = "ask_"
ANSWER = "utter_answer_"
#: The one intent with a topic's prefix that is none: what the bot itself is.
ABOUT_THE_BOT = "ask_bot"
#: Stands for all topics where a rule or a story names an intent.
ANY_TOPIC = "ask_any_topic"


def is_topic(intent: str) -> bool:
    """True for an intent that has an answer of its own."""
    return intent.startswith(QUESTION) and intent != ABOUT_THE_BOT


class TopicError(RasaException):
    """One half of a topic is missing. The text names the place of the other half and the remedy."""


class TopicsImporter(RasaFileImporter):
    """Rasa's own importer, and for each topic its intent in the domain and its place in rules and stories."""

    @cached_method
    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        return super().get_nlu_data(language)

    @cached_method
    def get_domain(self) -> Domain:
        """The domain file with the topics added.

        Raises:
            TopicError: a question has no answer, or an answer has no question.
        """
        domain = super().get_domain()
        return domain.merge(Domain.from_dict({"intents": self._topics(domain)}))

    @cached_method
    def get_stories(self, exclusion_percentage: int | None = None) -> StoryGraph:
        """All rules and stories; one that names ``ask_any_topic`` holds for every topic.

        Args:
            exclusion_percentage: share of the stories to leave out; refused, nothing here needs it.

        Raises:
            TopicError: as for get_domain.
        """
        if exclusion_percentage:
            raise RasaException("Rules and stories are read as a whole: no percentage can be left out.")
        domain = self.get_domain()
        topics = self._topics(super().get_domain())
        return StoryGraph([step for file in self._story_files for step in _steps(file, domain, topics)])

    def _topics(self, domain: Domain) -> list[str]:
        data = self.get_nlu_data()
        asked = {intent for intent in data.intents if is_topic(intent)}
        names = {*data.responses, *domain.responses}
        answered = {QUESTION + name[len(ANSWER) :] for name in names if name.startswith(ANSWER)}
        for intent in sorted(asked - answered):
            raise TopicError(
                f"{self._place('intent: ' + intent)}: the topic {intent} has examples and no answer. "
                f"Write the response {ANSWER}{intent[len(QUESTION) :]} in a file under data/responses."
            )
        for intent in sorted(answered - asked):
            answer = f"{ANSWER}{intent[len(QUESTION) :]}"
            raise TopicError(
                f"{self._place(answer + ':')}: the answer {answer} has no question. "
                f"Write examples for the intent {intent} in a file under data/nlu."
            )
        return sorted(asked & answered)

    def _place(self, key: str) -> str:
        """File and line of the training data in which the key stands."""
        for file in self._nlu_files:
            for number, line in enumerate(Path(file).read_text(encoding="utf-8").splitlines(), 1):
                if line.strip(" -") == key:
                    return f"{file}:{number}"
        return "domain"


def _steps(file: str, domain: Domain, topics: list[str]) -> Iterable[StoryStep]:
    content: dict[str, Any] = read_yaml_file(file)
    for block in (*(content.get("rules") or ()), *(content.get("stories") or ())):
        block["steps"] = [_every_topic(step, topics, file) for step in block["steps"]]
    return YAMLStoryReader(domain, source_name=file).read_from_parsed_yaml(content)


def _every_topic(step: dict[str, Any], topics: list[str], file: str) -> dict[str, Any]:
    if step.get("intent") != ANY_TOPIC:
        return step
    if not topics:
        raise TopicError(f"{file}: names {ANY_TOPIC}, and there is no topic. Give Rasa data/ as a whole.")
    return {"or": [{"intent": topic} for topic in topics]}
