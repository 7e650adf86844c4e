"""Slows down guessing: after a few failures a name, and a place that guesses many names, have to wait.

Counted in the database, so that all copies of the server count together; names and addresses are kept as keyed
hashes only, known accounts and unknown ones alike.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.records.console.tables import sign_in_failures as table

#: Failures of one name before it waits; a whole clinic may sit behind one address.
FREE_TRIES = {"name": 5, "address": 30}
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=15)
#: Failures are forgotten when there was none for so long.
FORGOTTEN_AFTER = timedelta(hours=24)


class Lockout:
    def __init__(self, secret_key: str) -> None:
        self._key = secret_key.encode()

    def keys(self, name: str, address: str) -> dict[str, str]:
        """What the failures of this try are counted under, by kind."""
        return {"name": self._hash("name", name.strip().casefold()[:200]), "address": self._hash("address", address)}

    def waits(self, connection: Connection, keys: dict[str, str], now: datetime) -> bool:
        """True while tries are refused unseen."""
        return any(self._waits(connection, kind, key, now) for kind, key in keys.items())

    def failed(self, connection: Connection, keys: dict[str, str], now: datetime) -> None:
        connection.execute(table.delete().where(table.c.last_at < now - FORGOTTEN_AFTER))
        for key in keys.values():
            more = table.update().where(table.c.key == key).values(times=table.c.times + 1, last_at=now)
            if not connection.execute(more).rowcount:
                connection.execute(table.insert().values(key=key, times=1, last_at=now))

    def succeeded(self, connection: Connection, keys: dict[str, str]) -> None:
        """Forgets the failures of the name. Those of the address stay: others may be guessing there."""
        connection.execute(table.delete().where(table.c.key == keys["name"]))

    def _waits(self, connection: Connection, kind: str, key: str, now: datetime) -> bool:
        row = connection.execute(sa.select(table.c.times, table.c.last_at).where(table.c.key == key)).first()
        if row is None or row.times < FREE_TRIES[kind]:
            return False
        doubled = FIRST_WAIT * 2 ** min(row.times - FREE_TRIES[kind], 16)
        return bool(now < row.last_at + min(LONGEST_WAIT, doubled))

    def _hash(self, kind: str, value: str) -> str:
        return hmac.new(self._key, f"lockout\0{kind}\0{value}".encode(), hashlib.sha256).hexdigest()
