"""Whole conversations (the YAML files in this folder), played through the trained model and a real database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.evaluation.dialogues.reading import read_dialogues
from bot.evaluation.dialogues.replay import PlayedDialogue, Replayer
from bot.evaluation.dialogues.script import Dialogue
from bot.rasa_agent.runner import AgentRunner
from bot.screen import Screen
from bot.triage.model import Encounter, Question

#: The lexicon has no phrase yet that says both in one.
NOT_REACHED = {"overdose.drowsy_itself"}
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


def fired(screen: Screen, dialogue: Dialogue) -> set[str]:
    """Ids of the criteria that hold somewhere in the conversation, by the screen alone."""
    ids: set[str] = set()
    question: Question | None = None
    encounter = Encounter()
    for turn in dialogue.turns:
        result = screen.run(turn.says or "", question, encounter)
        ids |= {criterion.id for criterion in result.decision.criteria}
        question, encounter = result.decision.question, encounter.learn(result.findings)
    return ids


def test_every_row_of_the_protocol_has_its_conversation() -> None:
    screen = Screen.default()
    rows = {row.id for row in screen.protocol.criteria}
    assert rows - NOT_REACHED - {name for dialogue in DIALOGUES for name in fired(screen, dialogue)} == set()


@pytest.mark.model
@pytest.mark.parametrize("dialogue", DIALOGUES, ids=lambda dialogue: dialogue.title)
def test_conversation(replayer: Replayer, dialogue: Dialogue) -> None:
    played = replayer.play(dialogue)
    assert played.as_written, transcript(played)
