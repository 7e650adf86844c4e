"""On other sites: one line of HTML, a token in place of the cookie, and neither page disturbs the other."""

from __future__ import annotations

import gzip
import re
from typing import Any

import pytest
import requests
from playwright.sync_api import BrowserContext, Page, expect

from tests.widget.conftest import OFFICE, Chat, Clinic, Site

LIMIT_BYTES = 30_000
LINK = '<a href="tel:+12175550142" data-aftercare>Call us</a>'


def snippet(clinic: Clinic, options: str = "") -> str:
    return f'{LINK}<script src="{clinic.url}/widget.js" async {options}></script>'


@pytest.fixture
def site(other_site: Site, clinic: Clinic) -> Site:
    other_site.headers = {}
    other_site.page = f'<!doctype html><html lang="en"><title>Other</title><body>{snippet(clinic)}</body></html>'
    return other_site


def test_a_conversation_on_another_origin_without_a_cookie(
    context: BrowserContext, page: Page, site: Site, clinic: Clinic
) -> None:
    chat = Chat(page).open(site.url)
    chat.say("my leg went numb")
    expect(chat.log.locator(".red-flag")).to_be_visible()
    clinic.write_as("staff", "Please call us.")
    expect(chat.messages("staff")).to_be_visible()
    assert context.cookies() == []
    page.reload()
    chat.wait()
    expect(chat.messages("staff")).to_be_visible()
    second = Chat(context.new_page()).open(site.url)
    expect(second.messages("staff")).to_be_visible()


def test_a_site_that_is_not_on_the_list_gets_the_telephone_number(page: Page, site: Site, clinic: Clinic) -> None:
    chat = Chat(page)
    page.goto(site.url.replace("127.0.0.1", "localhost"))
    chat.launcher.click()
    expect(chat.safe).to_contain_text(f"call {OFFICE} now, day or night")


def test_no_address_names_a_conversation_or_a_token(page: Page, site: Site, clinic: Clinic) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    chat = Chat(page).open(site.url)
    chat.say("hello")
    expect(chat.messages("bot")).to_have_count(2)
    token = page.evaluate("localStorage.getItem('aftercare.token')").strip('"')
    assert token
    assert not [url for url in asked if clinic.conversation_id in url or token[:20] in url]
    # No third party, and one script.
    assert {re.match(r"https?://[^/]+", url)[0] for url in asked} == {site.url, clinic.url}  # type: ignore[index]
    assert [url for url in asked if url.endswith((".js", ".css", ".json"))] == [clinic.url + "/widget.js"]


