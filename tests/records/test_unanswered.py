"""Unanswered questions are counted, once for all the ways to type them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from bot.records.unanswered import LONGEST, list_unanswered, record_unanswered
from tests.conftest import TestServices

NOW = datetime(2026, 6, 9, 15, 0, tzinfo=timezone.utc)


def test_the_most_frequent_comes_first(services: TestServices) -> None:
    asked = [
        ("Can I swim?", "website"),
        ("can i  swim", "sms"),
        ("Can I take a bath?", "website"),
        ("CAN I SWIM ?!", "website"),
    ]
    for minute, (text, channel) in enumerate(asked):
        with services.database.write() as connection:
            record_unanswered(connection, text, channel, NOW + timedelta(minutes=minute))
    with services.database.read() as connection:
        swim, bath = list_unanswered(connection)
        (first,) = list_unanswered(connection, limit=1)
    assert (swim.text, swim.count, swim.channels) == ("can i swim", 3, ("sms", "website"))
    assert (swim.first_asked, swim.last_asked) == (NOW, NOW + timedelta(minutes=3))
    assert (bath.text, bath.count) == ("can i take a bath", 1)
    assert first == swim


def test_long_and_empty_texts(services: TestServices) -> None:
    with services.database.write() as connection:
        record_unanswered(connection, "?!", "sms", NOW)
        record_unanswered(connection, "why " * 200, "sms", NOW)
    with services.database.read() as connection:
        (only,) = list_unanswered(connection)
    assert len(only.text) == LONGEST
