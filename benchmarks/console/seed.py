"""Fills a database: ``python -m benchmarks.console.seed --escalations 100000 --messages 1000000``.

For measuring only: the words are a handful of sentences, the names are numbers. Refuses a database that holds
conversations already.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import sqlalchemy as sa
import typer

from bot.records.database import Database
from bot.records.tables import conversations, escalation_symptoms, escalations, messages, raises

#: Rows in one statement.
BATCH = 5000
#: One case in so many is still open.
OPEN_IN = 40
WORDS = (
    ("fever", "I have a fever of 102 and feel cold all the time", "a fever of 102"),
    ("leg_symptom", "my leg went numb this morning and it is still not right", "leg went numb"),
    ("headache", "this headache has been here for two days now", "headache"),
    ("infection_sign", "the needle site is red and there is some fluid coming out", "needle site is red"),
    ("nausea", "I cannot keep anything down since yesterday", "cannot keep anything down"),
    ("chest_pain", "I have chest pain when I breathe", "chest pain"),
)
DISPOSITIONS = ("emergency", "urgent", "urgent", "urgent", "urgent", "routine", "routine", "routine")


def main(
    url: str = typer.Option("", help="Database; by default that of the settings."),
    escalations_wanted: int = typer.Option(100_000, "--escalations"),
    messages_wanted: int = typer.Option(1_000_000, "--messages"),
) -> None:
    """Fill an empty database with escalations, each with its conversation."""
    from bot.settings import Settings

    database = Database(url or str(Settings.load().prepare().database_url))
    database.migrate()
    seed(database, escalations_wanted, messages_wanted)
    typer.echo(f"{escalations_wanted} escalations, {messages_wanted} messages")


def seed(database: Database, escalations_wanted: int, messages_wanted: int, now: datetime | None = None) -> None:
    """
    Raises:
        ValueError: the database is not empty.
    """
    with database.read() as connection:
        if connection.execute(sa.select(conversations.c.id).limit(1)).first():
            raise ValueError("This database holds conversations already. Seed an empty one.")
    each, moment = messages_wanted // escalations_wanted, now or datetime.now(timezone.utc)

    def cases() -> Iterator[dict[str, Any]]:
        # Made anew for each table, the same each time: all at once they would take half a gigabyte.
        return (_case(number, escalations_wanted, each, moment) for number in range(escalations_wanted))

    _insert(database, conversations, (case["conversation"] for case in cases()))
    _insert(database, escalations, (case["escalation"] for case in cases()))
    _insert(database, escalation_symptoms, (case["symptom"] for case in cases()))
    _insert(database, raises, (case["raise"] for case in cases()))
    _insert(database, messages, _messages(cases(), each))
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # As it is after a quiet night: PostgreSQL does both by itself, in the middle of a measurement if need be.
        connection.exec_driver_sql("VACUUM ANALYZE" if database.engine.dialect.name == "postgresql" else "ANALYZE")


def _case(number: int, of: int, each: int, now: datetime) -> dict[str, Any]:
    """A conversation and its escalation, the oldest first; the newest are a few minutes old."""
    chance = random.Random(number)
    symptom, text, words = chance.choice(WORDS)
    opened = now - timedelta(minutes=5 * (of - number))
    channel = chance.choice(("website", "website", "sms"))
    is_open = chance.randrange(OPEN_IN) == 0
    acknowledged = None if is_open and chance.random() < 0.5 else opened + timedelta(minutes=chance.expovariate(0.1))
    status = "closed" if not is_open else "acknowledged" if acknowledged else "open"
    identity, owner = _reference(number), f"{number:032x}"
    disposition = "emergency" if symptom == "chest_pain" else chance.choice(DISPOSITIONS)
    first = number * each + 1
    start = text.index(words)
    finding = {"symptom": symptom, "present": True, "text": words, "start": start, "end": start + len(words)}
    fired = {"id": f"{symptom}.seed", "disposition": disposition, "symptom": symptom, "evidence": words, "source": "A"}
    named = chance.random() < 0.4
    return {
        "text": text,
        "first": first,
        "conversation": {
            "id": owner,
            "channel": channel,
            "address": f"+1312{number:07}" if channel == "sms" else None,
            "created_at": opened,
            "contact_name": f"Patient {chance.choice('ABCDEFGHJKLMNPRSTVW')}{number}" if named else None,
            "contact_phone": f"+1217{number:07}" if named else None,
            "fence": 1,
            "read_up_to": None if is_open else first + each - 1,
        },
        "escalation": {
            "id": identity,
            "conversation_id": owner,
            "channel": channel,
            "status": status,
            "disposition": disposition,
            "priority": chance.choice((0, 0, 0, 1)),
            "origin": "action",
            "findings": [{**finding, "message_id": first}],
            "criteria": [{**fired, "message_id": first}],
            "notes": [],
            "protocol_version": "seed",
            "protocol_hash": "0" * 64,
            "opened_at": opened,
            "updated_at": opened,
            "acknowledged_at": acknowledged,
            "acknowledged_by": "R. Example" if acknowledged else None,
            "closed_at": opened + timedelta(hours=2) if status == "closed" else None,
            "closed_by": "R. Example" if status == "closed" else None,
            "outcome": "advised" if status == "closed" else None,
            "version": 1,
        },
        "symptom": {"escalation_id": identity, "symptom": symptom},
        "raise": {
            "escalation_id": identity,
            "number": 1,
            "disposition": disposition,
            "raised_at": opened,
            "rungs": 9,
            "next_at": now + timedelta(days=365),
            "scheduled_at": opened,
            "ended_at": acknowledged,
            "ended_by": "acknowledged" if acknowledged else None,
        },
    }


def _messages(cases: Iterator[dict[str, Any]], each: int) -> Iterator[dict[str, Any]]:
    """``each`` messages for every case, in turns, with ids in a row."""
    for number, case in enumerate(cases):
        at = case["escalation"]["opened_at"]
        for turn in range(each):
            patient = turn % 2 == 0
            first = turn == 0
            yield {
                "id": number * each + turn + 1,
                "conversation_id": case["conversation"]["id"],
                "author": "patient" if patient else "bot",
                "channel": case["conversation"]["channel"],
                "channel_message_id": f"{number}-{turn}" if patient else None,
                "text": case["text"] if patient else "Call your provider now. " * 8,
                "created_at": at + timedelta(seconds=turn),
                "answered_at": at if patient else None,
                "screen_disposition": case["escalation"]["disposition"] if first else "none",
                "escalation_id": case["escalation"]["id"] if first else None,
                "replies_to": None if patient else number * each + turn,
                "disposition": None if patient else "urgent",
                "response": None if patient else "utter_urgent",
            }


def _reference(number: int) -> str:
    letters = "23456789BCDFGHJKMNPQRSTVWXZ"
    digits = []
    for _ in range(8):
        number, digit = divmod(number, len(letters))
        digits.append(letters[digit])
    return "".join(digits[4:]) + "-" + "".join(digits[:4])


def _insert(database: Database, table: sa.Table, rows: Iterator[dict[str, Any]]) -> None:
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            _write(database, table, batch)
            batch = []
    if batch:
        _write(database, table, batch)


def _write(database: Database, table: sa.Table, batch: list[dict[str, Any]]) -> None:
    with database.write() as connection:
        connection.execute(table.insert(), batch)


if __name__ == "__main__":
    typer.run(main)
