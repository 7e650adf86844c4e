"""Signing in: who gets in, who does not, and when it ends."""

from __future__ import annotations

import pytest

from bot.console.accounts import AccountError, add_account, disable_account, list_accounts
from tests.conftest import TestServices
from tests.console.conftest import NAME, PASSWORD, Browser


def test_the_list_needs_a_sign_in(browser: Browser) -> None:
    answer = browser.get("/staff")
    assert (answer.status_code, answer.headers["location"]) == (303, "/staff/login")


def test_signed_in_staff_see_the_list_and_no_cache_keeps_it(browser: Browser) -> None:
    assert browser.sign_in().headers["location"] == "/staff"
    page = browser.get("/staff")
    assert page.status_code == 200
    assert NAME in page.text
    assert page.headers["cache-control"] == "no-store"


def test_the_cookie_is_kept_from_scripts_and_other_sites(browser: Browser) -> None:
    cookie = browser.get("/staff/login").headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "path=/staff" in cookie


@pytest.mark.parametrize(
    ("name", "password"),
    [(NAME, "not the password"), (NAME, ""), ("nobody", PASSWORD), ("", ""), (NAME, PASSWORD + "x" * 5000)],
)
def test_a_wrong_name_or_password_gets_the_same_refusal(browser: Browser, name: str, password: str) -> None:
    answer = browser.sign_in(name, password)
    assert answer.status_code == 401
    assert "do not match an active account" in answer.text
    assert browser.get("/staff").status_code == 303


@pytest.mark.parametrize("token", ["", "made up"])
def test_a_form_of_another_site_does_not_sign_in(browser: Browser, token: str) -> None:
    browser.get("/staff/login")
    answer = browser.post("/staff/login", data={"name": NAME, "password": PASSWORD, "token": token})
    assert answer.status_code == 403
    assert browser.get("/staff").status_code == 303


def test_without_a_session_no_token_is_right(browser: Browser) -> None:
    answer = browser.post("/staff/login", data={"name": NAME, "password": PASSWORD, "token": ""})
    assert answer.status_code == 403


def test_signing_out_needs_the_token_of_the_page(browser: Browser) -> None:
    browser.sign_in()
    assert browser.post("/staff/logout", data={"token": "made up"}).status_code == 403
    assert browser.get("/staff").status_code == 200
    assert browser.post("/staff/logout", data={"token": browser.token("/staff")}).status_code == 303
    assert browser.get("/staff").status_code == 303


def test_a_changed_cookie_is_no_session(browser: Browser) -> None:
    browser.sign_in()
    value = browser.cookies["aftercare_staff"]
    browser.cookies.clear()
    browser.cookies.set("aftercare_staff", ("A" if value[0] != "A" else "B") + value[1:])
    assert browser.get("/staff").status_code == 303


def test_a_session_ends_when_nobody_uses_it(browser: Browser, services: TestServices) -> None:
    browser.sign_in()
    services.pass_time(minutes=29)
    assert browser.get("/staff").status_code == 200
    services.pass_time(minutes=29)
    assert browser.get("/staff").status_code == 200
    services.pass_time(minutes=31)
    assert browser.get("/staff").status_code == 303


def test_a_session_ends_after_a_shift_however_busy(browser: Browser, services: TestServices) -> None:
    browser.sign_in()
    for _ in range(35):
        services.pass_time(minutes=20)
        assert browser.get("/staff").status_code == 200
    services.pass_time(minutes=25)
    assert browser.get("/staff").status_code == 303


def test_a_disabled_account_is_signed_out_and_stays_out(browser: Browser, services: TestServices) -> None:
    browser.sign_in()
    disable_account(services.database, NAME, services.now())
    assert browser.get("/staff").status_code == 303
    assert browser.sign_in().status_code == 401


@pytest.mark.parametrize("name", [NAME, "nobody"])
def test_guessing_is_slowed_down_for_known_and_unknown_names(
    browser: Browser, services: TestServices, name: str
) -> None:
    for _ in range(5):
        assert browser.sign_in(name, "a wrong password").status_code == 401
    assert browser.sign_in(name, PASSWORD).status_code == 429
    services.pass_time(minutes=1)
    assert browser.sign_in(name, PASSWORD).status_code == (303 if name == NAME else 401)


def test_a_huge_form_is_refused_unread(browser: Browser) -> None:
    token = browser.token("/staff/login")
    answer = browser.post("/staff/login", data={"name": "x" * 100_000, "password": PASSWORD, "token": token})
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("name", "password", "reason"),
    [
        (NAME, PASSWORD, "already"),
        ("", PASSWORD, "name"),
        ("a\nb", PASSWORD, "name"),
        ("someone", "short", "password"),
    ],
)
def test_an_account_that_cannot_be_used_is_not_made(
    browser: Browser, services: TestServices, name: str, password: str, reason: str
) -> None:
    with pytest.raises(AccountError, match=reason):
        add_account(services.database, name, password, services.now())
    assert [account.name for account in list_accounts(services.database)] == [NAME]


def test_disabling_nobody_is_an_error(browser: Browser, services: TestServices) -> None:
    with pytest.raises(AccountError, match="no active account"):
        disable_account(services.database, "nobody", services.now())
