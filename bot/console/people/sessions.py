"""Sessions: kept by the server, so that they end when it says so. The cookie is a random name for one."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.console.people.accounts import Account, account_of
from bot.records.console.tables import staff, staff_sessions

IDLE = timedelta(minutes=15)
LONGEST = timedelta(hours=12)
#: The time of the last use is written down at most so often: a page view should not cost a write.
SEEN_EVERY = timedelta(seconds=20)


@dataclass(frozen=True)
class Session:
    """Who is at the other end, as of this request."""

    #: What the database knows the session by; the cookie's own value is kept nowhere.
    id_hash: str
    account: Account
    created_at: datetime
    seen_at: datetime
    #: The second factor was given.
    verified: bool

    @property
    def complete(self) -> bool:
        """Signed in: nothing is left to do before the console opens."""
        return self.verified and not self.account.must_change

    def idles_out_at(self) -> datetime:
        return min(self.seen_at + IDLE, self.created_at + LONGEST)


def new_cookie() -> str:
    return secrets.token_urlsafe(32)


def hash_of(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()


def form_token(secret_key: str, cookie: str) -> str:
    """What a form must carry to be taken as made for this browser: nobody can work it out from the cookie."""
    return hmac.new(secret_key.encode(), f"console form\0{cookie}".encode(), hashlib.sha256).hexdigest()


def begin_session(connection: Connection, account_id: int, verified: bool, now: datetime) -> str:
    """A new session; its cookie. Sessions that have ended are cleared away."""
    cookie = new_cookie()
    ended = sa.or_(staff_sessions.c.created_at < now - LONGEST, staff_sessions.c.seen_at < now - IDLE)
    connection.execute(staff_sessions.delete().where(ended))
    connection.execute(
        staff_sessions.insert().values(
            id_hash=hash_of(cookie), staff_id=account_id, created_at=now, seen_at=now, verified=verified
        )
    )
    return cookie


def renew_session(connection: Connection, session: Session, verified: bool, now: datetime) -> str:
    """The same sign-in under a new cookie, as after every step that lets more be done."""
    end_session(connection, session.id_hash)
    return begin_session(connection, session.account.id, verified, now)


def find_session(connection: Connection, cookie: str, now: datetime) -> Session | None:
    """The living session of this cookie: not idle, not too old, its account active."""
    if not cookie:
        return None
    query = (
        sa.select(staff_sessions.c.id_hash, staff_sessions.c.seen_at, staff_sessions.c.verified)
        .add_columns(staff_sessions.c.created_at.label("begun_at"), staff)
        .join(staff, staff.c.id == staff_sessions.c.staff_id)
        .where(
            staff_sessions.c.id_hash == hash_of(cookie),
            staff_sessions.c.created_at > now - LONGEST,
            staff_sessions.c.seen_at > now - IDLE,
            staff.c.disabled_at.is_(None),
        )
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    return Session(row.id_hash, account_of(row), row.begun_at, row.seen_at, row.verified)


def touch(connection: Connection, session: Session, now: datetime) -> None:
    """Notes that the person has just done something."""
    change = staff_sessions.update().where(staff_sessions.c.id_hash == session.id_hash)
    connection.execute(change.values(seen_at=now))


def end_session(connection: Connection, id_hash: str) -> None:
    connection.execute(staff_sessions.delete().where(staff_sessions.c.id_hash == id_hash))
