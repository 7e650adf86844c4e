"""The lexicon: what patients call things, as reviewed data. Strict: a row that cannot be right stops the start."""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.clinical.lexicon.patterns import ClassFinder, PatternError, Trie, expand
from bot.clinical.lexicon.yaml_lines import (
    Fields,
    LexiconError,
    Text,
    Value,
    choice,
    named,
    one,
    read,
    row_fields,
    rows,
    section,
    text,
    texts,
)
from bot.triage.model import ALL_KEYS, Course, Severity

__all__ = ["Composition", "Concept", "Cue", "Lexicon", "LexiconError"]

_HEADER = ("source", "version", "reviewed_by")
_SECTIONS = ("classes", "concepts", "compositions", "cues", "figures", "abbreviations", "spelling", "note")
_ATTRIBUTES = ("severity", "course", "persistent", "new", "marks", "fallback", "note")
#: What a cue can say about the mentions around it; explained in the lexicon's README.
CUES = frozenset(
    "deny deny_after deny_back not_denial overturned contrast no_longer stop lack filler filler_verb uncertain "
    "hypothetical condition ask "
    "resolved recurs history recent reporter procedure their_procedure "
    "writer_is_patient other_illness episode off_medicine remains caregiver "
    "ahead own_report "
    "worse better same severe disabling mild persistent not_better new old medicine correction "
    "fever_lead declines yes no unsure little none_of well confirm level_lumbar level_thoracic level_cervical steroid "
    "es_deny es_word".split()
)


@dataclass(frozen=True)
class Concept:
    """One thing a patient may report."""

    id: str
    source: str = ""
    severity: Severity | None = None
    course: Course | None = None
    persistent: bool = False
    new: bool | None = None
    marks: tuple[str, ...] = ()
    language: str = "en"
    #: Counts only where no body part claims the words ("feels hot": a fever; "my leg feels hot": the leg).
    fallback: bool = False

    @property
    def symptom(self) -> str:
        return self.id.partition(".")[0]


@dataclass(frozen=True)
class Composition:
    """A concept that a body part and a sensation make together, in either order, within a clause."""

    concept: Concept
    parts: tuple[str, ...]
    senses: tuple[str, ...]


@dataclass(frozen=True)
class Cue:
    kind: str


#: Marks words that look like a symptom and are none ("cabin fever").
FIGURE = Cue("figure")


class Lexicon:
    """All of a folder's ``*.yml`` files and ``ordinary_words.txt``, compiled.

    Attributes:
        phrases: payloads are :class:`Concept` and :class:`Cue`.
        compositions: by (part class, sense class).
    """

    def __init__(self) -> None:
        self.phrases = Trie()
        self.classes = ClassFinder(())
        self.compositions: dict[tuple[str, str], Concept] = {}
        self.parts: set[str] = set()
        self.senses: set[str] = set()
        self.concepts: dict[str, Concept] = {}
        self.abbreviations: dict[str, tuple[str, ...]] = {}
        #: What a misspelling may be corrected to.
        self.spelling: set[str] = set()
        self.known_words: set[str] = set()
        self.ordinary_words: frozenset[str] = frozenset()

    @classmethod
    def load(cls, folder: Path) -> Lexicon:
        """Reads a folder.

        Raises:
            LexiconError: an unknown or missing field, a phrase that cannot be read, two rows that contradict.
        """
        with _no_collection():
            return _Loader(folder).load()