def test_the_strictest_policy_of_a_site_that_lets_it_in(page: Page, site: Site, clinic: Clinic) -> None:
    site.headers = {
        "content-security-policy": f"default-src 'none'; script-src {clinic.url}; connect-src {clinic.url}; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    }
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    chat = Chat(page).open(site.url)
    chat.say("my leg went numb")
    card = chat.log.locator(".red-flag .bubble")
    expect(card).to_be_visible()
    assert card.evaluate("node => getComputedStyle(node).borderTopWidth") == "3px"
    assert [text for text in complaints if "favicon" not in text] == []


def test_styles_leak_neither_way(page: Page, site: Site, clinic: Clinic) -> None:
    looks = (
        "node => { const s = getComputedStyle(node); return [s.color, s.fontFamily, s.fontSize, s.backgroundColor]; }"
    )
    chat = Chat(page).open(site.url)
    before = [chat.launcher, chat.panel, chat.input]
    plain = [item.evaluate(looks) for item in before]
    page.evaluate("sessionStorage.clear()")
    site.page = site.page.replace(
        "<title>",
        """<style>*:not(html) { color: red !important; font: 30px fantasy !important; letter-spacing: 9px !important;
           background: lime !important; } button, dialog, textarea, p { display: none !important; }
           :root { --ink: red; --panel: lime; font-size: 62.5%; }</style><p id="own">own</p><title>""",
    )
    chat = Chat(page).open(site.url)
    assert [item.evaluate(looks) for item in before] == plain
    styled = page.locator("#own").evaluate(looks)
    page.evaluate("document.querySelector('aftercare-chat').remove()")
    assert page.locator("#own").evaluate(looks) == styled


@pytest.mark.parametrize(
    ("options", "property_", "value"),
    [
        ('data-position="bottom-left"', "left", "20px"),
        ('data-position="inline"', "position", "static"),
        ('data-colour="#ffd60a"', "backgroundColor", "rgb(255, 214, 10)"),
        ('data-colour="#ffd60a"', "color", "rgb(0, 0, 0)"),
        ('data-colour="#202060"', "color", "rgb(255, 255, 255)"),
        ('data-colour="url(evil)"', "color", "rgb(255, 255, 255)"),
    ],
)
def test_options_of_the_button(
    page: Page, site: Site, clinic: Clinic, options: str, property_: str, value: str
) -> None:
    site.page = snippet(clinic, options)
    page.goto(site.url)
    launcher = Chat(page).launcher
    launcher.wait_for()
    assert launcher.evaluate(f"node => getComputedStyle(node).{property_}") == value


def test_options_of_the_chat(page: Page, site: Site, clinic: Clinic) -> None:
    site.page = snippet(
        clinic, 'data-open="true" data-greeting="Welcome &lt;b&gt;" data-language="xx" data-theme="light"'
    )
    page.goto(site.url)
    chat = Chat(page)
    expect(chat.panel).to_be_visible()
    expect(chat.log.locator(".greeting .bubble")).to_have_text("Welcome <b>")
    page.keyboard.press("Escape")
    page.reload()
    # Whoever closed it wants it closed.
    expect(chat.launcher).to_be_visible()


def test_the_interface_for_the_page(page: Page, site: Site, clinic: Clinic) -> None:
    page.add_init_script(
        """window.heard = [];
        for (const name of ['open', 'close', 'message'])
          addEventListener(`aftercare:${name}`, (event) => heard.push([name, event.detail]));"""
    )
    page.goto(site.url)
    chat = Chat(page)
    chat.launcher.wait_for()
    page.evaluate("Aftercare.open()")
    chat.wait().say("my leg went numb")
    expect(chat.log.locator(".red-flag")).to_be_visible()
    page.evaluate("Aftercare.close()")
    expect(chat.panel).to_be_hidden()
    page.wait_for_function("heard.some(([name]) => name === 'close')")
    heard: list[Any] = page.evaluate("heard")
    assert [name for name, _ in heard if name != "message"] == ["open", "close"]
    told = [detail for name, detail in heard if name == "message"]
    assert {"author": "bot", "disposition": "urgent"} in told
    assert all(set(detail) == {"author", "disposition"} for detail in told)


def test_a_page_with_the_snippet_twice_has_one_chat(page: Page, site: Site, clinic: Clinic) -> None:
    site.page = snippet(clinic) * 2
    page.goto(site.url)
    Chat(page).launcher.wait_for()
    expect(page.locator("aftercare-chat")).to_have_count(1)


def test_the_script_is_small_and_is_not_fetched_twice(clinic: Clinic) -> None:
    first = requests.get(clinic.url + "/widget.js", timeout=5)
    packed = requests.get(clinic.url + "/widget.js", timeout=5, stream=True).raw.read()
    assert len(packed) <= LIMIT_BYTES
    assert gzip.decompress(packed) == first.content
    plain = requests.get(clinic.url + "/widget.js", headers={"accept-encoding": "identity"}, timeout=5)
    assert plain.content == first.content
    again = requests.get(clinic.url + "/widget.js", headers={"if-none-match": first.headers["etag"]}, timeout=5)
    assert again.status_code == 304
    assert re.search(r"max-age=\d+", first.headers["cache-control"])
