"""The audit trail: who did what to what, append-only, each entry hashed together with the one before it.

An entry's hash covers the hash before it, so a change, a deletion, an insertion or a swap breaks the chain. Somebody
who can write to the database could compute all hashes anew, or cut off the end; so the two ends of the chain are sealed
with a key that is not in the database (HMAC of the installation's secret key). What remains: who puts back a whole
earlier state of the database, seal included, takes away what came after it. Against that, keep the head that
``aftercare audit verify`` prints outside, and hand it to a later ``verify`` as its witness.

Entries carry no words of patients and no free text of staff: what was done, to which reference.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.records.tables import audit, audit_seal, escalations

NO_HASH = "0" * 64
#: The action of an entry that says: at this point the chain was found broken, and went on.
BROKEN = "audit.broken"
PURGED = "audit.purged"
#: Where the database keeps the key for its connections.
KEY_OPTION = "audit_key"
#: PostgreSQL's lock for those who append; any number that nothing else uses.
_LOCK = 0x_A0D1_7


@dataclass(frozen=True)
class Entry:
    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    data: Mapping[str, Any]
    hash: str


@dataclass(frozen=True)
class Fault:
    """Something that ``append`` did not do. ``id`` is the entry where it shows, 0 for the seal."""

    id: int
    what: str


@dataclass(frozen=True)
class _Seal:
    anchor_id: int
    anchor_hash: str
    last_id: int
    last_hash: str

    def signed(self, connection: Connection) -> str:
        return hmac.new(_key(connection), _canonical([*self.__dict__.values()]).encode(), hashlib.sha256).hexdigest()


def key_of(secret: str) -> bytes:
    """The key of the seal, made of the installation's secret key."""
    return hmac.new(secret.encode(), b"aftercare audit seal", hashlib.sha256).digest()


def append(
    connection: Connection, actor: str, action: str, subject: str, data: Mapping[str, Any], now: datetime
) -> int:
    """Appends an entry in the caller's transaction, which must be one of ``Database.write``; its id.

    Entries are appended one after the other: the transaction holds the others up until it ends. Append last, after
    every other row is locked, and do nothing slow afterwards.

    Args:
        actor: a name of staff, or "system".
        action: "escalation.closed", "staff.signed_in" …
        subject: "escalation/K7QX-4MZP", "conversation/<id>", "staff/<name>" …
        data: what else is to be known; no words of patients.
    """
    _lock(connection)
    seal, fault = _checked_seal(connection)
    if fault:
        seal = _add(connection, seal, "system", BROKEN, "audit", {"found": fault}, now)
    seal = _add(connection, seal, actor, action, subject, data, now)
    _store_seal(connection, seal)
    return seal.last_id


def verify(connection: Connection, witness: tuple[int, str] | None = None) -> list[Fault]:
    """Everything that is wrong with the trail; empty when it is whole.

    Args:
        witness: id and hash of an entry, as an earlier ``head`` gave them.
    """
    ends = (audit_seal.c[name].label(f"seal_{name}") for name in ("anchor_id", "anchor_hash", "last_id", "last_hash"))
    # One statement, so one state of the database: entries that are appended meanwhile are not half seen.
    query = (
        sa.select(audit, *ends, audit_seal.c.seal)
        .select_from(audit_seal.outerjoin(audit, sa.true()))
        .order_by(audit.c.id)
    )
    faults: list[Fault] = []
    seal = None
    seals = connection.execute(sa.select(sa.func.count()).select_from(audit_seal)).scalar_one()
    if seals > 1:
        return [Fault(0, "there is more than one seal")]
    for row in connection.execution_options(stream_results=True).execute(query):
        if seal is None:
            seal = _Seal(row.seal_anchor_id, row.seal_anchor_hash, row.seal_last_id, row.seal_last_hash)
            if not hmac.compare_digest(row.seal, seal.signed(connection)):
                faults.append(Fault(0, "the seal does not fit: changed without the key, or the key is another one"))
            last_id, last_hash = seal.anchor_id, seal.anchor_hash
            seen = witness is None or witness[0] < seal.anchor_id
        if row.id is None:
            break
        faults += _faults_of(row, last_id, last_hash)
        seen = seen or (row.id, row.hash) == witness
        last_id, last_hash = row.id, row.hash
    if seal is None:
        return _faults_without_seal(connection, witness)
    if (last_id, last_hash) != (seal.last_id, seal.last_hash):
        faults.append(Fault(last_id, f"the trail ends here, but the seal says entry {seal.last_id}"))
    if not seen and witness != (seal.anchor_id, seal.anchor_hash):
        faults.append(Fault(0, "the entry that the witness names is not there"))
    return faults


def head(connection: Connection) -> tuple[int, str]:
    """Id and hash of the newest entry, to be kept elsewhere; (0, zeros) without one."""
    row = connection.execute(sa.select(audit_seal.c.last_id, audit_seal.c.last_hash)).first()
    return (row.last_id, row.last_hash) if row else (0, NO_HASH)


