"""Accounts of staff: made, listed and disabled from the command line, checked at sign-in."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.exc import IntegrityError

from bot.records.database import Database
from bot.records.tables import staff

MIN_PASSWORD = 12
MAX_PASSWORD = 1000
MAX_NAME = 200

_hasher = PasswordHasher()


class AccountError(Exception):
    """The account cannot be made or changed. The text says why and what to do."""


@dataclass(frozen=True)
class Account:
    id: int
    name: str
    disabled_at: datetime | None


def add_account(database: Database, name: str, password: str, now: datetime) -> None:
    """Makes an account.

    Raises:
        AccountError: the name is taken or empty, or the password too short.
    """
    name = name.strip()
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise AccountError(f"The name must be 1 to {MAX_NAME} printable characters.")
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise AccountError(f"The password must have {MIN_PASSWORD} to {MAX_PASSWORD} characters.")
    values = {"name": name, "password_hash": _hasher.hash(password), "created_at": now}
    try:
        with database.write() as connection:
            connection.execute(staff.insert().values(**values))
    except IntegrityError:
        raise AccountError("There is an account with this name already. Choose another name.") from None


def list_accounts(database: Database) -> list[Account]:
    """All accounts by name."""
    with database.read() as connection:
        rows = connection.execute(sa.select(staff).order_by(staff.c.name)).all()
    return [Account(row.id, row.name, row.disabled_at) for row in rows]


def disable_account(database: Database, name: str, now: datetime) -> None:
    """Disables an account. Its sessions end with their next request.

    Raises:
        AccountError: no such account.
    """
    change = staff.update().where(staff.c.name == name.strip(), staff.c.disabled_at.is_(None)).values(disabled_at=now)
    with database.write() as connection:
        if connection.execute(change).rowcount == 0:
            raise AccountError("There is no active account with this name. See: aftercare staff list")


@lru_cache(maxsize=1)
def hash_of_nobody() -> str:
    """Checked in place of an unknown account's hash: the same work, so that the time does not tell who exists."""
    return _hasher.hash(secrets.token_hex(32))


def check_password(database: Database, name: str, password: str) -> Account | None:
    """The active account with this name and password. Takes the same time whether or not the name exists."""
    with database.read() as connection:
        row = connection.execute(sa.select(staff).where(staff.c.name == name.strip())).first()
    active = row is not None and row.disabled_at is None
    try:
        _hasher.verify(row.password_hash if active else hash_of_nobody(), password[:MAX_PASSWORD])
    except (VerificationError, InvalidHashError):
        return None
    return Account(row.id, row.name, None) if active else None


def find_account(database: Database, account_id: int) -> Account | None:
    """The active account with this id."""
    with database.read() as connection:
        row = connection.execute(sa.select(staff).where(staff.c.id == account_id)).first()
    return Account(row.id, row.name, None) if row is not None and row.disabled_at is None else None
