"""Passwords: hashed with argon2, checked in the same time whether or not there is an account."""

from __future__ import annotations

import secrets
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MIN_PASSWORD = 12
MAX_PASSWORD = 1000
#: Letters and digits of a one-time password that nobody mixes up when it is read out.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"

_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    return _hasher.hash(password)


@lru_cache(maxsize=1)
def hash_of_nobody() -> str:
    """Checked in place of an unknown account's hash: the same work, so that the time does not tell who exists."""
    return _hasher.hash(secrets.token_hex(32))


def password_fits(stored: str | None, password: str) -> bool:
    """True if the password is the one that was hashed. Without a hash: False, after the same work."""
    try:
        _hasher.verify(stored or hash_of_nobody(), password[:MAX_PASSWORD])
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def new_one_time_password() -> str:
    """78 random bits in four groups, to be read out or pasted once."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(16))
    return "-".join(letters[start : start + 4] for start in range(0, 16, 4))


def length_problem(password: str) -> str:
    """What is wrong with a new password; empty when nothing is."""
    if MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        return ""
    return f"The password must have {MIN_PASSWORD} to {MAX_PASSWORD} characters."
