"""The replies of a turn put into texts: the one that answers, and what follows it.

What a patient must read comes first and is never left out: the advice to call, then the reference, then a pending
question, then the rest in its order. What does not fit into the first text follows in further ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.texting.alphabet import LONGEST, septets, transliterate
from bot.triage.model import Disposition

NOTICE = "utter_notice"
_FILED_URGENT = frozenset({"utter_filed", "utter_filed_emergency", "utter_not_filed"})
#: They name a number or the reference, and give no disposition of their own.
_ROUTINE = frozenset({"utter_filed_routine", "utter_nobody_answers"})


class Part(Protocol):
    """A reply, stored or not."""

    @property
    def text(self) -> str: ...

    @property
    def disposition(self) -> str: ...

    @property
    def response(self) -> str: ...


@dataclass(frozen=True)
class Text:
    """One text message: GSM-7, at most ``LONGEST`` septets."""

    words: str
    #: Which of the replies it says, by their place.
    parts: tuple[int, ...]
    #: It holds advice to call now, so that it may not wait.
    urgent: bool
    #: Says to call 911.
    emergency: bool = False


def pack(parts: Sequence[Part], brief_notice: str = "") -> list[Text]:
    """All texts of a turn, the first one first; none for a turn without words.

    Args:
        brief_notice: what stands for the notice where the whole one does not fit beside the rest.
    """
    said = [piece for place, part in enumerate(parts) for piece in _pieces(place, part)]
    said.sort(key=lambda item: item.order)
    if not said:
        return []
    if _length(said) <= LONGEST:
        return [_text(said)]
    first = _fill(said, brief_notice)
    held = {item.name for item in first}
    left = [item for item in said if item.name not in held]
    return [_text(sorted(first, key=lambda item: item.order)), *_pack_rest(left)]


@dataclass(frozen=True)
class _Said:
    """A reply, or a piece of one that is too long for a text."""

    place: int
    words: str
    part: Part
    piece: int = 0
    brief: bool = False

    @property
    def name(self) -> tuple[int, int]:
        return self.place, self.piece

    @property
    def emergency(self) -> bool:
        return self.part.disposition == Disposition.EMERGENCY.value

    @property
    def urgent(self) -> bool:
        return Disposition(self.part.disposition).at_least(Disposition.URGENT)

    @property
    def is_notice(self) -> bool:
        return self.part.response == NOTICE

    @property
    def rank(self) -> int:
        """What may least be left for a later text comes first."""
        if self.urgent:
            return 0
        if self.part.disposition == Disposition.CLARIFY.value:
            return 2
        if self.part.response in _FILED_URGENT:
            return 1
        return 3 if self.part.disposition == Disposition.ROUTINE.value or self.part.response in _ROUTINE else 4

    @property
    def order(self) -> tuple[int, int, int]:
        """Where it stands among the others: advice, reference, then as they were given; a brief notice ends it."""
        return (3 if self.brief else min(self.rank, 2), *self.name)


def _fill(said: Sequence[_Said], brief_notice: str) -> list[_Said]:
    """What the first text holds: as much of what comes first as fits, with room for the notice before the rest."""
    wanted = sorted((item for item in said if not item.is_notice), key=lambda item: (item.rank, item.order))
    first = wanted[:1]
    for item in wanted[1:]:
        if item.rank < 4 and _length([*first, item]) <= LONGEST:
            first.append(item)
    for notice in (item for item in said if item.is_notice):
        brief = _Said(notice.place, brief_notice, notice.part, brief=True)
        if brief_notice and _length([*first, brief]) <= LONGEST:
            first.append(brief)
    for item in (item for item in wanted[1:] if item.rank == 4):
        if _length([*first, item]) > LONGEST:
            break
        first.append(item)
    return first


def _pack_rest(left: Sequence[_Said]) -> list[Text]:
    texts: list[list[_Said]] = []
    for item in left:
        if texts and _length([*texts[-1], item]) <= LONGEST:
            texts[-1].append(item)
        else:
            texts.append([item])
    return [_text(items) for items in texts]


def _text(items: Sequence[_Said]) -> Text:
    places = tuple(sorted({item.place for item in items}))
    return Text(_joined(items), places, any(item.urgent for item in items), any(item.emergency for item in items))


def _joined(items: Sequence[_Said]) -> str:
    return "\n".join(item.words for item in items)


def _length(items: Sequence[_Said]) -> int:
    return septets(_joined(items))


def _pieces(place: int, part: Part) -> list[_Said]:
    """The reply in pieces that fit into a text, cut between words where it can be."""
    words, pieces = transliterate(part.text), []
    while septets(words) > LONGEST:
        cut = next(end for end in range(LONGEST, 0, -1) if septets(words[:end]) <= LONGEST)
        cut = max(words.rfind(" ", 0, cut), words.rfind("\n", 0, cut)) + 1 or cut
        pieces.append(words[:cut].strip())
        words = words[cut:]
    pieces.append(words.strip())
    return [_Said(place, piece, part, number) for number, piece in enumerate(filter(None, pieces))]
