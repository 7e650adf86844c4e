"""Misspelt clinical words, and only those.

A word that ordinary English knows stays as it is, however near it lies to a symptom: "never" is not a
fever and "week" is not weak. What no list knows and one clinical word alone is near becomes that word.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import lru_cache

from rapidfuzz.distance import OSA

from bot.clinical.text.lemma import lemma

#: Below this length a word has too many neighbours to guess.
MIN_LENGTH = 4
#: From this length on two mistakes are corrected, below it one.
LONG = 8


class Speller:
    """Maps unknown words to clinical words.

    Args:
        clinical: the words of the lexicon that are worth correcting to.
        ordinary: words that are never changed.
    """

    def __init__(self, clinical: Iterable[str], ordinary: Iterable[str], known: Iterable[str] = ()) -> None:
        targets = {word for word in clinical if len(word) >= MIN_LENGTH and word.isalpha() and word.isascii()}
        self._ordinary: frozenset[str] = frozenset(ordinary) | targets | frozenset(known)
        self._stems = frozenset(map(lemma, (*targets, *known)))
        self._targets: dict[str, list[str]] = defaultdict(list)
        for word in sorted(targets):
            self._targets[word[0]].append(word)
        self.correct: Callable[[str], str | None] = lru_cache(maxsize=20_000)(self._correct)

    def knows(self, word: str) -> bool:
        return word in self._ordinary

    def _correct(self, word: str) -> str | None:
        """The clinical word that was meant, or None."""
        if not MIN_LENGTH <= len(word) <= 20 or not word.isalpha() or not word.isascii():
            return None
        if word in self._ordinary or lemma(word) in self._stems:
            return None
        single = self._undoubled(word)
        if single is not None or self._is_inflected(word):
            return single
        allowed = 2 if len(word) >= LONG else 1
        best, best_distance, tied = None, allowed + 1, False
        # The first letter is nearly always right, or has swapped places with the second.
        for first in {word[0], word[1]}:
            for target in self._targets.get(first, ()):
                if first != word[0] and target[:2] != word[1] + word[0]:
                    continue
                if abs(len(target) - len(word)) > allowed or (len(target) < LONG and allowed == 2 and len(word) > LONG):
                    continue
                distance = OSA.distance(word, target, score_cutoff=best_distance)
                if distance > 1 and len(word) > MIN_LENGTH and sorted(word) == sorted(target):
                    # All the right letters in the wrong order: "naseua".
                    distance = 1
                if distance < best_distance:
                    best, best_distance, tied = target, distance, False
                elif distance == best_distance and best is not None and lemma(best) != lemma(target):
                    tied = True
        return None if tied and best_distance > 1 else best

    def _undoubled(self, word: str) -> str | None:
        """A clinical word with one letter written twice: "reddness", "shivverring"; not its ending."""
        for match in _DOUBLED.finditer(word.rstrip("s")):
            shorter = word[: match.start()] + word[match.start() + 1 :]
            for again in (shorter, _DOUBLED.sub(r"\1", shorter)):
                if again in self._targets.get(again[:1], ()):
                    return again
        return None

    def _is_inflected(self, word: str) -> bool:
        """An ordinary word with a common ending, which no list of base words holds."""
        for ending, restored in _ENDINGS:
            if word.endswith(ending) and word[: -len(ending)] + restored in self._ordinary:
                return True
        return False


_DOUBLED = re.compile(r"([a-z])\1")
_ENDINGS = (
    ("s", ""), ("es", ""), ("ies", "y"), ("ed", ""), ("ed", "e"), ("ied", "y"), ("ing", ""), ("ing", "e"),
    ("ly", ""), ("er", ""), ("er", "e"), ("est", ""), ("ness", ""), ("y", ""), ("less", ""), ("ful", ""), ("ish", ""),
)  # fmt: skip
