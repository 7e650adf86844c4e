"""The second factor: six digits of an authenticator app (TOTP, RFC 6238), or a recovery code, each good once."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from datetime import datetime

import pyotp
import segno
import sqlalchemy as sa
from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy.engine import Connection

from bot.records.console.tables import staff, staff_recovery_codes

RECOVERY_CODES = 10
#: Steps of 30 seconds by which an app's clock may be off.
STEPS_OFF = 1
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


class SecondFactors:
    """Kept encrypted under the installation's secret key: a copy of the database alone signs nobody in."""

    def __init__(self, secret_key: str) -> None:
        self._box = Fernet(base64.urlsafe_b64encode(_derived(secret_key, b"second factor")))
        self._code_key = _derived(secret_key, b"recovery codes")

    def confirm(self, connection: Connection, account_id: int, secret: str, code: str, now: datetime) -> bool:
        """Keeps a new secret if the code shows that the app has it; False otherwise."""
        step = _step_of(secret, code, now)
        if step is None:
            return False
        kept = self._box.encrypt(secret.encode("ascii")).decode("ascii")
        connection.execute(staff.update().where(staff.c.id == account_id).values(totp_secret=kept, totp_step=step))
        return True

    def check(self, connection: Connection, account_id: int, code: str, now: datetime) -> bool:
        """True for the app's code of this moment, or for an unused recovery code. Either is used up by it."""
        return self._check_app(connection, account_id, code, now) or self._use_recovery(
            connection, account_id, code, now
        )

    def new_recovery_codes(self, connection: Connection, account_id: int) -> list[str]:
        """Ten new codes in place of the old ones; only their hashes are kept."""
        codes = ["".join(secrets.choice(_ALPHABET) for _ in range(12)) for _ in range(RECOVERY_CODES)]
        table = staff_recovery_codes
        connection.execute(table.delete().where(table.c.staff_id == account_id))
        connection.execute(
            table.insert(), [{"staff_id": account_id, "code_hash": self._hash(account_id, code)} for code in codes]
        )
        return [f"{code[:4]}-{code[4:8]}-{code[8:]}" for code in codes]

    def recovery_codes_left(self, connection: Connection, account_id: int) -> int:
        table = staff_recovery_codes
        query = sa.select(sa.func.count()).where(table.c.staff_id == account_id, table.c.used_at.is_(None))
        return int(connection.execute(query).scalar_one())

    def _check_app(self, connection: Connection, account_id: int, code: str, now: datetime) -> bool:
        row = connection.execute(
            sa.select(staff.c.totp_secret, staff.c.totp_step).where(staff.c.id == account_id)
        ).first()
        if row is None or row.totp_secret is None:
            return False
        try:
            secret = self._box.decrypt(row.totp_secret.encode("ascii")).decode("ascii")
        except InvalidToken:
            # The installation has another secret key than when this was kept: an admin must reset the account.
            return False
        step = _step_of(secret, code, now)
        if step is None:
            return False
        unused = sa.or_(staff.c.totp_step.is_(None), staff.c.totp_step < step)
        used = staff.update().where(staff.c.id == account_id, unused).values(totp_step=step)
        return bool(connection.execute(used).rowcount)

    def _use_recovery(self, connection: Connection, account_id: int, code: str, now: datetime) -> bool:
        table = staff_recovery_codes
        plain = re.sub(r"[\s-]", "", code).upper()
        used = table.update().where(
            table.c.staff_id == account_id,
            table.c.code_hash == self._hash(account_id, plain),
            table.c.used_at.is_(None),
        )
        return bool(connection.execute(used.values(used_at=now)).rowcount)

    def _hash(self, account_id: int, code: str) -> str:
        return hmac.new(self._code_key, f"{account_id}:{code}".encode(), hashlib.sha256).hexdigest()


def new_secret() -> str:
    return pyotp.random_base32()


def address_for_app(secret: str, name: str, clinic: str) -> str:
    """The ``otpauth:`` address that an authenticator app reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=f"Aftercare, {clinic}")


def qr_code(address: str) -> str:
    """The address as inline SVG."""
    return segno.make(address, micro=False, error="m").svg_inline(scale=5, border=3, dark="#000", light="#fff")


def _step_of(secret: str, code: str, now: datetime) -> int | None:
    """The 30-second step for which this is the app's code."""
    digits = re.sub(r"\s", "", code)
    if not re.fullmatch(r"[0-9]{6}", digits):
        return None
    totp = pyotp.TOTP(secret)
    current = int(now.timestamp()) // totp.interval
    steps = range(current - STEPS_OFF, current + STEPS_OFF + 1)
    fitting = [step for step in steps if hmac.compare_digest(totp.generate_otp(step), digits)]
    return max(fitting, default=None)


def _derived(secret_key: str, purpose: bytes) -> bytes:
    """32 bytes for one purpose (HKDF-Expand of RFC 5869, one block; the secret key is random already)."""
    return hmac.new(secret_key.encode(), b"aftercare " + purpose + b"\x01", hashlib.sha256).digest()
