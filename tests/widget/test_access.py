"""For everybody: axe in every state, the keyboard alone, small and large screens, other settings of the reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.widget.conftest import Chat, Clinic

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
AXE = Axe()
#: On a page that has axe already: it is half a megabyte.
AXE_AGAIN = Axe("0")


@pytest.fixture
def browse(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """A page in a browser with these settings."""
    contexts = []

    def opened(**settings: Any) -> Page:
        context = chromium.new_context(**{"reduced_motion": "reduce", **settings})
        context.set_default_timeout(12_000)
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


def check(page: Page, state: str) -> None:
    results = (AXE_AGAIN if page.evaluate("'axe' in window") else AXE).run(page)
    assert results.violations_count == 0, f"{state}: {results.generate_report()}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_axe_finds_nothing_in_any_state(
    browse: Callable[..., Page], clinic: Clinic, device: dict[str, Any], scheme: str
) -> None:
    page = browse(**device, color_scheme=scheme)
    chat = Chat(page)
    menu = chat.panel.get_by_role("button", name="More")
    page.goto(clinic.url)
    chat.launcher.wait_for()
    check(page, "closed")
    chat.launcher.click()
    chat.wait()
    check(page, "open")
    chat.say("let me choose")
    expect(chat.panel.get_by_role("button", name="Driving")).to_be_visible()
    check(page, "quick answers")
    menu.click()
    check(page, "menu")
    chat.panel.get_by_role("button", name="Delete my conversation").click()
    check(page, "asking before deleting")
    page.keyboard.press("Escape")
    for text, kind in (("my leg went numb", "urgent"), ("I have chest pain", "emergency")):
        chat.say(text)
        expect(chat.log.locator(f".{kind}").first).to_be_visible()
        check(page, kind)
    clinic.write_as("staff", "Please call us.")
    escalation = clinic.escalation
    clinic.services.escalations.acknowledge(escalation.id, "Nurse Example", escalation.version)
    expect(chat.panel.locator(".filed.seen")).to_be_visible()
    expect(chat.messages("staff")).to_be_visible()
    check(page, "seen by staff")
    chat.input.fill("a" * 2100)
    check(page, "too long")
    page.route("**/chat/messages", lambda route: route.fulfill(status=400, body="{}"))
    chat.say("Is that still true?")
    expect(chat.safe).to_be_visible()
    check(page, "not sent")


def test_the_keyboard_alone(browse: Callable[..., Page], clinic: Clinic) -> None:
    page = browse(**DESKTOP)
    chat = Chat(page)
    page.goto(clinic.url)
    chat.launcher.wait_for()
    focused = "() => { const h = document.activeElement; const n = h.shadowRoot?.activeElement ?? h;"
    named = focused + " return n.getAttribute('aria-label') || n.id || n.textContent.trim(); }"
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate(named) == "Aftercare chat":
            break
    page.keyboard.press("Enter")
    chat.wait()
    assert page.evaluate(named) == "text"
    page.keyboard.type("let me choose")
    page.keyboard.press("Enter")
    expect(chat.panel.get_by_role("button", name="Driving")).to_be_visible()
    assert page.evaluate(named) == "text"
    order = []
    for _ in range(7):
        page.keyboard.press("Shift+Tab")
        order.append(page.evaluate(named))
    # Backwards: the choices, what may be scrolled, then the head.
    assert order[:3] == ["Lifting", "Driving", "911"]
    assert {"Messages", "Close the chat", "More"} <= set(order)
    chat.panel.get_by_role("button", name="Driving").focus()
    page.keyboard.press("Enter")
    expect(chat.messages("bot").last).to_contain_text("I mean driving")
    assert page.evaluate(named) == "text"
    chat.panel.get_by_role("button", name="More").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert str(page.evaluate(named)).startswith("Text size")
    page.keyboard.press("Escape")
    assert page.evaluate(named) == "More"
    expect(chat.panel.locator(".menu")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(chat.panel).to_be_hidden()
    assert page.evaluate(named) == "Aftercare chat"


def test_turning_the_device_takes_no_focus_away(browse: Callable[..., Page], clinic: Clinic) -> None:
    """At the size at which the panel covers the screen, and back."""
    page = browse(**DESKTOP)
    chat = Chat(page).open(clinic.url)
    named = "document.querySelector('aftercare-chat').shadowRoot.activeElement?.id"
    chat.input.fill("half a tho")
    for width, height in ((390, 700), (1280, 800), (844, 390), (1280, 800)):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(200)
        assert page.evaluate(named) == "text"
    page.keyboard.type("ught")
    expect(chat.input).to_have_value("half a thought")


def test_on_a_phone_nothing_behind_the_chat_can_be_reached(browse: Callable[..., Page], clinic: Clinic) -> None:
    page = browse(**PHONE)
    chat = Chat(page).open(clinic.url)
    box = chat.panel.bounding_box()
    assert box is not None
    assert (box["x"], box["y"], box["width"]) == (0, 0, 390)
    hosts = set()
    for _ in range(15):
        page.keyboard.press("Tab")
        hosts.add(page.evaluate("document.activeElement.tagName"))
    # The browser's own controls, which stand for the page itself, and the chat.
    assert hosts <= {"AFTERCARE-CHAT", "BODY"}


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"viewport": {"width": 320, "height": 568}}, id="320 px"),
        pytest.param({"viewport": {"width": 320, "height": 256}}, id="1,280 px at 400 %"),
        pytest.param({"viewport": {"width": 640, "height": 400}}, id="1,280 px at 200 %"),
        pytest.param({"viewport": {"width": 844, "height": 390}}, id="a phone on its side"),
        pytest.param({"viewport": {"width": 1280, "height": 800}}, id="1,280 px"),
        pytest.param({"viewport": {"width": 390, "height": 844}, "forced_colors": "active"}, id="forced colours"),
    ],
)
def test_everything_can_be_read_and_reached(
    browse: Callable[..., Page], clinic: Clinic, settings: dict[str, Any]
) -> None:
    page = browse(**settings)
    chat = Chat(page).open(clinic.url)
    chat.say("my leg went numb " + "w" * 300)
    expect(chat.log.locator(".red-flag")).to_be_visible()
    expect(chat.panel.locator(".filed")).to_be_visible()
    width = settings["viewport"]["width"]
    wide = """width => [...document.querySelector('aftercare-chat').shadowRoot.querySelectorAll('.panel *')]
      .filter(node => node.checkVisibility() && !node.closest('svg, .unseen'))
      .map(node => [node.className || node.tagName, node.getBoundingClientRect()])
      .filter(([, box]) => box.width && (box.left < 0 || box.right > width + 1)).map(([name]) => name)"""
    assert page.evaluate(wide, width) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for control in (chat.input, chat.panel.get_by_role("button", name="Send"), chat.log.locator(".call").first):
        control.scroll_into_view_if_needed()
        expect(control).to_be_in_viewport(ratio=0.9)
    check(page, str(settings))


def test_large_text_fits_a_small_screen(browse: Callable[..., Page], clinic: Clinic) -> None:
    page = browse(viewport={"width": 320, "height": 568})
    page.add_init_script("localStorage.setItem('aftercare.textSize', '150')")
    chat = Chat(page).open(clinic.url)
    chat.say("my leg went numb")
    expect(chat.log.locator(".red-flag")).to_be_visible()
    assert chat.panel.evaluate("node => node.scrollWidth <= node.clientWidth")
    # The last of what makes room for itself above the input.
    expect(chat.panel.locator(".filed")).to_be_visible()
    for control in (chat.input, chat.panel.get_by_role("button", name="Send")):
        control.scroll_into_view_if_needed()
        expect(control).to_be_in_viewport(ratio=0.9)


def test_whatever_is_tapped_is_large_enough(browse: Callable[..., Page], clinic: Clinic) -> None:
    page = browse(**PHONE)
    chat = Chat(page).open(clinic.url)
    chat.say("my leg went numb")
    expect(chat.log.locator(".red-flag")).to_be_visible()
    # Links inside a sentence are excepted (WCAG 2.2, 2.5.8).
    small = """() => [...document.querySelector('aftercare-chat').shadowRoot
        .querySelectorAll('.panel button, .call, textarea')]
      .filter(node => node.checkVisibility())
      .map(node => [node.textContent, node.getBoundingClientRect()])
      .filter(([, box]) => box.width < 44 || box.height < 44).map(([words]) => words)"""
    assert page.evaluate(small) == []


def test_what_is_read_out(browse: Callable[..., Page], clinic: Clinic) -> None:
    chat = Chat(browse(**DESKTOP)).open(clinic.url)
    expect(chat.log).to_have_attribute("aria-live", "polite")
    expect(chat.panel).to_have_role("dialog")
    expect(chat.panel).to_have_accessible_name("Aftercare chat")
    chat.say("I have chest pain")
    assertive = chat.panel.locator(".unseen[role=alert]")
    expect(assertive).to_contain_text("Emergency: get help now. Call 911 now.")
    chat.page.reload()
    chat.wait()
    # The history is no news.
    expect(chat.log.locator(".emergency").first).to_be_visible()
    expect(assertive).to_be_empty()


def test_movement_only_for_those_who_want_it(browse: Callable[..., Page], clinic: Clinic) -> None:
    moving = "node => getComputedStyle(node).animationName"
    still = Chat(browse(**DESKTOP)).open(clinic.url)
    assert still.panel.evaluate(moving) == "none"
    assert still.log.evaluate("node => getComputedStyle(node).scrollBehavior") == "auto"
    assert Chat(browse(**DESKTOP, reduced_motion="no-preference")).open(clinic.url).panel.evaluate(moving) == "rise"


def test_ready_for_languages_that_run_from_right_to_left(browse: Callable[..., Page], clinic: Clinic) -> None:
    page = browse(**DESKTOP)

    def turned(route: Any) -> None:
        response = route.fetch()
        route.fulfill(response=response, body=response.text().replace('"direction": "ltr"', '"direction": "rtl"'))

    page.route("**/widget.js", turned)
    chat = Chat(page).open(clinic.url)
    chat.say("my leg went numb")
    expect(chat.log.locator(".red-flag")).to_be_visible()
    own, answer = chat.messages("patient").bounding_box(), chat.messages("bot").last.bounding_box()
    panel = chat.panel.bounding_box()
    assert own
    assert answer
    assert panel
    assert own["x"] < answer["x"] + answer["width"] - own["width"]
    assert panel["x"] < 100
    check(page, "right to left")
