"""Making a backup while the server works."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot.backup.form import END, FORM, MARK, ROW, SPOOL, BackupError, fingerprint, kind_of, read_as, written
from bot.escalation import audit
from bot.records.database import Database, fault_of
from bot.records.tables import metadata

BATCH = 1000
Write = Callable[[Any], None]


def make(database: Database, spool: Path, secret_key: str, to: Path, now: datetime) -> tuple[Path, int]:
    """Copies everything to a new file that its owner alone can read; all rows are of one moment.

    Args:
        to: the file, or a folder in which it is named after the time.

    Returns:
        The file, and how many rows are in it.

    Raises:
        BackupError: there is such a file already, it cannot be written, or the database cannot be read.
    """
    path = to / f"aftercare-{now:%Y%m%d-%H%M%S}.jsonl.gz" if to.is_dir() else to
    if path.exists():
        raise BackupError(f"{path} exists. A backup is never written over: name another file, or a folder")
    # The spool first: a line that is filed meanwhile is then in both, and filing it twice does no harm.
    spooled = spool.read_text(encoding="ascii").splitlines() if spool.exists() else []
    part = path.with_name(path.name + ".part")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                with gzip.open(file, "wt", encoding="utf-8", compresslevel=6) as text:
                    rows = _write_all(text.write, database, spooled, secret_key, now)
                file.flush()
                os.fsync(file.fileno())
            # Fails where another run has made one of this name meanwhile.
            os.link(part, path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise BackupError(f"{path}: {error.strerror}") from None
    except SQLAlchemyError as error:
        raise BackupError(f"database: {fault_of(error)}") from None
    return path, rows


def _write_all(
    write_text: Callable[[str], Any], database: Database, spooled: list[str], secret_key: str, now: datetime
) -> int:
    def write(value: Any) -> None:
        write_text(json.dumps(value, separators=(",", ":")) + "\n")

    if not database.is_current():
        raise BackupError("the database's schema is not the newest. Run: aftercare db upgrade")
    tables = metadata.sorted_tables
    count = 0
    with database.snapshot() as connection:
        write(
            {
                MARK: FORM,
                "made_at": now.isoformat(),
                "revision": database.revision(connection),
                "key": fingerprint(secret_key),
                "tables": {table.name: {column.name: kind_of(column) for column in table.c} for table in tables},
            }
        )
        for number, table in enumerate(tables):
            for row in _rows(connection, table):
                write([ROW, number, [written(value) for value in row]])
                count += 1
        for line in spooled:
            write([SPOOL, line])
        write([END, count, len(spooled), *audit.head(connection)])
    return count


def _rows(connection: Connection, table: sa.Table) -> Iterator[sa.engine.Row]:
    """In the order of the primary key: a row that points to another one of its table comes after it."""
    query = sa.select(*(read_as(column) for column in table.c)).order_by(*table.primary_key.columns)
    return iter(connection.execution_options(stream_results=True).execute(query).yield_per(BATCH))
