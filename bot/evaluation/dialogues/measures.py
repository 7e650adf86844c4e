"""The figures of replayed conversations, and their JSON form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.evaluation.dialogues.replay import PlayedDialogue, PlayedTurn
from bot.evaluation.wilson import Rate


@dataclass(frozen=True)
class DialogueGroup:
    """All conversations, or those of one file."""

    #: Conversations in which every turn came as written.
    as_written: Rate
    #: Turns of which the script says the disposition: less urgent than written.
    under_triage: Rate
    #: The same turns: more urgent than written.
    over_triage: Rate

    @classmethod
    def of(cls, played: list[PlayedDialogue]) -> DialogueGroup:
        judged = [turn for dialogue in played for turn in dialogue.turns if turn.judged]
        return cls(
            as_written=Rate.of([dialogue.as_written for dialogue in played]),
            under_triage=Rate.of([turn.under for turn in judged]),
            over_triage=Rate.of([turn.over for turn in judged]),
        )

    def to_dict(self) -> dict[str, Any]:
        return {name: rate.to_dict() for name, rate in vars(self).items()}


@dataclass(frozen=True)
class DialogueMeasures:
    total: DialogueGroup
    files: dict[str, DialogueGroup]
    #: The conversations that did not come as written, each with the turn at which it left the script.
    different: tuple[tuple[PlayedDialogue, PlayedTurn], ...]

    @classmethod
    def of(cls, played: list[PlayedDialogue]) -> DialogueMeasures:
        files = dict.fromkeys(item.dialogue.file for item in played)
        return cls(
            total=DialogueGroup.of(played),
            files={file: DialogueGroup.of([item for item in played if item.dialogue.file == file]) for file in files},
            different=tuple((item, turn) for item in played if (turn := item.first_different) is not None),
        )

    @property
    def passed(self) -> bool:
        return not self.different

    def to_dict(self) -> dict[str, Any]:
        """JSON form; rates as {"count", "total", "rate", "low", "high"}."""
        return {
            **self.total.to_dict(),
            "files": {name: group.to_dict() for name, group in self.files.items()},
            "different": [
                {
                    "file": played.dialogue.file,
                    "line": turn.turn.line,
                    "title": played.dialogue.title,
                    "says": turn.turn.says,
                    "differences": list(turn.differences),
                    "given": turn.outcome.disposition.value,
                    "responses": list(turn.outcome.responses),
                }
                for played, turn in self.different
            ],
        }
