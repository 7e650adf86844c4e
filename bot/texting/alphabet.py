"""How long a text is as an SMS, whether it can be one, and the same text in letters that an SMS has."""

from __future__ import annotations

import unicodedata

# 3GPP TS 23.038, section 6.2.1: the default alphabet, and the extension table (two septets each).
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")
#: Two parts of 153 septets.
LONGEST = 306
#: What a patient sees at once: one part.
FIRST_PART = 160

_IN_OTHER_LETTERS = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u00b4`\u02bc", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
    **dict.fromkeys("\u2022\u00b7\u25cf", "-"),
    **dict.fromkeys("\t\u2028\u2029", " "),
    "\u2026": "...",
    "\u00b0": " degrees ",
    "\u00d7": "x",
    "\u0142": "l",
    "\u0141": "L",
    "\u0131": "i",
    "\u0111": "d",
    "\u0153": "oe",
}


def septets(text: str) -> int:
    return len(text) + sum(character in _EXTENSION for character in text)


def foreign_characters(text: str) -> str:
    """The characters for which the alphabet has no place, each once."""
    return "".join(sorted(set(text) - _BASIC - _EXTENSION))


def transliterate(text: str) -> str:
    """The text in letters of the alphabet: accents that it lacks are dropped, quotation marks and dashes made
    plain; pictures vanish, and a letter of another script becomes a question mark."""
    if not foreign_characters(text):
        return text
    return "".join(map(_letter, text)).strip()


def _letter(character: str) -> str:
    if not foreign_characters(character):
        return character
    if character in _IN_OTHER_LETTERS:
        return _IN_OTHER_LETTERS[character]
    plain = unicodedata.normalize("NFKD", character)
    kept = "".join(letter for letter in plain if not foreign_characters(letter))
    if kept:
        return kept
    return "?" if unicodedata.category(character).startswith("L") else ""