@contextmanager
def _no_collection() -> Iterator[None]:
    """Loading makes 100,000 objects that all stay: a collector that searches them takes as long as the loading."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class _Loader:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lexicon = Lexicon()
        self._classes: list[tuple[str, Text]] = []
        #: <number> is any number; "nowhere" stands for a sensation without a body part.
        self._class_names: set[str] = {"number", "nowhere"}
        self._seen: dict[tuple[str, ...], tuple[str, int]] = {}

    def load(self) -> Lexicon:
        paths = sorted(self._folder.glob("*.yml"))
        if not paths:
            raise LexiconError(self._folder, 0, "no *.yml file", "Point to the folder data/lexicon")
        files = [(path, read(path)) for path in paths]
        for path, fields in files:
            self._header(path, fields)
        for path, fields in files:
            self._classes_of(path, section(path, fields, "classes"))
        self._lexicon.classes = ClassFinder((name, phrase.value) for name, phrase in self._classes)
        for path, fields in files:
            source = text(path, fields, "source")
            language = text(path, fields, "language", "en")
            for row in rows(path, section(path, fields, "concepts")):
                self._concept(path, row, source, language)
            for row in rows(path, section(path, fields, "compositions")):
                self._composition(path, row, source)
            for key, value in named(path, section(path, fields, "cues")):
                if key.value not in CUES:
                    raise LexiconError(
                        path, key.line, f"unknown cue {key.value!r}", f"Known: {', '.join(sorted(CUES))}"
                    )
                for phrase in texts(path, value):
                    self._add(path, phrase, Cue(key.value), f"cue {key.value}")
            for phrase in texts(path, section(path, fields, "figures")):
                self._add(path, phrase, FIGURE, "figure")
            for key, value in named(path, section(path, fields, "abbreviations")):
                words = tuple(one(path, value).value.split())
                self._lexicon.abbreviations[key.value] = words
            self._lexicon.spelling.update(word.value for word in texts(path, section(path, fields, "spelling")))
        words_file = self._folder / "ordinary_words.txt"
        if words_file.exists():
            self._lexicon.ordinary_words = frozenset(words_file.read_text(encoding="utf-8").split())
        return self._lexicon

    def _header(self, path: Path, fields: Fields) -> None:
        present = {key.value for key, _ in fields.items}
        for name in _HEADER:
            if name not in present:
                raise LexiconError(path, 1, f"{name!r} is missing", "Give it at the top of the file")
        for key, _ in fields.items:
            if key.value not in (*_HEADER, *_SECTIONS, "language"):
                raise LexiconError(path, key.line, f"unknown section {key.value!r}", f"Known: {', '.join(_SECTIONS)}")

    def _classes_of(self, path: Path, section: Value | None) -> None:
        for key, value in named(path, section):
            if key.value in self._class_names:
                raise LexiconError(path, key.line, f"class {key.value!r} is defined twice", "Join the two")
            self._class_names.add(key.value)
            for phrase in texts(path, value):
                self._expand(path, phrase)
                self._lexicon.known_words.update(_plain_words(phrase.value))
                self._classes.append((key.value, phrase))

    def _concept(self, path: Path, row: Value, source: str, language: str) -> None:
        fields = row_fields(path, row, ("id", "phrases"), _ATTRIBUTES)
        concept = self._register(path, fields, source, language)
        for phrase in texts(path, fields["phrases"]):
            self._add(path, phrase, concept, f"concept {concept.id}")

    def _composition(self, path: Path, row: Value, source: str) -> None:
        fields = row_fields(path, row, ("id", "parts", "senses"), _ATTRIBUTES)
        concept = self._register(path, fields, source, "en")
        for part in texts(path, fields["parts"]):
            for sense in texts(path, fields["senses"]):
                for name in (part, sense):
                    if name.value not in self._class_names:
                        raise LexiconError(path, name.line, f"no class {name.value!r}", "Define it under 'classes'")
                pair = (f"<{part.value}>", f"<{sense.value}>")
                known = self._lexicon.compositions.get(pair)
                if known is not None:
                    raise LexiconError(
                        path, part.line, f"{part.value} + {sense.value} is {known.id} already", "Remove one of the rows"
                    )
                self._lexicon.compositions[pair] = concept
                self._lexicon.parts.add(pair[0])
                self._lexicon.senses.add(pair[1])

    def _register(self, path: Path, fields: dict[str, Value], source: str, language: str) -> Concept:
        name = one(path, fields["id"])
        symptom = name.value.partition(".")[0]
        if symptom not in ALL_KEYS:
            raise LexiconError(path, name.line, f"unknown symptom {symptom!r}", f"Known: {', '.join(sorted(ALL_KEYS))}")
        severity = choice(path, fields, "severity", [item.value for item in Severity])
        course = choice(path, fields, "course", [item.value for item in Course])
        concept = Concept(
            name.value,
            source,
            Severity(severity) if severity else None,
            Course(course) if course else None,
            choice(path, fields, "persistent", ["true", "false"]) == "true",
            {"true": True, "false": False, None: None}[choice(path, fields, "new", ["true", "false"])],
            tuple(item.value for item in texts(path, fields.get("marks"))),
            language,
            choice(path, fields, "fallback", ["true", "false"]) == "true",
        )
        known = self._lexicon.concepts.setdefault(name.value, concept)
        if (known.symptom, known.severity, known.course, known.persistent, known.marks) != (
            concept.symptom, concept.severity, concept.course, concept.persistent, concept.marks,
        ):  # fmt: skip
            raise LexiconError(path, name.line, f"{name.value} says something else elsewhere", "Give it another id")
        return concept

    def _add(self, path: Path, phrase: Text, payload: object, owner: str) -> None:
        if isinstance(payload, Concept) and payload.language != "en":
            # English base forms would lie: "vomite" is not "vomit".
            phrase = Text(_exact(phrase.value), phrase.line)
        rows = self._expand(path, phrase)
        if isinstance(payload, Concept):
            for row in rows:
                known, line = self._seen.setdefault(row, (owner, phrase.line))
                if known != owner:
                    raise LexiconError(
                        path,
                        phrase.line,
                        f"{phrase.value!r} belongs to {known} (line {line}) already",
                        "Keep it in one",
                    )
        self._lexicon.phrases.add(rows, payload)
        self._lexicon.known_words.update(_plain_words(phrase.value))

    def _expand(self, path: Path, phrase: Text) -> list[tuple[str, ...]]:
        try:
            rows = expand(phrase.value)
        except PatternError as error:
            raise LexiconError(path, phrase.line, str(error), "See data/lexicon/README.md") from None
        for name in _CLASS.findall(phrase.value):
            if name not in self._class_names:
                raise LexiconError(path, phrase.line, f"no class <{name}>", "Define it under 'classes'")
        return rows


_CLASS = re.compile(r"<([a-z_]+)>")


def _exact(phrase: str) -> str:
    """The phrase with every word in this very form."""
    return re.sub(r"(?<![\w.<=])([^\W\d_]+)", r"=\1", phrase)


def _plain_words(phrase: str) -> list[str]:
    cleaned = phrase
    for sign in "()|?=":
        cleaned = cleaned.replace(sign, " ")
    return [word for word in cleaned.split() if word.isalpha()]
