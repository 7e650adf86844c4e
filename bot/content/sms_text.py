"""How long a text is as an SMS, and whether it can be one."""

from __future__ import annotations

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


def septets(text: str) -> int:
    return len(text) + sum(character in _EXTENSION for character in text)


def foreign_characters(text: str) -> str:
    """The characters for which the alphabet has no place, each once."""
    return "".join(sorted(set(text) - _BASIC - _EXTENSION))
