"""What the rest of the reader works on: words with their place in the original text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

#: What stands between a word and the one before it.
NO_BREAK, COMMA, LINE, CLAUSE, SENTENCE = 0, 1, 2, 3, 4


class Word(NamedTuple):
    """One normalised word. Several words may share the offsets of what they were written as ("idk")."""

    text: str
    lemma: str
    start: int
    end: int
    #: The strongest break before this word.
    brk: int
    sentence: int


@dataclass(frozen=True)
class Words:
    """A normalised message."""

    original: str
    #: The original in lower case with plain punctuation, character by character: same length, same offsets.
    flat: str
    items: list[Word]
    #: Sentences that end with a question mark.
    questions: set[int]

    def __len__(self) -> int:
        return len(self.items)

    def crosses(self, start: int, end: int, level: int) -> bool:
        """True if a break of this level or above lies inside the words ``start`` to ``end`` (exclusive)."""
        return any(word.brk >= level for word in self.items[start + 1 : end])

    def sentence_bounds(self, index: int) -> tuple[int, int]:
        """The word range of the sentence that holds word ``index``."""
        sentence = self.items[index].sentence
        start = end = index
        while start > 0 and self.items[start - 1].sentence == sentence:
            start -= 1
        while end < len(self.items) and self.items[end].sentence == sentence:
            end += 1
        return start, end

    def clause_bounds(self, index: int) -> tuple[int, int]:
        """The word range between breaks of CLAUSE level or above around word ``index``."""
        start = index
        while start > 0 and self.items[start].brk < CLAUSE:
            start -= 1
        end = index + 1
        while end < len(self.items) and self.items[end].brk < CLAUSE:
            end += 1
        return start, end
