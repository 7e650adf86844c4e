"""Opting out, opting in and asking for help by text: only where the whole message means it.

"STOP" and "please quit texting me" are wishes; "the bleeding won't stop" and "cancel my appointment" are not. A
message that says both ("stop texting me, my leg is numb") is two: the wish counts, and the rest is read as any other.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bot.texting.phrases import Phrases, words_of

FILE = Path(__file__).resolve().parents[2] / "data" / "texting" / "keywords.yml"
#: In a longer message only a part that names texts and who gets them is a wish: "leave me alone" may be about anything
#: there, and "do not text and drive" is another thing.
_NAMES_TEXTS = re.compile(
    r"(?=.*\b(?:me|my|this number)\b).*(?:te?xt|mess?ag|msg|sms|list|contact|number)|unsub|opt", re.I
)
_CLAUSES = re.compile(r"[.!?;,\n]+|\b(?:and|but|because|since)\b", re.IGNORECASE)


class Keyword(str, Enum):
    STOP = "stop"
    START = "start"
    HELP = "help"


class Keywords:
    """The words and phrases of a file."""

    def __init__(self, content: dict[str, Any]) -> None:
        self._words = {word: Keyword(kind) for kind, words in content["words"].items() for word in words}
        self._typed = {typed: word for word, forms in content["typed"].items() for typed in forms}
        self._spellings = {form: word for word, forms in content["spellings"].items() for form in forms}
        self._courtesy = tuple(content["courtesy"])
        beside = (*content["courtesy"], *content["beside"])
        self._out = Phrases(content["opting_out"], content["lists"], beside, self._spellings)
        self._in = Phrases(content["opting_in"], content["lists"], content["courtesy"], self._spellings)

    @classmethod
    @lru_cache(maxsize=1)
    def default(cls) -> Keywords:
        with FILE.open(encoding="utf-8") as file:
            return cls(YAML(typ="safe").load(file))

    def of(self, text: str) -> Keyword | None:
        """The wish that is all that the message says; None for every other message."""
        alone = self.alone(text)
        if alone is not None:
            return alone
        if self._out.are_all_of(text):
            return Keyword.STOP
        return Keyword.START if self._in.are_all_of(text) else None

    def alone(self, text: str) -> Keyword | None:
        """A keyword that carriers know too, alone or with "please" and the like beside it."""
        said = " ".join(words_of(text))
        if said in self._typed or said in self._words:
            return self._words[self._typed.get(said, said)]
        said = " ".join(self._spellings.get(word, word) for word in said.split())
        for courtesy in self._courtesy:
            said = re.sub(rf"^{courtesy} | {courtesy}$", "", said)
        known = self._words.get(self._typed.get(said, said))
        # "help please" and "please help" are cries, not keywords.
        return known if known is not Keyword.HELP else None

    def is_carriers(self, text: str) -> bool:
        """Exactly one word of the list, as the texting service knows it: nothing typed wrong, nothing beside it."""
        said = text.strip().casefold()
        return said in self._words and len(said.split()) == 1

    def opt_out_within(self, text: str) -> str:
        """The part of a longer message that asks for no more texts in so many words, else ""."""
        for clause in _CLAUSES.split(text):
            if _NAMES_TEXTS.search(clause) and len(words_of(clause)) > 1 and self._out.are_all_of(clause):
                return clause.strip()
        return ""
