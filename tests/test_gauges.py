"""The gauges tell what the database holds, and never 0 when it cannot be asked."""

from __future__ import annotations

import math
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.escalation import outbox
from bot.escalation.model import Origin, Report
from bot.escalation.outbox import Item
from bot.gauges import OVERDUE, StoredFigures
from bot.records import conversations, messages
from bot.records.messages import Inbound
from bot.triage.model import Disposition
from tests.conftest import TestServices


def figures(services: TestServices) -> dict[tuple[str, ...], float]:
    text = StoredFigures(services.database, services.now).text().decode()
    return {
        (sample.name.removeprefix("aftercare_"), *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def store(services: TestServices, number: int, disposition: Disposition, filed: bool) -> None:
    inbound = Inbound(f"{number:032x}", "words", "website", f"m{number}")
    with services.database.write() as connection:
        conversations.ensure_conversation(connection, inbound, services.now())
        message_id, _ = messages.accept_message(connection, inbound, services.now())
        messages.store_screen(connection, message_id, disposition.value, {})
        if filed:
            report = Report(disposition, Origin.ACTION)
            services.escalations.file_within(connection, inbound.conversation_id, "website", report, message_id)


@pytest.mark.leaves_red(reason="that it is counted is what is tested")
def test_urgent_messages_without_an_escalation(services: TestServices) -> None:
    assert figures(services)["urgent_without_escalation",] == 0
    store(services, 1, Disposition.URGENT, filed=True)
    store(services, 2, Disposition.EMERGENCY, filed=False)
    store(services, 3, Disposition.ROUTINE, filed=False)
    assert figures(services)["urgent_without_escalation",] == 0  # its turn may still be under way
    services.time += OVERDUE + timedelta(seconds=1)
    assert figures(services)["urgent_without_escalation",] == 1


def test_open_escalations_and_the_longest_wait(services: TestServices) -> None:
    assert figures(services)["oldest_unacknowledged_seconds", "urgent"] == 0
    store(services, 1, Disposition.URGENT, filed=True)
    services.pass_time(minutes=5)
    store(services, 2, Disposition.EMERGENCY, filed=True)
    services.pass_time(minutes=1)
    told = figures(services)
    assert told["oldest_unacknowledged_seconds", "urgent"] == 360
    assert told["oldest_unacknowledged_seconds", "emergency"] == 60
    assert told["open_escalations", "urgent", "open"] == told["open_escalations", "emergency", "open"] == 1
    (first,) = (item for item in services.escalations.list() if item.disposition is Disposition.URGENT)
    services.escalations.acknowledge(first.id, "Ana", first.version)
    told = figures(services)
    assert told["oldest_unacknowledged_seconds", "urgent"] == 0
    assert told["oldest_unacknowledged_seconds", "emergency"] == 60
    assert (told["open_escalations", "urgent", "open"], told["open_escalations", "urgent", "acknowledged"]) == (0, 1)


def test_without_a_database_nothing_is_said_to_be_0(services: TestServices) -> None:
    with services.database.write() as connection:
        connection.exec_driver_sql("DROP TABLE outbox")
        connection.exec_driver_sql("DROP TABLE raises")
    told = figures(services)
    assert told.pop(("database_up",)) == 0
    assert told
    assert all(math.isnan(value) for value in told.values())


@pytest.mark.parametrize("name", ["urgent_without_escalation", "database_up"])
def test_each_has_one_sample(services: TestServices, name: str) -> None:
    assert [key for key in figures(services) if key[0] == name] == [(name,)]


def test_the_outbox(services: TestServices) -> None:
    store(services, 1, Disposition.URGENT, filed=True)
    (escalation,) = services.escalations.list()
    with services.database.write() as connection:
        for number in range(3):
            item = Item("notify", f"key{number}", "on_call", {}, escalation.id)
            assert outbox.enqueue(connection, item, services.now())
        held = outbox.claim(connection, ("notify", "on_call"), services.now())
        assert held
        outbox.mark_dead(connection, held, services.now(), "no connection")
    services.pass_time(seconds=90)
    told = figures(services)
    assert (told["outbox_pending", "notify"], told["outbox_dead", "notify"]) == (2, 1)
    assert (told["outbox_oldest_seconds", "notify"], told["outbox_pending", "sms"]) == (90, 0)
