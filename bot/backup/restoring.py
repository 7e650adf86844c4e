"""Making an installation of a backup."""

from __future__ import annotations

import gzip
import itertools
import json
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.util import CommandError
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot.backup.form import END, FORM, KINDS, MARK, ROW, SPOOL, BackupError, fingerprint
from bot.escalation import audit
from bot.records.database import Database, fault_of

BATCH = 500


@dataclass(frozen=True)
class Restored:
    made_at: str
    rows: int
    spooled: int
    #: What is wrong with the audit trail; empty when it is whole.
    faults: list[audit.Fault]
    #: Id and hash of its newest entry.
    head: tuple[int, str]


def restore(database: Database, spool: Path, secret_key: str, source: Path, *, lost_key: bool = False) -> Restored:
    """Fills an empty database and spool from a backup, all or nothing, and brings the schema up to date.

    Args:
        lost_key: go on although the secret key is another one: nobody's second factor works then, and the audit trail
            is no longer proven.

    Raises:
        BackupError: the backup is damaged, or something is there already; nothing was changed then.
    """
    try:
        with gzip.open(source, "rt", encoding="utf-8") as text:
            lines = (json.loads(line) for line in text)
            header = next(lines, None)
            if not isinstance(header, dict) or MARK not in header:
                raise BackupError(f"{source} is no backup of Aftercare")
            if header[MARK] != FORM:
                raise BackupError(f"{source} is of another version's form. Use that version")
            if header["key"] != fingerprint(secret_key) and not lost_key:
                raise BackupError(
                    "the backup belongs to another secret key: set AFTERCARE_SECRET_KEY to it, or put its file "
                    "secret_key into the data folder (lost: --lost-key)"
                )
            end, spooled = _fill(database, spool, header, lines)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise BackupError(f"{source} is damaged or cannot be read ({type(error).__name__})") from None
    except SQLAlchemyError as error:
        raise BackupError(f"database: {fault_of(error)}") from None
    database.migrate()
    _spool(spool, spooled)
    with database.read() as connection:
        faults = audit.verify(connection, (end[2], end[3]))
        return Restored(header["made_at"], end[0], end[1], faults, audit.head(connection))


def _fill(
    database: Database, spool: Path, header: dict[str, Any], lines: Iterator[list[Any]]
) -> tuple[list[Any], list[str]]:
    """The end line's figures, and the lines of the spool."""
    if spool.exists():
        raise BackupError(f"{spool} is there already: restore into a fresh data folder")
    _prepare(database, header["revision"])
    tables = _tables(header)
    count, spooled, end = 0, [], None
    with database.write() as connection:
        for table, _ in tables:
            if connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first():
                raise BackupError("the database is not empty: restore into a fresh one")
        for (what, number), group in itertools.groupby(lines, key=lambda line: (line[0], line[1])):
            if what == ROW:
                table, kinds = tables[number]
                count += _insert(connection, table, kinds, (line[2] for line in group))
            elif what == SPOOL:
                spooled += [line[1] for line in group]
            elif what == END:
                end = next(group)[1:]
        if end is None or end[:2] != [count, len(spooled)]:
            raise BackupError("the backup is damaged: its end is missing")
        if connection.dialect.name == "postgresql":
            _count_on(connection, tables)
    return end, spooled


def _prepare(database: Database, revision: str) -> None:
    """An empty schema of the version that the backup was made with."""
    with database.read() as connection:
        present = database.revision(connection)
    if present not in (None, revision):
        raise BackupError("the database has a schema of another version already: restore into a fresh one")
    try:
        database.migrate(revision)
    except CommandError:
        raise BackupError("the backup is of a newer version of Aftercare. Use that version") from None


def _tables(header: dict[str, Any]) -> list[tuple[sa.sql.TableClause, list[str]]]:
    """As they were when the backup was made, each with the kinds of its columns."""
    return [
        (sa.table(name, *(sa.column(column, KINDS[kind][0]) for column, kind in columns.items())), [*columns.values()])
        for name, columns in header["tables"].items()
    ]


def _insert(connection: Connection, table: sa.sql.TableClause, kinds: list[str], rows: Iterator[list[Any]]) -> int:
    names = [column.name for column in table.c]
    count = 0
    while batch := list(itertools.islice(rows, BATCH)):
        values = [
            {
                name: None if value is None else KINDS[kind][1](value)
                for name, kind, value in zip(names, kinds, row, strict=True)
            }
            for row in batch
        ]
        connection.execute(table.insert(), values)
        count += len(batch)
    return count


def _count_on(connection: Connection, tables: list[tuple[sa.sql.TableClause, list[str]]]) -> None:
    """New rows get numbers above those that came from the backup."""
    for table, _ in tables:
        if "id" in table.c and (sequence := _sequence(connection, table.name)):
            last = connection.execute(sa.select(sa.func.max(table.c.id))).scalar()
            if last is not None:
                connection.execute(sa.select(sa.func.setval(sequence, last)))


def _sequence(connection: Connection, table: str) -> str | None:
    found: str | None = connection.execute(sa.select(sa.func.pg_get_serial_sequence(table, "id"))).scalar()
    return found


def _spool(path: Path, lines: list[str]) -> None:
    if lines:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write("".join(f"{line}\n" for line in lines))
            file.flush()
            os.fsync(file.fileno())
