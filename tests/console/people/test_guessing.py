"""Guessing passwords and codes is slowed down, for known and unknown names alike; what stays of a sign-in."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from bot.console.people.lockout import FREE_TRIES, LONGEST_WAIT
from bot.escalation import audit
from bot.records.console.tables import sign_in_failures
from tests.conftest import TestServices
from tests.console.conftest import NAME, PASSWORD, Browser, Person


@pytest.mark.parametrize("name", [NAME, "nobody"])
def test_guessing_is_slowed_down_for_known_and_unknown_names_alike(
    browser: Browser, services: TestServices, nurse: Person, name: str
) -> None:
    statuses = []
    for _ in range(200):
        statuses.append(browser.send_form("/staff/login", name=name, password="a wrong password").status_code)
        services.pass_time(seconds=10)
    looked_at = statuses.count(401)
    assert set(statuses) == {401, 429}
    assert looked_at <= 13, "of 200 guesses in half an hour"
    assert browser.send_form("/staff/login", name=name, password=PASSWORD).status_code == 429
    services.pass_time(seconds=LONGEST_WAIT.total_seconds())
    right = browser.send_form("/staff/login", name=name, password=PASSWORD).status_code
    assert right == (303 if name == NAME else 401)


def test_codes_cannot_be_guessed_by_signing_in_again_and_again(
    browser: Browser, services: TestServices, nurse: Person
) -> None:
    tried = 0
    for _ in range(100):
        if browser.send_form("/staff/login", name=NAME, password=PASSWORD).status_code == 303:
            tried += browser.send_form("/staff/sign-in/code", code="000000").status_code == 401
        services.pass_time(seconds=10)
    assert tried <= 12, "of 100 guesses in a quarter of an hour"


def test_guessing_many_names_from_one_place_is_slowed_down(browser: Browser, nurse: Person) -> None:
    tries = FREE_TRIES["address"] + 5
    statuses = [
        browser.send_form("/staff/login", name=f"name {number}", password="password1").status_code
        for number in range(tries)
    ]
    assert statuses == [401] * FREE_TRIES["address"] + [429] * 5


def test_a_success_forgets_the_failures_of_the_name(browser: Browser, services: TestServices, nurse: Person) -> None:
    for _ in range(3):
        for _ in range(FREE_TRIES["name"] - 1):
            assert browser.send_form("/staff/login", name=NAME, password="wrong").status_code == 401
        assert browser.sign_in(nurse).headers["location"] == "/staff"
        browser.send_form("/staff/logout")
        services.pass_time(seconds=31)


def test_what_was_typed_as_a_name_is_not_kept(browser: Browser, services: TestServices) -> None:
    browser.send_form("/staff/login", name="my password by mistake", password="x")
    with services.database.read() as connection:
        assert "mistake" not in repr(connection.execute(sa.select(sign_in_failures)).all())


def test_sign_ins_and_changes_of_accounts_are_in_the_audit_trail(
    browser: Browser, services: TestServices, nurse: Person
) -> None:
    browser.send_form("/staff/login", name=NAME, password="wrong")
    browser.sign_in(nurse)
    browser.send_form("/staff/account/recovery-codes", current=PASSWORD)
    browser.send_form("/staff/logout")
    with services.database.read() as connection:
        entries = audit.entries(connection)
        assert audit.verify(connection) == []
    assert [(entry.actor, entry.action, entry.subject) for entry in reversed(entries)] == [
        (NAME, f"staff.{action}", f"staff/{NAME}") for action in ("signed_in", "recovery_codes_made", "signed_out")
    ]
