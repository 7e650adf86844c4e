"""The patient's words, read from ``data/responses`` without Rasa.

The safe reply, notifications and the console speak through this module, so that they work when Rasa does
not. It reads the same files as Rasa and picks a variation the same way, and is strict: a response that
could reach a patient with an unfilled ``{brace}`` is an error, at load or when it is said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError

from bot.triage.model import ALL_KEYS, Disposition

SMS = "sms"
#: Filled from the clinic's profile (see ``ClinicProfile.facts``) and from the turn.
PLACEHOLDERS = frozenset(
    {"clinic", "phone", "office_phone", "after_hours_phone", "opens", "hours", "address"}
    | {"neck_position", "procedure_length"}
    | {"reference", "symptom", "choices", "source", "version", "reviewed_by"}
    | {"staff", "time"}
)
SOURCES = frozenset({"A", "B", "A+B", "G"})
#: Fragments that complete a sentence of another response, the same on every channel.
SYMPTOM_NAMES = frozenset(f"utter_symptom_{key}" for key in ALL_KEYS)
SOURCE_NAMES = frozenset(f"utter_source_{source.replace('+', '_')}" for source in SOURCES)
FRAGMENTS = SYMPTOM_NAMES | SOURCE_NAMES
#: Responses to an aftercare question.
ANSWER = "utter_answer_"
#: What staff send with one click.
STAFF_TEMPLATE = "utter_staff_"

_VARIATION_KEYS = frozenset({"text", "channel", "buttons", "metadata"})
_METADATA_KEYS = frozenset({"disposition", "source", "version", "reviewed_by", "question"})
_REVIEW_KEYS = frozenset({"source", "version", "reviewed_by"})
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


class WordingError(Exception):
    """A response is missing, wrong, or lacks a fact. The text names the response, never its filled words."""


@dataclass(frozen=True)
class Button:
    """A quick reply. ``payload`` is plain words that a patient could type as well."""

    title: str
    payload: str


@dataclass(frozen=True)
class Message:
    """What one response says on one channel. On SMS the buttons are the meanings of "1", "2", ... in order."""

    text: str
    buttons: tuple[Button, ...]
    disposition: Disposition
    name: str


@dataclass(frozen=True)
class Variation:
    """One wording of a response. ``channel`` is empty for the one that every other channel gets."""

    text: str
    channel: str
    buttons: tuple[Button, ...]
    disposition: Disposition
    #: "A", "B", "A+B", "G", or empty where the words say nothing clinical.
    source: str
    version: str
    #: Empty: not yet reviewed by the clinic's clinicians.
    reviewed_by: str
    #: Of an answer: the question, in words that a patient could type.
    question: str = ""


class Wording:
    """All responses of a folder."""

    def __init__(self, responses: Mapping[str, tuple[Variation, ...]]) -> None:
        self._responses = dict(responses)

    @classmethod
    def load(cls, responses_dir: Path) -> Wording:
        """Reads every ``*.yml`` file of the folder.

        Raises:
            WordingError: a file cannot be used; the text names file, line, response and remedy.
        """
        responses: dict[str, tuple[Variation, ...]] = {}
        files = sorted(responses_dir.glob("*.yml"))
        if not files:
            raise WordingError(f"{responses_dir}: holds no responses (*.yml)")
        for file in files:
            for name, variations in _read_file(file).items():
                if name in responses:
                    raise WordingError(f"{file}: {name} is in another file too; keep one of them")
                responses[name] = variations
        return cls(responses)

    def names(self) -> frozenset[str]:
        return frozenset(self._responses)

    def variations(self, name: str) -> tuple[Variation, ...]:
        """Every wording of a response, with its source and review.

        Raises:
            WordingError: there is no such response.
        """
        try:
            return self._responses[name]
        except KeyError:
            raise WordingError(f"{name}: no such response in data/responses") from None

    def question(self, name: str) -> str:
        """The question that an answer answers, as it is offered among choices.

        Raises:
            WordingError: there is no such response.
        """
        return self.variations(name)[0].question

    def disposition(self, name: str) -> Disposition:
        """The disposition that the words of a response give; NONE for most.

        Raises:
            WordingError: there is no such response.
        """
        return self.variations(name)[0].disposition

    def say(self, name: str, channel: str, facts: Mapping[str, str]) -> Message:
        """The words of a response on a channel: the channel's own variation, else the one without a channel.

        Raises:
            WordingError: there is no such response, or ``facts`` lacks one of its placeholders.
        """
        variations = {variation.channel: variation for variation in self.variations(name)}
        chosen = variations.get(channel) or variations[""]

        def fact(match: re.Match[str]) -> str:
            value = facts.get(match[1])
            if not value:
                raise WordingError(f"{name}: the fact {{{match[1]}}} is missing")
            return str(value)

        return Message(_PLACEHOLDER.sub(fact, chosen.text), chosen.buttons, chosen.disposition, name)


def _read_file(file: Path) -> dict[str, tuple[Variation, ...]]:
    try:
        with file.open(encoding="utf-8") as stream:
            data = YAML(typ="rt").load(stream)
    except (OSError, UnicodeDecodeError) as error:
        raise WordingError(f"{file}: cannot be read ({type(error).__name__})") from None
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise WordingError(f"{file}:{line}: not valid YAML ({str(error.problem).splitlines()[0]})") from None
    rows = data["responses"] if isinstance(data, dict) and set(data) == {"version", "responses"} else None
    if not isinstance(rows, CommentedMap):
        raise WordingError(f'{file}: must hold version: "3.1" and responses:')
    return {name: _response(f"{file}:{rows.lc.key(name)[0] + 1}: {name}", name, rows[name]) for name in rows}


def _response(where: str, name: str, rows: Any) -> tuple[Variation, ...]:
    if not isinstance(rows, list):
        raise WordingError(f"{where} must be a list of variations")
    variations = tuple(_variation(where, row) for row in rows)
    channels = [variation.channel for variation in variations]
    expected = [""] if name in FRAGMENTS else ["", SMS]
    if sorted(channels) != expected:
        # A second variation of one channel is refused as well: Rasa would pick one of the two at random.
        raise WordingError(f"{where} must have one variation for each of {expected} ('' = no channel)")
    if len({variation.disposition for variation in variations}) != 1:
        raise WordingError(f"{where} gives a different disposition by channel")
    if name.startswith(ANSWER) and not variations[0].question:
        raise WordingError(f'{where}: metadata of its first variation needs question: "When can I ...?"')
    return variations


def _variation(where: str, row: Any) -> Variation:
    if not isinstance(row, dict) or not set(row) <= _VARIATION_KEYS:
        raise WordingError(f"{where}: a variation has only {', '.join(sorted(_VARIATION_KEYS))}")
    text = row.get("text")
    if not isinstance(text, str) or not text.strip():
        raise WordingError(f"{where}: text is missing")
    unknown = set(_PLACEHOLDER.findall(text)) - PLACEHOLDERS
    if unknown or re.search(r"[{}]", _PLACEHOLDER.sub("", text)):
        raise WordingError(f"{where}: unknown placeholder {sorted(unknown)}; known: {', '.join(sorted(PLACEHOLDERS))}")
    metadata = row.get("metadata", {})
    if not isinstance(metadata, dict) or not set(metadata) <= _METADATA_KEYS:
        raise WordingError(f"{where}: metadata has only {', '.join(sorted(_METADATA_KEYS))}")
    if not isinstance(metadata.get("question", ""), str):
        raise WordingError(f"{where}: question must be text")
    reviewable = _REVIEW_KEYS & set(metadata)
    if reviewable and (reviewable != _REVIEW_KEYS or not all(isinstance(metadata[key], str) for key in reviewable)):
        raise WordingError(f"{where}: source, version and reviewed_by go together, each as text in quotation marks")
    if reviewable and metadata["source"] not in SOURCES:
        raise WordingError(f"{where}: source must be one of {', '.join(sorted(SOURCES))}")
    try:
        disposition = Disposition(metadata.get("disposition", "none"))
    except ValueError:
        known = ", ".join(item.value for item in Disposition)
        raise WordingError(f"{where}: disposition must be one of {known}") from None
    return Variation(
        text=text.strip(),
        channel=row.get("channel", ""),
        buttons=_buttons(where, row.get("buttons", [])),
        disposition=disposition,
        source=metadata.get("source", ""),
        version=metadata.get("version", ""),
        reviewed_by=metadata.get("reviewed_by", ""),
        question=metadata.get("question", ""),
    )


def _buttons(where: str, rows: Any) -> tuple[Button, ...]:
    if not isinstance(rows, list):
        raise WordingError(f"{where}: buttons must be a list")
    for row in rows:
        if not isinstance(row, dict) or set(row) != {"title", "payload"}:
            raise WordingError(f"{where}: a button has a title and a payload")
        words = (row["title"], row["payload"])
        if not all(isinstance(text, str) and text.strip() and not re.search(r"[{}]", text) for text in words):
            raise WordingError(f"{where}: title and payload of a button are plain text without placeholders")
        if row["payload"].startswith("/"):
            raise WordingError(f"{where}: a payload is words that a patient could type, not /intent")
    return tuple(Button(row["title"], row["payload"]) for row in rows)
