"""The training data, the domain, the rules and the stories fit together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.shared.core.constants import DEFAULT_INTENTS
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.loading import load_data

from bot.nlu.topics import ANY_TOPIC, TopicsImporter

ROOT = Path(__file__).resolve().parent.parent.parent
MIN_EXAMPLES = 25
#: Rasa's own, and the one that only the FallbackClassifier gives.
WITHOUT_EXAMPLES = {"nlu_fallback"}

Step = dict[str, Any]


def read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content


def blocks(folder: str, key: str) -> list[dict[str, Any]]:
    files = sorted((ROOT / "data" / folder).glob("*.yml"))
    return [block for file in files for block in read(file).get(key, [])]


DOMAIN = read(ROOT / "domain.yml")
TOPICS = set(TopicsImporter(None, str(ROOT / "domain.yml"), [str(ROOT / "data")]).get_domain().intents) - {
    *DOMAIN["intents"],
    *DEFAULT_INTENTS,
}
INTENTS = TOPICS | set(DOMAIN["intents"])
RULES = blocks("rules", "rules")
STORIES = blocks("stories", "stories")
RESPONSES = {name for file in sorted((ROOT / "data/responses").glob("*.yml")) for name in read(file)["responses"]}


@pytest.fixture(scope="module")
def examples() -> list[tuple[str, str]]:
    data = load_data(str(ROOT / "data/nlu"))
    return [(example.get(TEXT), example.get(INTENT)) for example in data.intent_examples]


def steps(of: list[dict[str, Any]]) -> Iterator[Step]:
    """All steps, those inside of `or` and the conditions of rules too."""
    for block in of:
        for step in chain(block.get("condition", []), block["steps"]):
            yield from step.get("or", [step])


def used(kind: str, of: list[dict[str, Any]]) -> set[str]:
    return {step[kind] for step in steps(of) if kind in step}


def test_every_intent_of_the_domain_has_examples_and_the_other_way_round(examples: list[tuple[str, str]]) -> None:
    assert {intent for _, intent in examples} == INTENTS - WITHOUT_EXAMPLES


def test_every_intent_has_enough_examples(examples: list[tuple[str, str]]) -> None:
    counts = Counter(intent for _, intent in examples)
    assert {intent: count for intent, count in counts.items() if count < MIN_EXAMPLES} == {}


def test_no_example_stands_twice(examples: list[tuple[str, str]]) -> None:
    counts = Counter(re.sub(r"[^\w\s]", "", text.lower()).strip() or text for text, _ in examples)
    assert [text for text, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("intent", sorted(set(DOMAIN["intents"])))
def test_every_intent_has_a_rule_or_a_story(intent: str) -> None:
    assert intent in used("intent", RULES) | used("intent", STORIES)


def test_every_topic_has_a_rule_and_a_story() -> None:
    assert ANY_TOPIC in used("intent", RULES)
    assert ANY_TOPIC in used("intent", STORIES)


@pytest.mark.parametrize("intent", sorted(used("intent", RULES) | used("intent", STORIES)))
def test_rules_and_stories_use_only_intents_of_the_domain(intent: str) -> None:
    assert intent in INTENTS | {ANY_TOPIC}


@pytest.mark.parametrize("action", sorted(used("action", RULES) | used("action", STORIES)))
def test_every_action_exists_and_says_what_follows_it(action: str) -> None:
    assert action in RESPONSES | set(DOMAIN["actions"])
    # A rule that starts with the action tells what comes next, whatever led to it. The memoization policy cannot
    # be relied on for that: one slot that differs, and it is silent.
    assert action in {rule["steps"][0].get("action") for rule in RULES}


def test_every_custom_action_is_used() -> None:
    assert set(DOMAIN["actions"]) <= used("action", RULES)


def test_slots_are_set_by_actions_alone() -> None:
    assert {slot["mappings"][0]["type"] for slot in DOMAIN["slots"].values()} == {"custom"}
    named = {name for step in steps(RULES + STORIES) for item in step.get("slot_was_set", []) for name in item}
    assert named <= set(DOMAIN["slots"])


def test_the_fallback_of_the_policies_exists() -> None:
    (policy,) = [item for item in read(ROOT / "config.yml")["policies"] if item["name"] == "RulePolicy"]
    assert policy["core_fallback_action_name"] in RESPONSES | set(DOMAIN["actions"])
    assert policy["core_fallback_action_name"] in {rule["steps"][0].get("action") for rule in RULES}


def test_button_payloads_are_words_that_a_patient_could_type() -> None:
    payloads = [
        button["payload"]
        for file in sorted((ROOT / "data/responses").glob("*.yml"))
        for variations in read(file)["responses"].values()
        for variation in variations
        for button in variation.get("buttons", [])
    ]
    assert payloads
    assert [payload for payload in payloads if payload.startswith("/")] == []
