"""The phrases of the lexicon and how they are found.

A phrase is a row of words, matched by base form. It may hold
``=word`` (this very form), ``(a|b c)`` (either), ``word?`` or ``(a b)?`` (or nothing), ``<class>`` (a word class
of the lexicon, ``<number>`` included) and ``..3`` (up to three other words of the same clause).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from bot.clinical.text.lemma import lemma
from bot.clinical.text.words import CLAUSE, COMMA, LINE, Words

_TOKEN = re.compile(r"\(|\)\??|\||\.\.\d|<[a-z_]+>\??|=?[^\s()|?<>]+\??")
#: A gap never skips these: they turn a phrase into its contrary.
_NEGATORS = frozenset(("no", "not", "never", "without"))
#: No words of a text: the end of a row, and the gaps that may follow with their widths.
_END, _GAPS = " ", "  "
_NUMBER = re.compile(r"^\d+([.,]\d+)?$")


class PatternError(ValueError):
    """A phrase that is not well formed; the text says why."""


class Match(NamedTuple):
    """Words ``start`` to ``end`` (exclusive) are a phrase of ``payload``."""

    start: int
    end: int
    payload: Any


def expand(phrase: str) -> list[tuple[str, ...]]:
    """All rows of items that a phrase stands for.

    Raises:
        PatternError: unbalanced brackets, a stray sign, or nothing that must be there.
    """
    tokens = _TOKEN.findall(phrase)
    if "".join(tokens) != "".join(phrase.split()):
        raise PatternError(f"cannot read {phrase!r}; see the notation in the lexicon's README")
    rows, rest = _alternatives(tokens, 0)
    if rest != len(tokens):
        raise PatternError(f"unbalanced ')' in {phrase!r}")
    # Something optional that is left out leaves gaps without an end, or side by side.
    if ".." in phrase:
        rows = list(dict.fromkeys(_joined_gaps(_without_last_gap(row)) for row in rows))
    if any(not row or row[0].startswith("..") for row in rows):
        raise PatternError(f"{phrase!r} may match nothing, or begins with a gap")
    return rows


def _without_last_gap(row: tuple[str, ...]) -> tuple[str, ...]:
    while row and row[-1].startswith(".."):
        row = row[:-1]
    return row


def _joined_gaps(row: tuple[str, ...]) -> tuple[str, ...]:
    """Two gaps in a row are one as wide as both."""
    result: list[str] = []
    for item in row:
        if result and item.startswith("..") and result[-1].startswith(".."):
            item = f"..{min(9, int(item[2:]) + int(result.pop()[2:]))}"
        result.append(item)
    return tuple(result)


def _alternatives(tokens: Sequence[str], at: int) -> tuple[list[tuple[str, ...]], int]:
    rows: list[tuple[str, ...]] = []
    current: list[tuple[str, ...]] = [()]
    while at < len(tokens):
        token = tokens[at]
        if token.startswith(")"):
            break
        at += 1
        if token == "|":
            rows += current
            current = [()]
            continue
        if token == "(":
            options, at = _alternatives(tokens, at)
            if at >= len(tokens):
                raise PatternError("unbalanced '('")
            optional = tokens[at] == ")?"
            at += 1
        else:
            optional = token.endswith("?")
            options = [(_item(token.rstrip("?")),)]
        if optional:
            options = [*options, ()]
        current = [row + option for row in current for option in options]
    return rows + current, at


def _item(token: str) -> str:
    if token.startswith(("..", "<", "=")):
        return token
    return lemma(token)


class Trie:
    """Rows of items → payloads; walks along a text."""

    def __init__(self) -> None:
        self._root: dict[str, Any] = {}

    def add(self, rows: Iterable[tuple[str, ...]], payload: Any) -> None:
        """Adds the rows of a phrase, as :func:`expand` gives them."""
        for row in rows:
            node = self._root
            for item in row:
                child = node.get(item)
                if child is None:
                    child = node[item] = {}
                    if item.startswith(".."):
                        gaps = node.setdefault(_GAPS, [])
                        gaps.append((int(item[2:]), child))
                        # The narrowest first: on a tie the order of the matches decides.
                        gaps.sort(key=itemgetter(0))
                node = child
            node.setdefault(_END, []).append(payload)

    def find(self, words: Words, classes: Sequence[Sequence[tuple[int, str]]]) -> list[Match]:
        """All matches, longest first for each start.

        Args:
            classes: for each word, the (end, class) pairs of word classes that start there.
        """
        result: list[Match] = []
        items, root = words.items, self._root
        for start in range(len(items)):
            word = items[start]
            if word.lemma in root or "=" + word.text in root or any(name in root for _, name in classes[start]):
                found = {(end, id(payload)): (end, payload) for end, payload in self._walk(items, classes, start, root)}
                for end, payload in sorted(found.values(), key=lambda item: -item[0]):
                    result.append(Match(start, end, payload))
        return result

    def _walk(
        self, items: list[Any], classes: Sequence[Sequence[tuple[int, str]]], at: int, node: dict[str, Any]
    ) -> Iterator[tuple[int, Any]]:
        for payload in node.get(_END, ()):
            yield at, payload
        if at >= len(items):
            return
        first = node is self._root
        word = items[at]
        if first or (word.brk <= LINE and word.brk != COMMA):
            yield from self._step(items, classes, at, node)
        if first:
            return
        for width, child in node.get(_GAPS, ()):
            for position in range(at, min(at + width + 1, len(items))):
                if items[position].brk >= CLAUSE:
                    break
                if position > at and items[position - 1].text in _NEGATORS:
                    # "the hole isn't red" is not "the hole is red".
                    break
                yield from self._step(items, classes, position, child)

    def _step(
        self, items: list[Any], classes: Sequence[Sequence[tuple[int, str]]], at: int, node: dict[str, Any]
    ) -> Iterator[tuple[int, Any]]:
        """One item at exactly this word, whatever break stands before it."""
        word = items[at]
        for key in (word.lemma, "=" + word.text):
            child = node.get(key)
            if child is not None:
                yield from self._walk(items, classes, at + 1, child)
        for end, name in classes[at]:
            child = node.get(name)
            if child is not None:
                yield from self._walk(items, classes, end, child)


class ClassFinder:
    """Word classes: finds which words, or rows of words, belong to which class."""

    def __init__(self, entries: Iterable[tuple[str, str]]) -> None:
        self._trie = Trie()
        for name, phrase in entries:
            self._trie.add(expand(phrase), f"<{name}>")

    def find(self, words: Words) -> list[list[tuple[int, str]]]:
        """For each word the (end, class) pairs that start there, ``<number>`` included."""
        classes: list[list[tuple[int, str]]] = [[] for _ in range(len(words))]
        for match in self._trie.find(words, classes):
            classes[match.start].append((match.end, match.payload))
        for index, word in enumerate(words.items):
            if _NUMBER.match(word.text):
                classes[index].append((index + 1, "<number>"))
        return classes
