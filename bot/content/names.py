"""Who names a response: the protocol, rules and stories, and the program itself. What is named must be there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from bot.content.problem import Problem
from bot.triage.protocol import Advice, Protocol
from bot.wording import ANSWER, Wording

_ACTION = re.compile(r"^\s*-? *action: *['\"]?(utter_\w+)")
_INTENT = re.compile(r"^\s*-? *intent: *['\"]?(ask_\w+)")
_NAME = re.compile(r"utter_\w+")
#: How Rasa calls the name of a response in a message.
_RASA_KEY = "utter_action"
#: The one intent with a topic's prefix that is none.
_NO_TOPIC = "ask_bot"


def protocol_names(protocol: Protocol) -> Iterator[tuple[int, str]]:
    """(line, response) of everything that the protocol says."""
    yield 1, protocol.uncovered.response
    for row in protocol.criteria:
        if row.response:
            yield row.line, row.response
    for question in protocol.questions.values():
        advice = [item.response for item in (question.unanswered, question.answered) if isinstance(item, Advice)]
        for name in (question.response, *question.response_for.values(), *advice):
            yield question.line, name


def dialogue_names(data: Path) -> Iterator[tuple[str, str]]:
    """(file:line, response) of everything that rules and stories say."""
    for folder in ("rules", "stories"):
        yield from _found(data, folder, _ACTION)


def code_names(code: Path) -> Iterator[tuple[str, str]]:
    """(file:line, response) of everything that the program says. A name that ends in ``_`` is the beginning of
    several."""
    for folder in ("bot", "actions"):
        for file in sorted((code / folder).rglob("*.py")):
            text = file.read_text(encoding="utf-8")
            for node in ast.walk(ast.parse(text)) if "utter_" in text else ():
                if isinstance(node, ast.Constant) and _is_name(node.value):
                    yield f"{file.relative_to(code)}:{node.lineno}", str(node.value)


def name_problems(wording: Wording, protocol: Protocol | None, data: Path, code: Path) -> Iterator[Problem]:
    """Responses that are named and not there, and topics of which one half is missing."""
    named = [(f"data/protocols:{line}", name) for line, name in protocol_names(protocol)] if protocol else []
    for where, name in (*named, *dialogue_names(data), *code_names(code)):
        if not _is_there(name, wording):
            yield Problem(where, f"names the response {name}, which no file under data/responses has; write it there")
    asked = {intent: where for where, intent in _found(data, "nlu", _INTENT) if intent != _NO_TOPIC}
    for intent in sorted(asked):
        answer = ANSWER + intent[len("ask_") :]
        if answer not in wording.names():
            yield Problem(asked[intent], f"has examples for {intent} and no answer; write the response {answer}")
    for name in sorted(wording.names()):
        intent = "ask_" + name[len(ANSWER) :]
        if name.startswith(ANSWER) and intent not in asked:
            yield Problem(name, f"has no question; write examples for the intent {intent} in a file under data/nlu")


def never_said(wording: Wording, protocol: Protocol | None, data: Path, code: Path) -> list[str]:
    """Responses that nothing names."""
    said = {name for _, name in (*dialogue_names(data), *code_names(code))}
    said |= {name for _, name in protocol_names(protocol)} if protocol else set()
    beginnings = tuple(name for name in said if name.endswith("_"))
    return sorted(name for name in wording.names() - said if not name.startswith(beginnings))


def _is_name(value: object) -> bool:
    return isinstance(value, str) and bool(_NAME.fullmatch(value)) and value != _RASA_KEY


def _is_there(name: str, wording: Wording) -> bool:
    if name.endswith("_"):
        return any(known.startswith(name) for known in wording.names())
    return name in wording.names()


def _found(data: Path, folder: str, pattern: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    for file in sorted((data / folder).rglob("*.yml")):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            if match := pattern.match(line):
                yield f"data/{folder}/{file.name}:{number}", match[1]
