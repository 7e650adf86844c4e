"""Accounts of staff: made, changed and disabled from the command line or by an admin in the console."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row
from sqlalchemy.exc import IntegrityError

from bot.console.people.passwords import hash_password, length_problem, new_one_time_password, password_fits
from bot.console.people.roles import Role
from bot.records.console.tables import staff, staff_recovery_codes, staff_sessions
from bot.records.database import Database

#: An audit entry names it, with a word in front.
MAX_NAME = 100


class AccountError(Exception):
    """The account cannot be made or changed. The text says why and what to do."""


@dataclass(frozen=True)
class Account:
    id: int
    name: str
    role: Role
    created_at: datetime
    disabled_at: datetime | None = None
    #: The password was given by somebody else, to be used once.
    must_change: bool = False
    has_second_factor: bool = False

    @property
    def active(self) -> bool:
        return self.disabled_at is None


def add_account(connection: Connection, name: str, role: Role, now: datetime) -> tuple[Account, str]:
    """Makes an account; the account and its one-time password, which is nowhere else.

    Raises:
        AccountError: the name is taken or cannot be used.
    """
    name = name.strip()
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise AccountError(f"The name must be 1 to {MAX_NAME} printable characters.")
    password = new_one_time_password()
    values = {"name": name, "role": role.value, "password_hash": hash_password(password), "created_at": now}
    try:
        with connection.begin_nested():
            result = connection.execute(staff.insert().values(must_change=True, **values))
    except IntegrityError:
        raise AccountError("There is an account with this name already. Choose another name.") from None
    return get_account(connection, result.inserted_primary_key[0]), password


def list_accounts(connection: Connection) -> list[Account]:
    """All accounts by name."""
    return [account_of(row) for row in connection.execute(sa.select(staff).order_by(staff.c.name))]


def active_names(connection: Connection, *roles: Role) -> list[str]:
    """Names of those who can sign in and have one of the roles."""
    query = sa.select(staff.c.name).where(
        staff.c.disabled_at.is_(None), staff.c.role.in_([role.value for role in roles])
    )
    return list(connection.execute(query.order_by(staff.c.name)).scalars())


def find_by_name(connection: Connection, name: str) -> Account:
    """
    Raises:
        AccountError: no such account.
    """
    row = connection.execute(sa.select(staff).where(staff.c.name == name.strip())).first()
    if row is None:
        raise AccountError("There is no account with this name. See: aftercare staff list")
    return account_of(row)


def get_account(connection: Connection, account_id: int) -> Account:
    """
    Raises:
        AccountError: no such account.
    """
    row = connection.execute(sa.select(staff).where(staff.c.id == account_id)).first()
    if row is None:
        raise AccountError("There is no such account any more.")
    return account_of(row)


def disable_account(connection: Connection, account_id: int, now: datetime) -> None:
    """Disables the account and ends its sessions.

    Raises:
        AccountError: it is disabled already, or the last one that can make accounts.
    """
    _keep_an_admin(connection, account_id)
    change = staff.update().where(staff.c.id == account_id, staff.c.disabled_at.is_(None)).values(disabled_at=now)
    if connection.execute(change).rowcount == 0:
        raise AccountError("The account is disabled already.")
    connection.execute(staff_sessions.delete().where(staff_sessions.c.staff_id == account_id))


def enable_account(connection: Connection, account_id: int) -> None:
    _change(connection, account_id, disabled_at=None)


def change_role(connection: Connection, account_id: int, role: Role) -> None:
    """
    Raises:
        AccountError: it is the last account that can make accounts.
    """
    if role is not Role.ADMIN:
        _keep_an_admin(connection, account_id)
    _change(connection, account_id, role=role.value)


def reset_account(connection: Connection, account_id: int) -> str:
    """A new one-time password; second factor, recovery codes and sessions are gone."""
    password = new_one_time_password()
    values = {"password_hash": hash_password(password), "must_change": True, "totp_secret": None, "totp_step": None}
    _change(connection, account_id, **values)
    for table in (staff_sessions, staff_recovery_codes):
        connection.execute(table.delete().where(table.c.staff_id == account_id))
    return password


def change_password(connection: Connection, account_id: int, password: str, keep_session: str) -> None:
    """Sets the password that the person chose, and ends their other sessions.

    Raises:
        AccountError: too short, too long, or the same as before.
    """
    if problem := length_problem(password):
        raise AccountError(problem)
    stored = connection.execute(sa.select(staff.c.password_hash).where(staff.c.id == account_id)).scalar()
    if password_fits(stored, password):
        raise AccountError("This is the password that you have now. Choose another one.")
    _change(connection, account_id, password_hash=hash_password(password), must_change=False)
    others = staff_sessions.delete().where(
        staff_sessions.c.staff_id == account_id, staff_sessions.c.id_hash != keep_session
    )
    connection.execute(others)


def check_password(database: Database, name: str, password: str) -> Account | None:
    """The active account with this name and password. Takes the same time whether or not the name exists."""
    with database.read() as connection:
        row = connection.execute(sa.select(staff).where(staff.c.name == name.strip())).first()
    active = row is not None and row.disabled_at is None
    fits = password_fits(row.password_hash if active else None, password)
    return account_of(row) if fits else None


def account_of(row: Row) -> Account:
    return Account(
        id=row.id,
        name=row.name,
        role=Role(row.role),
        created_at=row.created_at,
        disabled_at=row.disabled_at,
        must_change=row.must_change,
        has_second_factor=row.totp_secret is not None,
    )


def _change(connection: Connection, account_id: int, **values: Any) -> None:
    if connection.execute(staff.update().where(staff.c.id == account_id).values(**values)).rowcount == 0:
        raise AccountError("There is no such account any more.")


def _keep_an_admin(connection: Connection, account_id: int) -> None:
    others = sa.select(staff.c.id).where(
        staff.c.role == Role.ADMIN.value, staff.c.disabled_at.is_(None), staff.c.id != account_id
    )
    role = connection.execute(sa.select(staff.c.role).where(staff.c.id == account_id)).scalar()
    if role == Role.ADMIN.value and connection.execute(others).first() is None:
        raise AccountError("This is the only admin. Make another one first.")
