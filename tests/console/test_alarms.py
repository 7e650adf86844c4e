"""The head of every page: nobody is notified, a copy is not ready; and the console without its database."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.console.worklist.deadline import due_at
from bot.conversation.heartbeat import Heartbeat
from bot.records.console import copies
from tests.conftest import TestServices
from tests.console.conftest import Browser


def heartbeat(services: TestServices, *problems: str) -> Heartbeat:
    return Heartbeat(services.database, lambda: problems, services.now)


def test_a_copy_that_is_not_ready_is_seen_from_all(signed_in: Browser, services: TestServices) -> None:
    broken, well = heartbeat(services, "model: no model"), heartbeat(services)
    broken.beat()
    well.beat()
    assert "not ready" not in signed_in.get("/staff").text, "it may still be starting"
    services.pass_time(seconds=copies.MAY_START.total_seconds() + 1)
    broken.beat()
    well.beat()
    page = signed_in.get("/staff").text
    assert page.count("A copy of the server is not ready") == 1
    assert "model: no model" in page
    services.pass_time(seconds=copies.SILENT_AFTER.total_seconds() + 1)
    broken.leave()
    assert "it has stopped without a word" in signed_in.get("/staff").text
    well.leave()
    assert "not ready" not in signed_in.get("/staff").text


def test_a_copy_that_fell_silent_is_forgotten(services: TestServices) -> None:
    heartbeat(services).beat()
    services.pass_time(seconds=copies.FORGOTTEN_AFTER.total_seconds() + 1)
    with services.database.read() as connection:
        assert len(copies.troubled(connection, services.now())) == 1
    heartbeat(services).beat()
    with services.database.read() as connection:
        assert copies.troubled(connection, services.now()) == []


def test_without_a_route_staff_are_told_that_nobody_is_notified(signed_in: Browser) -> None:
    assert "No notification route is set up" in signed_in.get("/staff").text


@pytest.mark.only_on("sqlite", reason="a database that is not there")
def test_without_its_database_the_console_says_what_still_works(signed_in: Browser, services: TestServices) -> None:
    services.__dict__["database"] = type(services.database)(f"sqlite:///{services.settings.data_dir}/gone/a.db")
    answer = signed_in.get("/staff")
    assert answer.status_code == 503
    assert "The database cannot be reached" in answer.text
    assert "watch" in answer.text


@pytest.mark.parametrize(
    ("disposition", "minutes"), [("emergency", 5), ("urgent", 15), ("clarify", 15), ("routine", 240)]
)
def test_deadlines_are_the_clinics(services: TestServices, disposition: str, minutes: int) -> None:
    due = due_at(services.clinic, disposition, services.now())
    assert due == services.now() + timedelta(minutes=minutes)


def test_a_routine_case_of_the_evening_is_due_after_the_office_opens(services: TestServices) -> None:
    services.pass_time(hours=10)
    due = due_at(services.clinic, "routine", services.now()).astimezone(services.clinic.zone)
    assert f"{due:%A %H:%M}" == "Wednesday 12:00"
    assert due_at(services.clinic, "urgent", services.now()) == services.now() + timedelta(minutes=15)
