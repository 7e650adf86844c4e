"""What the channel wants of the composition root."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from bot.records.database import Database
from bot.records.messages import Reply
from bot.settings import Settings


class TextServices(Protocol):
    @property
    def settings(self) -> Settings: ...

    @property
    def database(self) -> Database: ...

    @property
    def clinic(self) -> Any: ...

    @property
    def escalations(self) -> Any: ...

    def now(self) -> datetime: ...

    def say(self, response: str, channel: str, **facts: str) -> Reply: ...
