"""Plays conversations through the whole bot: the real model, a real database, a clock of their own."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.conversation.turn import DialogueAgent
from bot.evaluation.dialogues.checks import differences
from bot.evaluation.dialogues.script import Dialogue, Turn
from bot.evaluation.dialogues.stage import DATABASE, Outcome, Stage, stage_settings
from bot.evaluation.replay import Progress
from bot.rasa_agent.runner import AgentRunner
from bot.rasa_agent.training import ModelError, find_model
from bot.services import Services, install

LOADING_SECONDS = 300.0


@dataclass(frozen=True)
class PlayedTurn:
    turn: Turn
    outcome: Outcome
    #: What is not as written, in words.
    differences: tuple[str, ...]

    @property
    def judged(self) -> bool:
        """The script says which disposition the reply must have."""
        return self.turn.expected.disposition is not None

    @property
    def under(self) -> bool:
        """The reply is less urgent than written."""
        wanted = self.turn.expected.disposition
        return wanted is not None and not self.outcome.disposition.at_least(wanted)

    @property
    def over(self) -> bool:
        """The reply is more urgent than written."""
        wanted = self.turn.expected.disposition
        return wanted is not None and not wanted.at_least(self.outcome.disposition)


@dataclass(frozen=True)
class PlayedDialogue:
    dialogue: Dialogue
    turns: tuple[PlayedTurn, ...]

    @property
    def as_written(self) -> bool:
        return not any(turn.differences for turn in self.turns)

    @property
    def first_different(self) -> PlayedTurn | None:
        """Later turns may differ only because this one did."""
        return next((turn for turn in self.turns if turn.differences), None)


class Replayer:
    """Plays one conversation after the other, each on a database of its own."""

    def __init__(self, agent: DialogueAgent) -> None:
        self._agent = agent
        self._folder = tempfile.TemporaryDirectory(prefix="aftercare-replay-")
        folder = Path(self._folder.name)
        self._content = Services(stage_settings(folder))
        self._content.load_content()
        # An agent that loads from now on reads its content through this.
        install(self._content)
        self._content.database.migrate()
        self._content.database.dispose()
        self._empty = folder / DATABASE

    def __enter__(self) -> Replayer:
        return self

    def __exit__(self, *error: object) -> None:
        self._folder.cleanup()

    def play(self, dialogue: Dialogue) -> PlayedDialogue:
        """All turns, those after a difference too."""
        with tempfile.TemporaryDirectory(prefix="stage-", dir=self._folder.name) as folder:
            stage = Stage(dialogue, self._agent, stage_settings(Path(folder)), self._empty, self._content)
            try:
                played: list[PlayedTurn] = []
                interlock: Mapping[str, int] = {}
                for turn in dialogue.turns:
                    outcome = stage.play(turn)
                    found = tuple(differences(turn, outcome, interlock))
                    played.append(PlayedTurn(turn, outcome, found))
                    interlock = outcome.interlock
                return PlayedDialogue(dialogue, tuple(played))
            finally:
                stage.close()


def replay_dialogues(dialogues: list[Dialogue], progress: Progress) -> list[PlayedDialogue]:
    """All conversations, with the trained model that fits the data.

    Raises:
        ModelError: there is none, or it does not load.
    """
    find_model()
    runner = AgentRunner(find_model)
    with Replayer(runner) as replayer:
        runner.start()
        try:
            if not runner.wait(LOADING_SECONDS):
                raise ModelError(runner.problem)
            return [replayer.play(dialogue) for dialogue in progress.over(dialogues, "conversations")]
        finally:
            runner.stop()
