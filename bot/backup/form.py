"""The form of a backup: its header, and how values stand in it."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from bot.records.columns import UtcDateTime

FORM = 1
#: Key of the header, which says the form; and what the lines between header and end begin with.
MARK, ROW, SPOOL, END = "aftercare_backup", "row", "spool", "end"


class BackupError(Exception):
    """What is wrong, for whoever runs the command; no words of patients."""


def fingerprint(secret_key: str) -> str:
    """Tells whether a key is the one that a backup belongs to, and nothing else of it."""
    return hmac.new(secret_key.encode(), b"aftercare backup", hashlib.sha256).hexdigest()[:16]


def kind_of(column: sa.Column) -> str:
    """How the values of a column stand in a backup."""
    if isinstance(column.type, UtcDateTime):
        return "time"
    if isinstance(column.type, sa.JSON):
        return "json"
    return "date" if isinstance(column.type, sa.Date) else "plain"


def read_as(column: sa.Column) -> Any:
    """JSON is copied as it was written: a null in it is not the same as no value."""
    return sa.cast(column, sa.Text).label(column.name) if kind_of(column) == "json" else column


def written(value: Any) -> Any:
    return value.isoformat() if isinstance(value, (datetime, date)) else value


def _of_json(text: str) -> Any:
    value = json.loads(text)
    return sa.JSON.NULL if value is None else value


#: Kind of a column -> its type, and what makes a value of what stands in the backup.
KINDS: dict[str, tuple[Any, Callable[[Any], Any]]] = {
    "time": (UtcDateTime(), datetime.fromisoformat),
    "date": (sa.Date(), date.fromisoformat),
    "json": (sa.JSON(none_as_null=True), _of_json),
    "plain": (sa.types.NullType(), lambda value: value),
}