def entries(
    connection: Connection,
    *,
    subject: str | None = None,
    actor: str | None = None,
    action: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    before: int | None = None,
    limit: int = 100,
) -> list[Entry]:
    """Entries that fit all that is given, newest first; ``before`` (an id) turns the page."""
    query = sa.select(audit).order_by(audit.c.id.desc()).limit(limit)
    for column, given in ((audit.c.subject, subject), (audit.c.actor, actor), (audit.c.action, action)):
        if given is not None:
            query = query.where(column == given)
    if since is not None:
        query = query.where(audit.c.at >= since)
    if until is not None:
        query = query.where(audit.c.at < until)
    if before is not None:
        query = query.where(audit.c.id < before)
    return [
        Entry(row.id, row.at, row.actor, row.action, row.subject, json.loads(row.data), row.hash)
        for row in connection.execute(query)
    ]


def purge(connection: Connection, before: datetime, actor: str, now: datetime) -> int:
    """Removes the entries older than ``before``; the rest stays verifiable from the last one that went. How many went.

    Raises:
        ValueError: the trail has faults; they must not be purged away.
    """
    _lock(connection)
    if verify(connection):
        raise ValueError("The audit trail has faults: see aftercare audit verify. Nothing of it was purged.")
    seal, _ = _checked_seal(connection)
    kept = connection.execute(sa.select(sa.func.min(audit.c.id)).where(audit.c.at >= before)).scalar()
    through = (kept or seal.last_id + 1) - 1
    gone = sa.select(audit.c.hash).where(audit.c.id == through)
    anchor = connection.execute(gone).scalar()
    if anchor is None:
        return 0
    count = connection.execute(audit.delete().where(audit.c.id <= through)).rowcount
    seal = _Seal(through, anchor, seal.last_id, seal.last_hash)
    _store_seal(connection, _add(connection, seal, actor, PURGED, "audit", {"through": through, "count": count}, now))
    return int(count)


def _lock(connection: Connection) -> None:
    """SQLite's writers are alone from ``BEGIN IMMEDIATE`` on; PostgreSQL's queue here."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))


def _checked_seal(connection: Connection) -> tuple[_Seal, str]:
    """The seal to go on from, and what is wrong with the end of the chain: a new seal must not cover that up."""
    last = connection.execute(sa.select(audit.c.id, audit.c.hash).order_by(audit.c.id.desc()).limit(1)).first()
    row = connection.execute(sa.select(audit_seal)).first()
    if row is None:
        if last is None:
            return _Seal(0, NO_HASH, 0, NO_HASH), ""
        return _Seal(0, NO_HASH, last.id, last.hash), "the seal is missing"
    seal = _Seal(row.anchor_id, row.anchor_hash, row.last_id, row.last_hash)
    end = (last.id, last.hash) if last else (seal.anchor_id, seal.anchor_hash)
    going_on = _Seal(seal.anchor_id, seal.anchor_hash, max(end[0], seal.last_id), end[1])
    if not hmac.compare_digest(row.seal, seal.signed(connection)):
        return going_on, "the seal does not fit"
    return going_on, "" if end == (seal.last_id, seal.last_hash) else "the newest entry is not the sealed one"


def _add(
    connection: Connection,
    seal: _Seal,
    actor: str,
    action: str,
    subject: str,
    data: Mapping[str, Any],
    now: datetime,
) -> _Seal:
    number, text = seal.last_id + 1, _canonical(dict(data))
    digest = _hash(seal.last_hash, number, now, actor, action, subject, text)
    values = {"id": number, "at": now, "actor": actor, "action": action, "subject": subject, "data": text}
    connection.execute(audit.insert().values(**values, hash=digest))
    return _Seal(seal.anchor_id, seal.anchor_hash, number, digest)


def _store_seal(connection: Connection, seal: _Seal) -> None:
    values = {**seal.__dict__, "seal": seal.signed(connection)}
    if not connection.execute(audit_seal.update().values(**values)).rowcount:
        connection.execute(audit_seal.insert().values(id=1, **values))


def _faults_of(row: Row, last_id: int, last_hash: str) -> list[Fault]:
    faults = []
    if row.id != last_id + 1:
        faults.append(Fault(row.id, f"it follows entry {last_id}: entries are missing or were added"))
    if row.hash != _hash(last_hash, row.id, row.at, row.actor, row.action, row.subject, row.data):
        faults.append(Fault(row.id, "its hash does not fit: it, or the entry before it, was changed, removed or added"))
    if row.action == BROKEN:
        faults.append(Fault(row.id, "here the server found the end of the trail changed; the entry says what it found"))
    return faults


def _faults_without_seal(connection: Connection, witness: tuple[int, str] | None) -> list[Fault]:
    if connection.execute(sa.select(sa.func.count()).select_from(audit)).scalar_one():
        return [Fault(0, "the seal is missing")]
    if connection.execute(sa.select(escalations.c.id).where(escalations.c.acknowledged_at.is_not(None))).first():
        return [Fault(0, "the trail is empty, but staff have worked on escalations")]
    if witness is not None and witness[0] > 0:
        return [Fault(0, "the trail is empty, but the witness names an entry")]
    return []


def _hash(before: str, number: int, at: datetime, actor: str, action: str, subject: str, data: str) -> str:
    moment = at.astimezone(timezone.utc).isoformat(timespec="microseconds")
    fields = _canonical([before, number, moment, actor, action, subject, data])
    return hashlib.sha256(fields.encode()).hexdigest()


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def _key(connection: Connection) -> bytes:
    key = connection.get_execution_options().get(KEY_OPTION)
    if not isinstance(key, bytes):
        raise RuntimeError("The database was opened without the key of the audit trail.")
    return key
