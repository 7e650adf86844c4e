"""The classifier alone, on a handful of examples."""

from __future__ import annotations

from pathlib import Path

import pytest
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.clauses import SENTENCES
from bot.nlu.encoder import SentenceEncoderFeaturizer
from bot.nlu.intents import GUESSES, SentenceIntentClassifier
from bot.nlu.sentence_encoder import SentenceEncoder

EXAMPLES = {
    "ask_driving": ["can i drive", "when may i use my car", "driving?", "is the steering wheel allowed"],
    "ask_work": ["when can i go back to work", "my job starts tomorrow", "work?", "do i need a day off"],
    "thank": ["thanks", "thank you so much", "that helps", "great, thanks"],
}


def featured(*messages: Message) -> list[Message]:
    featurizer = SentenceEncoderFeaturizer(
        SentenceEncoderFeaturizer.get_default_config(), "encoder", SentenceEncoder.default()
    )
    return featurizer.process(list(messages))


@pytest.fixture
def storage(tmp_path: Path) -> LocalModelStorage:
    return LocalModelStorage(tmp_path)


@pytest.fixture
def trained(storage: LocalModelStorage) -> SentenceIntentClassifier:
    examples = [Message({TEXT: text, INTENT: intent}) for intent, texts in EXAMPLES.items() for text in texts]
    config = SentenceIntentClassifier.get_default_config()
    classifier = SentenceIntentClassifier(config, storage, Resource("classifier"))
    classifier.train(TrainingData(featured(*examples)))
    return classifier


def test_new_words_find_their_intent(trained: SentenceIntentClassifier) -> None:
    messages = featured(
        *(Message({TEXT: text}) for text in ("may i take the truck", "back at the office", "thx a lot"))
    )
    trained.process(messages)
    assert [message.get(INTENT)["name"] for message in messages] == ["ask_driving", "ask_work", "thank"]
    for message in messages:
        ranking = message.get(INTENT_RANKING_KEY)
        assert message.get(INTENT) == ranking[0]
        assert sum(item["confidence"] for item in ranking) == pytest.approx(1)
        assert ranking == message.get(GUESSES)


def test_clauses_get_guesses_of_their_own(trained: SentenceIntentClassifier) -> None:
    sentences = [Message({TEXT: "can i drive?"}), Message({TEXT: "thank you"})]
    trained.process(featured(Message({TEXT: "can i drive? thank you", SENTENCES: sentences})))
    assert [sentence.get(GUESSES)[0]["name"] for sentence in sentences] == ["ask_driving", "thank"]


def test_what_is_stored_says_the_same(trained: SentenceIntentClassifier, storage: LocalModelStorage) -> None:
    config = SentenceIntentClassifier.get_default_config()
    loaded = SentenceIntentClassifier.load(config, storage, Resource("classifier"), None)
    before, after = featured(Message({TEXT: "driving to work, thanks"}), Message({TEXT: "driving to work, thanks"}))
    trained.process([before])
    loaded.process([after])
    pairs = zip(before.get(GUESSES), after.get(GUESSES), strict=True)
    for mine, its in pairs:
        assert mine["name"] == its["name"]
        assert mine["confidence"] == pytest.approx(its["confidence"], abs=1e-3)


def test_a_message_without_vector_is_refused(trained: SentenceIntentClassifier) -> None:
    with pytest.raises(ValueError, match="featurizer"):
        trained.process([Message({TEXT: "can i drive"})])


def test_an_empty_text_gets_an_intent_and_no_text_gets_none(trained: SentenceIntentClassifier) -> None:
    assert trained.process([]) == []
    empty, action = featured(Message({TEXT: ""}), Message({"action_name": "action_answer"}))
    trained.process([empty, action])
    assert empty.get(INTENT)["name"] in EXAMPLES
    assert action.get(INTENT) is None
