"""Signing in: who gets in, who does not, and when it ends."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
import sqlalchemy as sa

from bot.console.access import COOKIE
from bot.console.people.accounts import add_account, disable_account
from bot.console.people.roles import Role
from bot.console.people.second_factor import RECOVERY_CODES, SecondFactors
from bot.console.people.sessions import IDLE
from bot.records.console.tables import staff, staff_recovery_codes, staff_sessions
from tests.conftest import TestServices
from tests.console.conftest import NAME, PASSWORD, Browser, Person


def test_the_worklist_needs_a_sign_in(browser: Browser) -> None:
    answer = browser.get("/staff")
    assert (answer.status_code, answer.headers["location"]) == (303, "/staff/login")


def test_password_and_code_open_the_console(browser: Browser, nurse: Person) -> None:
    assert browser.send_form("/staff/login", name=NAME, password=PASSWORD).headers["location"] == "/staff/sign-in/code"
    assert browser.get("/staff").headers["location"] == "/staff/sign-in/code", "a password alone opens nothing"
    assert browser.send_form("/staff/sign-in/code", code=nurse.code()).headers["location"] == "/staff"
    page = browser.get("/staff")
    assert page.status_code == 200
    assert NAME in page.text
    assert page.headers["cache-control"] == "no-store"


def test_the_sign_in_leads_back_to_the_page_that_was_asked_for(browser: Browser, nurse: Person) -> None:
    asked = browser.get("/staff/account").headers["location"]
    assert asked == "/staff/login?next=/staff/account"
    first = browser.send_form(asked, name=NAME, password=PASSWORD).headers["location"]
    assert first == "/staff/sign-in/code?next=/staff/account"
    assert browser.send_form(first, code=nurse.code()).headers["location"] == "/staff/account"


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example", "/chat", "/staff/../chat", "/staffx"])
def test_the_sign_in_leads_nowhere_else(browser: Browser, nurse: Person, elsewhere: str) -> None:
    step = browser.send_form("/staff/login", name=NAME, password=PASSWORD, next=elsewhere).headers["location"]
    assert step == "/staff/sign-in/code"
    assert browser.send_form(step, code=nurse.code(), next=elsewhere).headers["location"] == "/staff"


def test_a_link_from_elsewhere_finds_the_session(signed_in: Browser) -> None:
    """The browser leaves our cookie out of a request that another site started; our own page repeats it."""
    signed_in.cookies.clear()
    page = signed_in.get("/staff/account", headers={"Sec-Fetch-Site": "cross-site"})
    assert page.status_code == 200
    assert 'http-equiv="refresh" content="0;url=/staff/account"' in page.text


def test_the_cookie_is_kept_from_scripts_and_other_sites(browser: Browser, nurse: Person) -> None:
    cookies = [browser.get("/staff/login").headers["set-cookie"]]
    cookies.append(browser.send_form("/staff/login", name=NAME, password=PASSWORD).headers["set-cookie"])
    for cookie in cookies:
        assert {"httponly", "samesite=strict", "path=/staff"} <= set(cookie.lower().split("; "))


def test_every_step_gives_a_new_cookie(browser: Browser, nurse: Person) -> None:
    """So whoever planted a cookie in the browser beforehand is not signed in with it."""
    planted = "planted-by-somebody-else"
    browser.cookies.set(COOKIE, planted, domain="testserver.local", path="/staff")
    seen = [planted]
    step = browser.send_form("/staff/login", name=NAME, password=PASSWORD).headers["location"]
    seen.append(browser.cookies[COOKIE])
    browser.send_form(step, code=nurse.code())
    seen.append(browser.cookies[COOKIE])
    assert len(set(seen)) == 3
    assert browser.get("/staff").status_code == 200
    for old in seen[:2]:
        browser.cookies.clear()
        browser.cookies.set(COOKIE, old, domain="testserver.local", path="/staff")
        assert browser.get("/staff").headers["location"] == "/staff/login"


def test_the_database_alone_holds_no_session_code_or_secret(browser: Browser, nurse: Person) -> None:
    browser.sign_in(nurse)
    with browser.services.database.read() as connection:
        stored = repr([connection.execute(sa.select(table)).all() for table in (staff, staff_sessions)])
    assert browser.cookies[COOKIE] not in stored
    assert nurse.secret not in stored
    assert PASSWORD not in stored


def test_the_second_factor_is_of_no_use_under_another_key(services: TestServices, nurse: Person) -> None:
    with services.database.write() as connection:
        assert not SecondFactors("1" * 64).check(connection, nurse.id, nurse.code(), services.now())
        assert SecondFactors("0" * 64).check(connection, nurse.id, nurse.code(), services.now())


WRONG = [(NAME, "not the password"), (NAME, ""), ("nobody", PASSWORD), ("", ""), (NAME, PASSWORD + "x" * 5000)]


@pytest.mark.parametrize(("name", "password"), WRONG)
def test_a_wrong_name_or_password_gets_the_same_refusal(
    browser: Browser, nurse: Person, name: str, password: str
) -> None:
    def plain(text: str) -> str:
        return re.sub(r'value="[0-9a-f]{64}"', "", text)

    reference = browser.send_form("/staff/login", name="somebody else", password="some password")
    answer = browser.send_form("/staff/login", name=name, password=password)
    assert (answer.status_code, plain(answer.text)) == (401, plain(reference.text))
    assert browser.get("/staff").status_code == 303


@pytest.mark.parametrize("code", ["", "000000", "12345", "1234567", "abcdef", "٠١٢٣٤٥"])
def test_a_wrong_code_does_not_sign_in(browser: Browser, nurse: Person, code: str) -> None:
    browser.send_form("/staff/login", name=NAME, password=PASSWORD)
    assert browser.send_form("/staff/sign-in/code", code=code).status_code == 401
    assert browser.get("/staff").headers["location"] == "/staff/sign-in/code"


def test_a_code_is_good_once_and_for_a_minute_around_its_time(
    browser: Browser, nurse: Person, services: TestServices
) -> None:
    code = nurse.code()
    assert browser.sign_in(nurse).headers["location"] == "/staff"
    browser.send_form("/staff/logout")
    browser.send_form("/staff/login", name=NAME, password=PASSWORD)
    assert browser.send_form("/staff/sign-in/code", code=code).status_code == 401
    services.pass_time(minutes=5)
    late = nurse.code()
    services.pass_time(seconds=29)
    assert browser.send_form("/staff/sign-in/code", code=late).status_code == 303
    services.pass_time(minutes=5)
    stale = nurse.code()
    services.pass_time(seconds=61)
    browser.send_form("/staff/logout")
    browser.send_form("/staff/login", name=NAME, password=PASSWORD)
    assert browser.send_form("/staff/sign-in/code", code=stale).status_code == 401


def test_a_new_account_chooses_a_password_and_sets_up_its_second_factor(
    browser: Browser, services: TestServices
) -> None:
    with services.database.write() as connection:
        _, once = add_account(connection, NAME, Role.ADMIN, services.now())
    step = browser.send_form("/staff/login", name=NAME, password=once).headers["location"]
    assert step == "/staff/sign-in/password"
    assert browser.get("/staff/sign-in/set-up").headers["location"] == step
    for wrong in ({"password": "short", "again": "short"}, {"password": PASSWORD, "again": "x" + PASSWORD}):
        assert browser.send_form(step, **wrong).status_code == 400
    assert browser.send_form(step, password=once, again=once).status_code == 400
    step = browser.send_form(step, password=PASSWORD, again=PASSWORD).headers["location"]
    assert step == "/staff/sign-in/set-up"
    assert browser.send_form("/staff/sign-in/skip").status_code == 403, "only the development mode goes without"
    page = browser.get(step).text
    assert "<svg" in page
    secret = re.search(r'name="secret" value="([A-Z2-7]{32})"', page)
    assert secret
    person = Person.__new__(Person)
    person.secret, person._services = secret[1], services
    assert browser.send_form(step, secret=person.secret, code="000000").status_code == 400
    codes = browser.send_form(step, secret=person.secret, code=person.code())
    shown = re.findall(r"<code>([A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4})</code>", codes.text)
    assert len(set(shown)) == RECOVERY_CODES
    assert browser.get("/staff").status_code == 200
    with services.database.read() as connection:
        kept = repr(connection.execute(sa.select(staff_recovery_codes)).all())
    assert not [code for code in shown if code in kept or code.replace("-", "") in kept]

    browser.send_form("/staff/logout")
    browser.send_form("/staff/login", name=NAME, password=PASSWORD)
    assert browser.send_form("/staff/sign-in/code", code=shown[0].lower()).headers["location"] == "/staff"
    browser.send_form("/staff/logout")
    browser.send_form("/staff/login", name=NAME, password=PASSWORD)
    assert browser.send_form("/staff/sign-in/code", code=shown[0]).status_code == 401, "each is good once"


def test_a_second_factor_cannot_be_set_up_twice(browser: Browser, nurse: Person) -> None:
    browser.send_form("/staff/login", name=NAME, password=PASSWORD)
    assert browser.get("/staff/sign-in/set-up").headers["location"] == "/staff/sign-in/code"
    mine = "A" * 32
    answer = browser.send_form("/staff/sign-in/set-up", secret=mine, code="000000")
    assert answer.headers["location"] == "/staff/sign-in/code"


# Forms


@pytest.mark.parametrize("token", ["", "made up", "é"])
def test_a_form_of_another_site_does_nothing(browser: Browser, nurse: Person, token: str) -> None:
    browser.get("/staff/login")
    answer = browser.post("/staff/login", data={"name": NAME, "password": PASSWORD, "token": token})
    assert answer.status_code == 403
    assert browser.get("/staff").status_code == 303


def test_without_a_cookie_no_token_is_right(browser: Browser, nurse: Person) -> None:
    token = browser.token_on("/staff/login")
    browser.cookies.clear()
    assert browser.post("/staff/login", data={"name": NAME, "password": PASSWORD, "token": token}).status_code == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_right_token_from_another_site_does_nothing(signed_in: Browser, site: str) -> None:
    token = signed_in.token_on("/staff")
    answer = signed_in.post("/staff/logout", data={"token": token}, headers={"Sec-Fetch-Site": site})
    assert answer.status_code == 403
    assert signed_in.get("/staff").status_code == 200


def test_the_token_of_another_session_does_nothing(services: TestServices, nurse: Person) -> None:
    with Browser(services) as mine, Browser(services) as other:
        token = other.be(nurse).token_on("/staff")
        mine.be(nurse)
        assert mine.post("/staff/logout", data={"token": token}).status_code == 403


def test_a_huge_form_is_refused_unread(browser: Browser) -> None:
    assert browser.send_form("/staff/login", name="x" * 100_000, password=PASSWORD).status_code == 413


# The end of a session


def test_signing_out_ends_the_session_everywhere_it_is_known(signed_in: Browser) -> None:
    kept = signed_in.cookies[COOKIE]
    assert signed_in.send_form("/staff/logout").headers["location"] == "/staff/login"
    signed_in.cookies.set(COOKIE, kept, domain="testserver.local", path="/staff")
    assert signed_in.get("/staff").status_code == 303


def test_a_session_ends_when_nobody_uses_it(signed_in: Browser, services: TestServices) -> None:
    for _ in range(3):
        services.pass_time(minutes=14, seconds=30)
        assert signed_in.get("/staff").status_code == 200
    services.pass_time(minutes=15, seconds=1)
    assert signed_in.get("/staff").status_code == 303


def test_a_page_knows_that_loading_it_was_a_use_of_the_session(signed_in: Browser, services: TestServices) -> None:
    services.pass_time(minutes=10)
    until = re.search(r'data-idles-out="([^"]+)"', signed_in.get("/staff").text)
    assert until
    assert datetime.fromisoformat(until[1]) == services.now() + IDLE
    services.pass_time(minutes=10)
    assert signed_in.get("/staff/stay").headers["x-idles-in"] == str(int(IDLE.total_seconds()))


def test_a_session_ends_after_a_shift_however_busy(signed_in: Browser, services: TestServices) -> None:
    for _ in range(71):
        services.pass_time(minutes=10)
        assert signed_in.get("/staff").status_code == 200
    services.pass_time(minutes=10)
    assert signed_in.get("/staff").status_code == 303


def test_a_disabled_account_is_signed_out_with_its_next_request(
    signed_in: Browser, services: TestServices, nurse: Person
) -> None:
    with services.database.write() as connection:
        disable_account(connection, nurse.id, services.now())
    assert signed_in.get("/staff").status_code == 303
    assert signed_in.sign_in(nurse).status_code == 401
