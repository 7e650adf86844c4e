"""Rasa takes the response files, and says the same words as our own reader."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import pytest
from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.nlu.training_data.formats import RasaYAMLReader

from bot.clinic import ClinicProfile
from bot.wording import Wording

DATA = Path(__file__).resolve().parents[2] / "data"
FILES = sorted((DATA / "responses").glob("*.yml"))
FACTS = {
    **ClinicProfile.load(DATA / "clinic.yml").facts(datetime(2026, 6, 9, 15, 0, tzinfo=timezone.utc)),
    "reference": "K7QX-4MZP",
    "symptom": "a fever",
    "choices": "1 When can I drive?",
    "source": "a source",
    "version": "1",
    "reviewed_by": "Casey Example, RN",
    "staff": "Casey Example, RN",
    "time": "12:45 PM",
}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_file_passes_rasas_own_schema(file: Path) -> None:
    assert RasaYAMLReader().read(str(file)).responses


def test_the_profile_is_not_taken_for_training_data() -> None:
    assert not RasaYAMLReader.is_yaml_nlu_file(DATA / "clinic.yml")
    assert not Domain.is_domain_file(str(DATA / "clinic.yml"))


@pytest.mark.parametrize("channel", ["website", "sms"])
def test_rasa_says_the_same(channel: str) -> None:
    wording = Wording.load(DATA / "responses")
    domain = Domain.from_path(DATA / "responses")
    assert set(domain.responses) == wording.names()
    generator = TemplatedNaturalLanguageGenerator(domain.responses)
    for name in sorted(wording.names()):
        ours = wording.say(name, channel, FACTS)
        theirs = generator.generate_from_slots(name, {}, channel, **FACTS)
        assert theirs is not None
        assert theirs["text"].strip() == ours.text
        buttons = [(button["title"], button["payload"]) for button in theirs.get("buttons", [])]
        assert buttons == [(button.title, button.payload) for button in ours.buttons]
        assert theirs.get("metadata", {}).get("disposition", "none") == ours.disposition.value
