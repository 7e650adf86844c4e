"""Accounts: made, changed, disabled, by an admin in the console or on the command line."""

from __future__ import annotations

import re

import pytest

from bot.console.people.accounts import AccountError, add_account, change_role, disable_account, list_accounts
from bot.console.people.roles import Role
from tests.conftest import TestServices
from tests.console.conftest import NAME, PASSWORD, Browser, Person
from tests.servers import aftercare


@pytest.fixture
def office(browser: Browser, admin: Person) -> Browser:
    """The admin's browser."""
    return browser.be(admin)


@pytest.mark.parametrize(("name", "reason"), [(NAME, "already"), ("", "name"), ("a\nb", "name"), ("x" * 101, "name")])
def test_an_account_that_cannot_be_used_is_not_made(
    services: TestServices, nurse: Person, name: str, reason: str
) -> None:
    with pytest.raises(AccountError, match=reason), services.database.write() as connection:
        add_account(connection, name, Role.NURSE, services.now())
    with services.database.read() as connection:
        assert [account.name for account in list_accounts(connection)] == [NAME]


def test_the_last_admin_stays(services: TestServices, admin: Person, nurse: Person) -> None:
    with services.database.write() as connection:
        with pytest.raises(AccountError, match="only admin"):
            disable_account(connection, admin.id, services.now())
        with pytest.raises(AccountError, match="only admin"):
            change_role(connection, admin.id, Role.NURSE)
        change_role(connection, nurse.id, Role.ADMIN)
        disable_account(connection, admin.id, services.now())
    assert not admin.account().active


def test_an_admin_makes_an_account_whose_password_is_shown_once(office: Browser, services: TestServices) -> None:
    made = office.send_form("/staff/people/add", name="N. Example", role="nurse").text
    once = re.search(r'<code class="key">([a-z2-9-]{19})</code>', made)
    assert once
    assert once[1] not in office.get("/staff/people").text
    with Browser(services) as other:
        answer = other.send_form("/staff/login", name="N. Example", password=once[1])
        assert answer.headers["location"] == "/staff/sign-in/password"
    assert "already" in office.send_form("/staff/people/add", name="N. Example", role="nurse").text
    assert office.send_form("/staff/people/add", name="X", role="owner").status_code == 400


def test_an_admin_changes_others(office: Browser, services: TestServices, nurse: Person) -> None:
    with Browser(services) as theirs:
        theirs.be(nurse)
        office.send_form(f"/staff/people/{nurse.id}/role", role="viewer")
        assert nurse.account().role is Role.VIEWER
        assert theirs.get("/staff").status_code == 200
        office.send_form(f"/staff/people/{nurse.id}/disable")
        assert theirs.get("/staff").status_code == 303
        office.send_form(f"/staff/people/{nurse.id}/enable")
        assert theirs.get("/staff").status_code == 303, "an ended session stays ended"
        once = re.search(
            r'<code class="key">([a-z2-9-]{19})</code>', office.send_form(f"/staff/people/{nurse.id}/reset").text
        )
        assert once
        assert not nurse.account().has_second_factor
        assert theirs.send_form("/staff/login", name=NAME, password=PASSWORD).status_code == 401
        assert theirs.send_form("/staff/login", name=NAME, password=once[1]).status_code == 303


@pytest.mark.parametrize("action", ["disable", "enable", "role", "reset"])
def test_nobody_changes_their_own_account_as_an_admin(office: Browser, admin: Person, action: str) -> None:
    answer = office.send_form(f"/staff/people/{admin.id}/{action}", role="viewer")
    assert answer.status_code == 409
    assert admin.account().role is Role.ADMIN


def test_an_account_that_is_not_there_cannot_be_changed(office: Browser) -> None:
    assert office.send_form("/staff/people/999/disable").status_code == 409


def test_a_password_is_changed_by_who_knows_it(services: TestServices, signed_in: Browser, nurse: Person) -> None:
    new = {"password": "another long password", "again": "another long password"}
    with Browser(services) as elsewhere:
        elsewhere.be(nurse)
        assert signed_in.send_form("/staff/account/password", current="wrong", **new).status_code == 400
        assert signed_in.send_form("/staff/account/password", current=PASSWORD, **new).status_code == 200
        assert signed_in.get("/staff").status_code == 200
        assert elsewhere.get("/staff").status_code == 303, "other browsers are signed out"


def test_new_recovery_codes_need_the_password(signed_in: Browser) -> None:
    assert signed_in.send_form("/staff/account/recovery-codes", current="wrong").status_code == 400
    page = signed_in.send_form("/staff/account/recovery-codes", current=PASSWORD).text
    assert len(re.findall(r"<code>[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}</code>", page)) == 10
    assert "10 of 10 are left" in signed_in.get("/staff/account").text


@pytest.mark.only_on("sqlite", reason="eight processes; nothing in them depends on the engine")
def test_the_command_line_makes_the_first_admin(browser: Browser, services: TestServices) -> None:
    folder = services.settings.data_dir
    made = aftercare("staff", "add", "A. Example", "--role", "admin", data_dir=folder)
    assert made.returncode == 0, made.stderr
    once = re.search(r"^  ([a-z2-9-]{19})$", made.stdout, flags=re.M)
    assert once
    assert browser.send_form("/staff/login", name="A. Example", password=once[1]).status_code == 303
    assert "only admin" in aftercare("staff", "disable", "A. Example", data_dir=folder).stderr
    assert aftercare("staff", "add", "X", "--role", "owner", data_dir=folder).returncode == 2
    aftercare("staff", "add", "B. Example", data_dir=folder)
    aftercare("staff", "role", "B. Example", "admin", data_dir=folder)
    assert aftercare("staff", "disable", "A. Example", data_dir=folder).returncode == 0
    listed = aftercare("staff", "list", data_dir=folder).stdout
    assert "A. Example  admin  disabled  no second factor yet" in listed
    again = aftercare("staff", "reset", "B. Example", data_dir=folder)
    assert re.search(r"^  [a-z2-9-]{19}$", again.stdout, flags=re.M)
    assert "no account with this name" in aftercare("staff", "role", "nobody", "viewer", data_dir=folder).stderr
