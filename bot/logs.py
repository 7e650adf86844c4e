"""Logs as JSON lines through an allow-list of fields: never a message text, a name, a phone number or a token."""

from __future__ import annotations

import faulthandler
import json
import logging
import sys
import threading
import traceback
from datetime import datetime, timezone
from types import TracebackType

#: The only fields, besides time, level, logger and event, that reach a log line.
FIELDS = ("channel", "conversation", "error", "escalation", "method", "objection", "port", "reason", "status")
#: Loggers whose messages are ours: constant texts. Of every other logger only its name and level are logged,
#: because Rasa's and SQLAlchemy's messages quote what patients wrote.
OWN = ("bot", "actions")

log = logging.getLogger(__name__)


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        own = record.name.split(".")[0] in OWN
        entry = {
            "at": datetime.fromtimestamp(record.created, timezone.utc).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.msg if own else "message withheld",
        }
        if own:
            entry.update({name: str(getattr(record, name)) for name in FIELDS if hasattr(record, name)})
        if record.exc_info and record.exc_info[0]:
            entry["error"] = record.exc_info[0].__name__
            entry["where"] = _where(record.exc_info[2])
        return json.dumps(entry)


def _where(trace: TracebackType | None) -> str:
    """File and line of the innermost frame: enough to find a fault, and nothing of what was in it."""
    frames = traceback.extract_tb(trace)
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""


def set_up(level: int = logging.INFO) -> None:
    """Sends all logging to standard error in this form, other people's loggers from WARNING; and with it what Python
    itself would print in full: warnings, errors that nobody caught, and log calls with wrong arguments."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    for name in OWN:
        logging.getLogger(name).setLevel(level)
    logging.captureWarnings(True)
    logging.raiseExceptions = False
    sys.excepthook = lambda kind, error, trace: _uncaught("program", kind, error, trace)
    threading.excepthook = lambda args: _uncaught("thread", args.exc_type, args.exc_value, args.exc_traceback)
    sys.unraisablehook = lambda args: _uncaught("finalizer", args.exc_type, args.exc_value, args.exc_traceback)
    # Of a crash in C: files and lines alone.
    faulthandler.enable()


def _uncaught(place: str, kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        log.critical("nobody caught an error", exc_info=(kind, error or kind(), trace), extra={"reason": place})
