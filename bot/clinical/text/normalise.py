"""Text → words: case, punctuation, contractions, texting, elongation, emoji, spelling; offsets stay."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.clinical.text.lemma import lemma
from bot.clinical.text.spelling import Speller
from bot.clinical.text.words import CLAUSE, COMMA, LINE, NO_BREAK, SENTENCE, Word, Words

if TYPE_CHECKING:
    from spacy.tokens import Token

_PLAIN = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u02bc\u00b4\u2032`", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u2033", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2212\u00ad", "-"),
        **dict.fromkeys("\u2013\u2014\u2015", "\u2014"),
        **dict.fromkeys("\u00a0\u2002\u2003\u2007\u2009\u202f\u200b\u200c\u200d\ufeff\ufe0f\t\x0b\x0c\0", " "),
        **dict.fromkeys("\u2028\u2029\r", "\n"),
        "\u00ba": "\u00b0",
        "\u02da": "\u00b0",
        "\u2026": "\u2026",
        "\u00bf": " ",
        "\u00a1": " ",
    }
)
_SENTENCE_END = frozenset(".!?")
_CLAUSE_MARKS = frozenset(";:()[]\u2014\u2026*|~>\u2022")
#: "(-) fever", "chills (-)" in clinicians' notes; replaced by a word of the same length.
_MINUS = re.compile(r"\(-\)(?P<lead>(?=[a-z]))?")
_TRIPLE = re.compile(r"([a-z])\1{2,}")
_LONG_RUN = re.compile(r"\S{60}(?=\S)")
_PIECES = re.compile(r"[a-z]+|\d+(?:[.,:/]\d+)*")
_GLUED = re.compile(r"^(?:\d+(?:[.,]\d+)?[a-z]+|[a-z]+\d+(?:[.,]\d+)?|@[a-z]+|[a-z]+(?:[./&+][a-z]+)+)$")
#: Words, numbers, clock times, scores: nothing to take apart.
_PLAIN_TOKEN = re.compile(r"^[^\W_]+(?:[.,:/'-][^\W_]+)*\.?$")
_NORMS = {"n't": "not", "nt": "not", "'m": "am", "'re": "are", "'ve": "have", "'ll": "will", "'s": "'s", "'d": "would"}
#: A text message is split at this many words per correction; what is beyond is nonsense, not spelling.
_MAX_CORRECTIONS = 200


def flatten(text: str) -> str:
    """Lower case with plain punctuation and without accents, of the same length as ``text``."""
    result = text.translate(_PLAIN)
    if result.isascii():
        return result.lower()
    return "".join(map(_flat_character, result))


@lru_cache(maxsize=4096)
def _flat_character(character: str) -> str:
    if character.isascii():
        return character.lower()
    if "\ud800" <= character <= "\udfff":
        # Half a character: spaCy cannot encode it.
        return " "
    if character in "\u2014\u2026\u00b0":
        return character
    plain = unicodedata.normalize("NFKD", character)
    if plain and plain[0].isascii() and plain[0].isprintable():
        return plain[0].lower()
    lower = character.lower()
    return lower if len(lower) == 1 else character


class Normaliser:
    """Splits texts into :class:`Words`.

    Args:
        abbreviations: texting and emoji → the words they stand for.
        speller: corrects misspelt clinical words.
    """

    def __init__(self, abbreviations: Mapping[str, Sequence[str]], speller: Speller) -> None:
        self._abbreviations = abbreviations
        self._speller = speller
        # The slowest of all imports; checking the lexicon needs no tokenizer.
        import spacy

        self._tokenizer = spacy.blank("en").tokenizer

    def __call__(self, text: str) -> Words:
        flat = _MINUS.sub(lambda match: " no" if match["lead"] is None else "no ", flatten(text))
        items: list[Word] = []
        questions: set[int] = set()
        sentence, pending, budget = 0, NO_BREAK, _MAX_CORRECTIONS
        previous_end = 0
        for token, start in self._tokens(flat):
            raw = token.text
            if "\n" in flat[previous_end:start] or "\n" in raw:
                pending = max(pending, SENTENCE if "\n\n" in flat[previous_end : start + len(raw)] else LINE)
            previous_end = start + len(raw)
            if not raw.strip():
                continue
            level = None if raw in self._abbreviations else _break_level(raw, flat, start)
            if level is not None:
                if "?" in raw and items:
                    questions.add(sentence)
                pending = max(pending, level)
                continue
            if pending == SENTENCE:
                sentence += 1
            for word, word_start, word_end, brk in self._expand(raw, token.norm_, start, flat, budget):
                items.append(Word(word, lemma(word), word_start, word_end, max(pending, brk), sentence))
                pending = NO_BREAK
            budget -= 1
        return Words(text, flat, items, questions)

    def _tokens(self, flat: str) -> Iterator[tuple[Token, int]]:
        """spaCy's tokens with their offsets. It needs quadratic time for a run without spaces, so runs are cut."""
        start = 0
        for cut in (*(match.end() for match in _LONG_RUN.finditer(flat)), len(flat)):
            for token in self._tokenizer(flat[start:cut]):
                yield token, start + token.idx
            start = cut

    def _expand(self, raw: str, norm: str, start: int, flat: str, budget: int) -> list[tuple[str, int, int, int]]:
        """The words that one token stands for, each with its offsets and the break before it."""
        end = start + len(raw)
        known = self._abbreviations.get(raw)
        if known is not None:
            return [(word, start, end, NO_BREAK) for word in known]
        if norm != raw and norm in ("not", "can", "will", "have", "am", "are", "going", "to", "would", "us"):
            return [(norm, start, end, NO_BREAK)]
        if raw == "s" and start and flat[start - 1].isalnum():
            # "hes", "theres": the apostrophe was left out.
            return [("is", start, end, NO_BREAK)]
        if raw == "m" and start and flat[start - 1] == "i":
            return [("am", start, end, NO_BREAK)]
        if raw in _NORMS:
            return [(_NORMS[raw], start, end, NO_BREAK)]
        if raw.isalpha():
            return [(self._word(raw, budget), start, end, NO_BREAK)]
        if _GLUED.match(raw) or not _PLAIN_TOKEN.match(raw):
            return self._pieces(raw, start, budget)
        return [(raw, start, end, NO_BREAK)]

    def _pieces(self, raw: str, start: int, budget: int) -> list[tuple[str, int, int, int]]:
        """ "3days", "chills/fever", "'fever'": each part by itself; emoji by their meaning."""
        result: list[tuple[str, int, int, int]] = []
        for match in _PIECES.finditer(raw):
            piece = match.group()
            sign = raw[match.start() - 1] if match.start() else ""
            brk = CLAUSE if sign in _CLAUSE_MARKS else COMMA if result and sign in "/.&+,?!" else NO_BREAK
            for word in self._abbreviations.get(piece) or (self._word(piece, budget),):
                result.append((word, start + match.start(), start + match.end(), brk))
                brk = NO_BREAK
        if not result:
            for offset, character in enumerate(raw):
                for word in self._abbreviations.get(character, ()):
                    result.append((word, start + offset, start + offset + 1, COMMA))
        return result

    def _word(self, raw: str, budget: int) -> str:
        if self._speller.knows(raw):
            return raw
        word = raw
        if _TRIPLE.search(raw):
            double, single = _TRIPLE.sub(r"\1\1", raw), _TRIPLE.sub(r"\1", raw)
            word = double if self._speller.knows(double) else single
            meant = self._abbreviations.get(word)
            if meant is not None and len(meant) == 1:
                return meant[0]
        if budget <= 0:
            return word
        return self._speller.correct(word) or word


def _break_level(raw: str, flat: str, start: int) -> int | None:
    """How strongly a punctuation token separates; None if it is a word."""
    first = raw[0]
    if first.isalnum():
        return None
    if all(character in _SENTENCE_END for character in raw):
        return CLAUSE if raw.count(".") > 1 and "!" not in raw and "?" not in raw else SENTENCE
    if raw in ('"', "'", "''", "$", "#", "%", "\u00b0", "^"):
        return NO_BREAK
    if raw in (",", "/", "<", "="):
        return COMMA
    if raw in ("-", "--"):
        spaced = flat[max(start - 1, 0)] == " " or flat[start + len(raw) : start + len(raw) + 1] in (" ", "")
        return CLAUSE if spaced or raw == "--" else NO_BREAK
    if all(character in _CLAUSE_MARKS for character in raw):
        return CLAUSE
    if first in ":;=" and len(raw) <= 4:
        return CLAUSE
    return None
