"""The property ``topics``: which questions of a message get an answer."""

from __future__ import annotations

from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.clauses import END, PARTS, SENTENCES, START
from bot.nlu.intents import GUESSES
from bot.nlu.questions import TOPICS, QuestionFinder
from bot.nlu.triage import SCREEN_KEY
from bot.screen import ScreenResult
from bot.triage.model import Decision, Finding, Findings


def clause(
    text: str,
    intent: str,
    confidence: float = 0.9,
    start: int = 0,
    sentences: list[Message] | None = None,
    parts: list[Message] | None = None,
) -> Message:
    guesses = [{"name": intent, "confidence": confidence}]
    place = {START: start, END: start + len(text)}
    return Message({TEXT: text, GUESSES: guesses, **place, SENTENCES: sentences, PARTS: parts})


def found(message: Message) -> list[tuple[str, int, int]]:
    QuestionFinder(QuestionFinder.get_default_config()).process([message])
    assert TOPICS in message.as_dict(only_output_properties=True)
    return [(item["intent"], item["start"], item["end"]) for item in message.get(TOPICS)]


def test_one_question_is_one_topic() -> None:
    assert found(clause("can i drive", "ask_driving")) == [("ask_driving", 0, 11)]


def test_what_is_no_topic_or_not_sure_gives_none() -> None:
    assert found(clause("thanks", "thank")) == []
    assert found(clause("are you a robot", "ask_bot")) == []
    assert found(clause("can i", "ask_driving", 0.3)) == []


def test_of_two_close_guesses_neither_is_answered() -> None:
    message = clause("medicine?", "ask_medicines", 0.5)
    message.set(GUESSES, [*message.get(GUESSES), {"name": "ask_dose", "confidence": 0.4}])
    assert found(message) == []


def test_each_sentence_asks_its_own_and_no_question_comes_twice() -> None:
    sentences = [
        clause("can i drive?", "ask_driving"),
        clause("thanks.", "thank", start=13),
        clause("food?", "ask_eating_drinking", start=21),
        clause("driving?", "ask_driving", start=27),
    ]
    message = clause("can i drive? thanks. food? driving?", "ask_driving", sentences=sentences)
    assert found(message) == [("ask_driving", 0, 12), ("ask_eating_drinking", 21, 26)]


def test_no_more_than_three() -> None:
    topics = ("ask_driving", "ask_work", "ask_results", "ask_dose")
    sentences = [clause("x?", topic, start=3 * place) for place, topic in enumerate(topics)]
    assert len(found(clause("x? x? x? x?", "ask_work", sentences=sentences))) == 3


def test_parts_count_where_they_ask_different_things() -> None:
    parts = [clause("can i drive", "ask_driving"), clause("and lift?", "ask_activity", start=12)]
    sentence = clause("can i drive and lift?", "ask_driving", parts=parts)
    message = clause("can i drive and lift?", "ask_driving", sentences=[sentence])
    assert found(message) == [("ask_driving", 0, 11), ("ask_activity", 12, 21)]


def test_a_part_that_says_nothing_of_its_own_leaves_the_sentence_whole() -> None:
    parts = [clause("when may i eat", "ask_eating_drinking"), clause("and drink", "ask_dose", 0.4, start=15)]
    sentence = clause("when may i eat and drink", "ask_eating_drinking", parts=parts)
    message = clause("when may i eat and drink", "ask_eating_drinking", sentences=[sentence])
    assert found(message) == [("ask_eating_drinking", 0, 24)]


def test_a_clause_with_a_symptom_is_left_to_triage() -> None:
    sentences = [clause("is my fever ok?", "ask_diagnosis"), clause("can i drive?", "ask_driving", start=16)]
    message = clause("is my fever ok? can i drive?", "ask_driving", sentences=sentences)
    message.set(SCREEN_KEY, ScreenResult(Findings((Finding("fever", start=6, end=11),)), Decision()).to_dict())
    assert found(message) == [("ask_driving", 16, 28)]


def test_what_no_sentence_says_the_whole_may() -> None:
    sentences = [clause("had mine monday.", "greet"), clause("car ok?", "ask_driving", 0.2, start=17)]
    message = clause("had mine monday. car ok?", "ask_driving", sentences=sentences)
    assert found(message) == [("ask_driving", 0, 24)]
