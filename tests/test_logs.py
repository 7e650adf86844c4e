"""Nothing that a patient wrote reaches a log line, in error paths too."""

from __future__ import annotations

import json
import logging

from bot.logs import JsonLines

CANARY = "canary 555-0199 numb leg"


def line(logger: str, message: str, *args: object, **fields: object) -> dict[str, object]:
    record = logging.getLogger(logger).makeRecord(logger, logging.ERROR, "x.py", 1, message, args, None, extra=fields)
    return json.loads(JsonLines().format(record))


def test_own_events_keep_allowed_fields_only() -> None:
    entry = line("bot.conversation.turn", "rasa failed", conversation="c1", error="KeyError", text=CANARY, name_=CANARY)
    assert entry["event"] == "rasa failed"
    assert (entry["conversation"], entry["error"]) == ("c1", "KeyError")
    assert "canary" not in json.dumps(entry)


def test_arguments_are_not_put_into_the_event() -> None:
    assert "canary" not in json.dumps(line("bot.x", "failed: %s", CANARY))


def test_other_peoples_messages_are_withheld() -> None:
    assert "canary" not in json.dumps(line("rasa.core.processor", f"Received user message '{CANARY}'"))


def test_exceptions_are_named_without_their_text() -> None:
    try:
        raise ValueError(CANARY)
    except ValueError:
        import sys

        record = logging.getLogger("sqlalchemy").makeRecord(
            "sqlalchemy", logging.ERROR, "x.py", 1, "failed", (), sys.exc_info()
        )
    entry = json.loads(JsonLines().format(record))
    assert entry["error"] == "ValueError"
    assert __file__ in str(entry["where"])
    assert "canary" not in json.dumps(entry)
