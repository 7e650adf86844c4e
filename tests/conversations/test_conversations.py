"""Whole conversations (the YAML files in this folder), played through the trained model and a real database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.evaluation.dialogues.reading import read_dialogues
from bot.evaluation.dialogues.replay import PlayedDialogue, Replayer
from bot.evaluation.dialogues.script import Dialogue
from bot.rasa_agent.runner import AgentRunner

pytestmark = pytest.mark.model

DIALOGUES = read_dialogues(sorted(Path(__file__).parent.glob("*.yml")))


@pytest.fixture(scope="session")
def replayer(agent: AgentRunner) -> Iterator[Replayer]:
    with Replayer(agent) as made:
        yield made


def transcript(played: PlayedDialogue) -> str:
    lines = [f"{played.dialogue.place} ({played.dialogue.channel})"]
    for item in played.turns:
        lines.append(f"  > {item.turn.words}")
        lines += [f"    {message.response}: {message.text}" for message in item.outcome.messages]
        lines += [f"  ! line {item.turn.line}: {words}" for words in item.differences]
    return "\n".join(lines)


@pytest.mark.parametrize("dialogue", DIALOGUES, ids=lambda dialogue: dialogue.title)
def test_conversation(replayer: Replayer, dialogue: Dialogue) -> None:
    played = replayer.play(dialogue)
    assert played.as_written, transcript(played)
