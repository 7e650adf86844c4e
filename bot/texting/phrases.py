"""Phrases written as a small grammar, and matched against a whole message.

A phrase is words, with ``(a|b c)`` for a choice, ``[a|b]`` for what may be left out, and ``NAME`` for one of the lists
of alternatives. Nothing matches a part of a message: what is left over is a reason to read it as a symptom.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

_TOKEN = re.compile(r"[A-Z_]+|[a-z0-9]+|[()\[\]|]")
_MARKS = re.compile(r"[\u0027\u2018\u2019\u201b\u02bc\u0060\u00b4]")
_WORD = re.compile(r"[a-z0-9]+")


class Phrases:
    """A set of phrases, any of which may be the message, several one after the other as well."""

    def __init__(
        self,
        phrases: Sequence[str],
        lists: Mapping[str, Sequence[str]],
        beside: Sequence[str] = (),
        spellings: Mapping[str, str] | None = None,
    ) -> None:
        """
        Args:
            lists: alternatives by the name that stands for them in a phrase.
            beside: what may stand before, between and after the phrases without changing them.
            spellings: other spellings of single words.
        """
        self._spellings = dict(spellings or {})
        one = "|".join(_pattern(phrase, lists) for phrase in phrases)
        filler = "|".join(_pattern(phrase, lists) for phrase in beside) or "(?!)"
        self._whole = re.compile(f"(?:{filler})*(?:{one})(?:{one}|{filler})*")

    def are_all_of(self, text: str) -> bool:
        """The message says this and nothing else. Words count as they are listed: "spasm" is not a mistyped "spam"."""
        said = words_of(text)
        meant = [self._spellings.get(word, word) for word in said]
        return bool(said) and self._whole.fullmatch("".join(f" {word}" for word in " ".join(meant).split())) is not None


def words_of(text: str) -> list[str]:
    """The words of a message in small plain letters; apostrophes, accents, punctuation and pictures are gone."""
    plain = unicodedata.normalize("NFKD", _MARKS.sub("", text)).casefold()
    return _WORD.findall("".join(letter for letter in plain if not unicodedata.combining(letter)))


def _pattern(phrase: str, lists: Mapping[str, Sequence[str]]) -> str:
    parts = {"(": "(?:", ")": ")", "[": "(?:", "]": ")?", "|": "|"}
    found = []
    for token in _TOKEN.findall(phrase):
        if token in parts:
            found.append(parts[token])
        elif token.isupper():
            found.append("(?:" + "|".join(_pattern(item, lists) for item in lists[token]) + ")")
        else:
            found.append(f" {token}")
    return "".join(found)
