"""The audit trail: whatever is done to it behind the server's back is found."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.escalation import audit
from bot.records.database import Database
from bot.records.tables import audit as table
from bot.records.tables import audit_seal
from tests.conftest import TestServices

ENTRIES = 30


def write(services: TestServices, count: int, first: int = 0) -> None:
    for number in range(first, first + count):
        with services.database.write() as connection:
            audit.append(
                connection, f"nurse {number % 3}", "case.viewed", f"escalation/{number}", {"n": number}, services.now()
            )
        services.pass_time(minutes=1)


def verify(services: TestServices, witness: tuple[int, str] | None = None) -> list[audit.Fault]:
    with services.database.read() as connection:
        return audit.verify(connection, witness)


def test_an_untouched_trail_verifies(services: TestServices) -> None:
    assert verify(services) == []
    write(services, ENTRIES)
    assert verify(services) == []


def test_entries_are_found_newest_first(services: TestServices) -> None:
    write(services, ENTRIES)
    middle = services.now() - timedelta(minutes=10)
    with services.database.read() as connection:
        assert [entry.id for entry in audit.entries(connection, limit=3)] == [30, 29, 28]
        assert [entry.id for entry in audit.entries(connection, limit=3, before=28)] == [27, 26, 25]
        assert {entry.id % 3 for entry in audit.entries(connection, actor="nurse 1")} == {2}
        assert [entry.data for entry in audit.entries(connection, subject="escalation/4")] == [{"n": 4}]
        assert len(audit.entries(connection, since=middle)) == 10
        assert len(audit.entries(connection, until=middle)) == ENTRIES - 10
        assert audit.entries(connection, action="no.such") == []


def test_what_is_not_committed_leaves_no_entry(services: TestServices) -> None:
    with services.database.engine.connect() as connection, connection.begin() as transaction:
        audit.append(connection, "Ana", "case.viewed", "escalation/1", {}, services.now())
        transaction.rollback()
    write(services, 2)
    assert verify(services) == []
    with services.database.read() as connection:
        assert audit.head(connection)[0] == 2


# Tampering, by somebody who can write to the database but does not have the key


def _random_row(connection: Connection, draw: random.Random) -> sa.engine.Row:
    return draw.choice(connection.execute(sa.select(table)).all())


def change_a_field(connection: Connection, draw: random.Random) -> None:
    row = _random_row(connection, draw)
    field = draw.choice(["at", "actor", "action", "subject", "data", "hash"])
    value = row.at + timedelta(microseconds=draw.randint(1, 10**9)) if field == "at" else None
    if value is None:
        text = getattr(row, field)
        place = draw.randrange(len(text))
        value = text[:place] + draw.choice([c for c in '0123abcXYZ "' if c != text[place]]) + text[place + 1 :]
    connection.execute(table.update().where(table.c.id == row.id).values({field: value}))


def delete_entries(connection: Connection, draw: random.Random) -> None:
    first = _random_row(connection, draw).id
    connection.execute(table.delete().where(table.c.id.between(first, first + draw.randrange(5))))


def delete_and_close_the_gap(connection: Connection, draw: random.Random) -> None:
    row = _random_row(connection, draw)
    connection.execute(table.delete().where(table.c.id == row.id))
    for identity in range(row.id + 1, ENTRIES + 1):
        connection.execute(table.update().where(table.c.id == identity).values(id=identity - 1))


def cut_off_the_end(connection: Connection, draw: random.Random) -> None:
    last = draw.randrange(ENTRIES)
    connection.execute(table.delete().where(table.c.id > last))
    if draw.random() < 0.5:
        kept = connection.execute(sa.select(table.c.hash).where(table.c.id == last)).scalar() or audit.NO_HASH
        connection.execute(audit_seal.update().values(last_id=last, last_hash=kept))


def cut_off_the_beginning(connection: Connection, draw: random.Random) -> None:
    row = _random_row(connection, draw)
    connection.execute(table.delete().where(table.c.id <= row.id))
    if draw.random() < 0.5:
        connection.execute(audit_seal.update().values(anchor_id=row.id, anchor_hash=row.hash))


def insert_an_entry(connection: Connection, draw: random.Random) -> None:
    row = dict(_random_row(connection, draw)._mapping)
    connection.execute(table.insert().values({**row, "id": draw.choice([0, -1, ENTRIES + 1, ENTRIES + 7])}))


def swap_two(connection: Connection, draw: random.Random) -> None:
    one, other = draw.sample(connection.execute(sa.select(table)).all(), 2)
    fields = draw.choice([["hash"], ["subject", "data"], ["at"], ["at", "actor", "action", "subject", "data", "hash"]])
    for row, source in ((one, other), (other, one)):
        values = {field: getattr(source, field) for field in fields}
        connection.execute(table.update().where(table.c.id == row.id).values(values))


def rebuild_the_chain(connection: Connection, draw: random.Random) -> None:
    """Changes an entry and computes every hash anew, as the source of this program shows."""
    changed = _random_row(connection, draw).id
    last = audit.NO_HASH
    for row in connection.execute(sa.select(table).order_by(table.c.id)).all():
        actor = "somebody else" if row.id == changed else row.actor
        last = audit._hash(last, row.id, row.at, actor, row.action, row.subject, row.data)
        connection.execute(table.update().where(table.c.id == row.id).values(actor=actor, hash=last))
    connection.execute(audit_seal.update().values(last_hash=last))
    if draw.random() < 0.5:
        guess = hashlib.sha256(last.encode()).hexdigest()
        connection.execute(audit_seal.update().values(seal=guess))


def change_the_seal(connection: Connection, draw: random.Random) -> None:
    field = draw.choice(["anchor_id", "anchor_hash", "last_id", "last_hash", "seal"])
    value: object = draw.randint(1000, 9999) if field.endswith("id") else "f" * 64
    connection.execute(audit_seal.update().values({field: value}))


def remove_the_seal(connection: Connection, draw: random.Random) -> None:
    connection.execute(audit_seal.delete())


def empty_the_trail(connection: Connection, draw: random.Random) -> None:
    connection.execute(table.delete())


MUTATIONS: list[Callable[[Connection, random.Random], None]] = [
    change_a_field, delete_entries, delete_and_close_the_gap, cut_off_the_end, cut_off_the_beginning, insert_an_entry,
    swap_two, rebuild_the_chain, change_the_seal, remove_the_seal, empty_the_trail,
]  # fmt: skip


def test_five_hundred_random_mutations_are_all_found(services: TestServices) -> None:
    write(services, ENTRIES)
    draw = random.Random(20261123)
    tried: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for _ in range(500):
        mutation = draw.choice(MUTATIONS)
        with services.database.engine.connect() as connection, connection.begin() as transaction:
            mutation(connection, draw)
            tried[mutation.__name__] += 1
            missed[mutation.__name__] += not audit.verify(connection)
            transaction.rollback()
    assert +missed == Counter()
    assert len(tried) == len(MUTATIONS)
    assert verify(services) == []


@pytest.mark.parametrize("mutation", [cut_off_the_end, change_the_seal, remove_the_seal, empty_the_trail])
def test_going_on_does_not_cover_tampering_up(
    services: TestServices, mutation: Callable[[Connection, random.Random], None]
) -> None:
    write(services, ENTRIES)
    with services.database.write() as connection:
        mutation(connection, random.Random(1))
    write(services, 3, ENTRIES)
    faults = verify(services)
    assert any("server found" in fault.what for fault in faults)
    with services.database.read() as connection:
        assert len(audit.entries(connection, action=audit.BROKEN)) == 1


def test_another_key_does_not_verify(services: TestServices) -> None:
    write(services, 3)
    other = Database(services.database.url, {audit.KEY_OPTION: audit.key_of("another")})
    with other.read() as connection:
        assert [fault.id for fault in audit.verify(connection)] == [0]
    other.dispose()


def test_a_witness_tells_of_an_earlier_state_put_back(services: TestServices) -> None:
    write(services, 5)
    with services.database.read() as connection:
        earlier_seal = dict(connection.execute(sa.select(audit_seal)).one()._mapping)
    write(services, 5, 5)
    with services.database.read() as connection:
        witness = audit.head(connection)
    write(services, 1, 10)
    assert verify(services, witness) == []
    with services.database.write() as connection:
        connection.execute(table.delete().where(table.c.id > 5))
        connection.execute(audit_seal.update().values(earlier_seal))
    assert verify(services) == []
    assert [fault.what for fault in verify(services, witness)] == ["the entry that the witness names is not there"]


def test_purging_leaves_a_trail_that_verifies(services: TestServices) -> None:
    write(services, ENTRIES)
    for kept in (20, 5, 0):
        with services.database.write() as connection:
            audit.purge(connection, services.now() - timedelta(minutes=kept), "system", services.now())
        assert verify(services) == []
    write(services, 2, ENTRIES)
    assert verify(services) == []
    with services.database.read() as connection:
        listed = [(entry.id, entry.action) for entry in audit.entries(connection)]
    assert listed[:2] == [(35, "case.viewed"), (34, "case.viewed")]
    assert listed[-1][1] == audit.PURGED


def test_a_trail_with_faults_is_not_purged(services: TestServices) -> None:
    write(services, 5)
    with services.database.write() as connection:
        connection.execute(table.update().where(table.c.id == 2).values(actor="nobody"))
    with pytest.raises(ValueError, match="audit verify"), services.database.write() as connection:
        audit.purge(connection, services.now(), "system", services.now())
    with services.database.read() as connection:
        assert audit.head(connection)[0] == 5
