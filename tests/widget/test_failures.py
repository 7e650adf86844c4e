"""When something is wrong: the telephone number stands there, the message is kept and sent again, nothing vanishes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.widget.conftest import OFFICE, Chat, Clinic

MESSAGES = "**/chat/messages"
#: Longer than the eight seconds after which the patient hears whom to call.
PATIENCE = 12_000


def answered_with(status: int, **headers: str) -> Callable[[Route], None]:
    body = json.dumps({"error": "x", "message": f"Please call {OFFICE}."})
    return lambda route: route.fulfill(status=status, body=body, content_type="application/json", headers=headers)


def fail_posts(page: Page, act: Callable[[Route], None]) -> None:
    page.route(MESSAGES, lambda route: act(route) if route.request.method == "POST" else route.fallback())


def expect_safe(chat: Chat) -> None:
    expect(chat.safe).to_be_visible(timeout=PATIENCE)
    expect(chat.safe).to_contain_text(f"call {OFFICE} now, day or night")
    hrefs = chat.safe.locator(".call").evaluate_all("nodes => nodes.map(n => n.getAttribute('href'))")
    assert hrefs == ["tel:2175550142", "tel:911"]


@pytest.mark.parametrize(
    "failure",
    [
        pytest.param(lambda route: None, id="no answer in 8 seconds"),
        pytest.param(lambda route: route.abort("blockedbyclient"), id="blocked"),
        pytest.param(answered_with(500), id="500"),
        pytest.param(answered_with(404), id="404"),
        pytest.param(answered_with(429, **{"retry-after": "1"}), id="429"),
        pytest.param(lambda route: route.fulfill(status=200, body="<html>"), id="another page in its place"),
    ],
)
def test_a_message_that_fails_is_kept_and_sent_again(
    chat: Chat, clinic: Clinic, failure: Callable[[Route], None]
) -> None:
    sent: list[str] = []

    def fail(route: Route) -> None:
        sent.append(json.loads(route.request.post_data or "")["message_id"])
        failure(route)

    fail_posts(chat.page, fail)
    chat.say("my leg went numb")
    expect_safe(chat)
    expect(chat.messages("patient")).to_contain_text("Not sent. Trying again.")
    chat.page.unroute(MESSAGES)
    with chat.page.expect_request(MESSAGES, timeout=PATIENCE) as again:
        chat.page.evaluate("dispatchEvent(new Event('online'))")
    assert json.loads(again.value.post_data or "")["message_id"] == sent[0]
    expect(chat.log.locator(".red-flag")).to_be_visible(timeout=PATIENCE)
    expect(chat.safe).to_be_hidden()
    assert chat.messages("patient").count() == 1
    assert clinic.patient_messages() == ["my leg went numb"]


@pytest.mark.parametrize("status", [400, 403, 413])
def test_a_message_that_is_refused_stays_and_says_so(chat: Chat, clinic: Clinic, status: int) -> None:
    fail_posts(chat.page, answered_with(status))
    chat.say("my leg went numb")
    expect_safe(chat)
    expect(chat.messages("patient")).to_contain_text(f"Not sent. Please call {OFFICE}.")
    chat.page.unroute(MESSAGES)
    chat.panel.get_by_role("button", name="Try again").click()
    expect(chat.log.locator(".red-flag")).to_be_visible()
    expect(chat.safe).to_be_hidden()
    assert clinic.patient_messages() == ["my leg went numb"]


def test_a_refused_message_is_still_there_after_a_reload(chat: Chat, clinic: Clinic) -> None:
    fail_posts(chat.page, answered_with(400))
    chat.say("my leg went numb")
    expect(chat.messages("patient")).to_contain_text(f"Not sent. Please call {OFFICE}.")
    chat.page.unroute(MESSAGES)
    chat.page.reload()
    chat.wait()
    expect(chat.messages("patient")).to_contain_text(
        f"my leg went numb\nNot sent. Please call {OFFICE}.", use_inner_text=True
    )
    expect_safe(chat)
    chat.panel.get_by_role("button", name="Try again").click()
    expect(chat.log.locator(".red-flag")).to_be_visible()
    assert chat.messages("patient").count() == 1
    chat.page.reload()
    chat.wait()
    expect(chat.log.locator(".red-flag")).to_be_visible()
    expect(chat.safe).to_be_hidden()
    assert clinic.patient_messages() == ["my leg went numb"]


def test_a_history_that_comes_late_is_no_news(chat: Chat, clinic: Clinic) -> None:
    chat.say("my leg went numb")
    expect(chat.log.locator(".red-flag")).to_be_visible()
    chat.page.evaluate("sessionStorage.setItem('aftercare.open', 'false')")
    chat.page.route("**/chat/messages?after=*", answered_with(500), times=1)
    chat.page.route("**/chat/events", answered_with(500), times=1)
    chat.page.add_init_script(
        "window.said = [];"
        "addEventListener('aftercare:message', () => {"
        "  const root = document.querySelector('aftercare-chat').shadowRoot;"
        "  setTimeout(() => said.push(root.querySelector('.unseen[role=alert]').textContent));"
        "});"
    )
    chat.page.reload()
    expect(chat.panel.locator(".red-flag")).to_have_count(1, timeout=PATIENCE)
    expect(chat.launcher).not_to_have_class(re.compile("unread"))
    assert set(chat.page.evaluate("said")) == {""}
    chat.launcher.click()
    chat.wait()
    clinic.write_as("staff", "We are here.")
    expect(chat.messages("staff")).to_have_count(1)


def test_a_session_that_ran_out_is_not_a_conversation_that_was_deleted(
    context: BrowserContext, chat: Chat, clinic: Clinic
) -> None:
    """The stream begins anew, at the beginning; what waits to be sent still waits."""
    chat.say("hello")
    expect(chat.messages("bot")).to_have_count(2)
    name = next(cookie["name"] for cookie in context.cookies() if "aftercare" in cookie.get("name", ""))
    context.add_cookies([{"name": name, "value": "forged.x.y", "url": clinic.url}])
    fail_posts(chat.page, answered_with(500))
    chat.say("my leg went numb")
    expect_safe(chat)
    with chat.page.expect_response("**/chat/events"):
        chat.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        clinic.stop()
        clinic.start()
    chat.page.wait_for_timeout(1500)
    expect(chat.messages("patient")).to_have_count(2)
    expect(chat.panel).not_to_contain_text("was deleted")
    chat.page.unroute(MESSAGES)
    expect(chat.log.locator(".red-flag")).to_be_visible(timeout=PATIENCE)
    assert clinic.patient_messages() == ["my leg went numb"]


def test_a_session_that_ran_out_is_begun_again(context: BrowserContext, chat: Chat, clinic: Clinic) -> None:
    name = next(cookie["name"] for cookie in context.cookies() if "aftercare" in cookie.get("name", ""))
    context.add_cookies([{"name": name, "value": "forged.x.y", "url": clinic.url}])
    chat.say("hello")
    expect(chat.messages("bot")).to_have_count(2)
    assert clinic.patient_messages() == ["hello"]


def test_offline_and_back(context: BrowserContext, chat: Chat, clinic: Clinic) -> None:
    chat.say("hello")
    expect(chat.messages("bot")).to_have_count(2)
    context.set_offline(True)
    expect(chat.safe).to_contain_text("You are offline")
    for text in ("first", "second"):
        chat.say(text)
    expect_safe(chat)
    expect(chat.messages("patient").nth(1)).to_contain_text("when you are back online")
    context.set_offline(False)
    expect(chat.messages("bot")).to_have_count(4)
    expect(chat.safe).to_be_hidden()
    assert clinic.patient_messages() == ["hello", "first", "second"]


def test_the_server_goes_away_while_a_message_is_sent_and_comes_back(chat: Chat, clinic: Clinic) -> None:
    chat.say("hello")
    expect(chat.messages("bot")).to_have_count(2)

    def stop(route: Route) -> None:
        """The request goes out when there is nobody left to answer it."""
        clinic.stop()
        route.continue_()

    fail_posts(chat.page, stop)
    chat.say("my leg went numb")
    expect_safe(chat)
    chat.page.unroute(MESSAGES)
    clinic.start()
    expect(chat.log.locator(".red-flag")).to_be_visible(timeout=PATIENCE)
    expect(chat.safe).to_be_hidden()
    clinic.write_as("staff", "We are here.")
    expect(chat.messages("staff")).to_be_visible(timeout=PATIENCE)
    assert clinic.patient_messages() == ["hello", "my leg went numb"]


def test_a_reply_that_was_lost_is_shown_once(chat: Chat, clinic: Clinic) -> None:
    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    fail_posts(chat.page, lose)
    chat.say("hello")
    # The answer comes by the events all the same.
    expect(chat.messages("bot")).to_have_count(2)
    chat.page.unroute(MESSAGES)
    expect(chat.safe).to_be_hidden(timeout=PATIENCE)
    assert chat.shown() == ["patient: hello", "bot: You said: hello"]
    assert clinic.patient_messages() == ["hello"]


def test_what_was_not_sent_outlives_a_reload(chat: Chat, clinic: Clinic) -> None:
    fail_posts(chat.page, lambda route: route.abort())
    chat.say("my leg went numb")
    expect_safe(chat)
    chat.page.unroute(MESSAGES)
    chat.page.reload()
    expect(chat.log.locator(".red-flag")).to_be_visible()
    assert clinic.patient_messages() == ["my leg went numb"]


def test_events_that_something_holds_back_are_fetched(chat: Chat, clinic: Clinic) -> None:
    chat.page.route("**/chat/events", lambda route: route.abort())
    chat.page.reload()
    chat.wait()
    chat.say("hello")
    expect(chat.messages("bot")).to_have_count(2)
    clinic.write_as("staff", "Please call us.")
    expect(chat.messages("staff")).to_be_visible(timeout=PATIENCE)
    expect(chat.safe).to_be_hidden()


def test_a_server_that_is_gone_before_the_chat_is_opened(page: Page, clinic: Clinic) -> None:
    chat = Chat(page)
    page.goto(clinic.url)
    expect(chat.launcher).to_be_visible()
    page.route("**/chat/**", lambda route: route.abort())
    chat.launcher.click()
    expect_safe(chat)
    expect(chat.safe).to_contain_text("The chat does not work right now.")


@pytest.mark.parametrize("broken", ["crypto.getRandomValues", "Array.from"])
def test_a_fault_of_the_script_says_whom_to_call(chat: Chat, broken: str) -> None:
    chat.page.evaluate(f"() => {{ {broken} = () => {{ throw new Error('broken'); }}; }}")
    chat.say("hello")
    expect_safe(chat)


def test_without_scripts_the_link_stands(chromium: Browser, clinic: Clinic) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(clinic.url)
    expect(page.locator("a[data-aftercare]")).to_be_visible()
    context.close()


@pytest.mark.parametrize(
    "lack",
    [
        pytest.param("window.customElements = undefined", id="old browser"),
        pytest.param("Element.prototype.attachShadow = () => { throw new Error(); }", id="no shadow DOM"),
        pytest.param("HTMLElement.prototype.append = () => { throw new Error(); }", id="anything else"),
        pytest.param("", id="the script cannot be fetched"),
    ],
)
def test_where_the_chat_cannot_start_the_link_stands(page: Page, clinic: Clinic, lack: str) -> None:
    page.add_init_script(f"delete window.customElements; {lack};" if "customElements" in lack else lack)
    if not lack:
        page.route("**/widget.js", lambda route: route.abort())
    page.goto(clinic.url)
    link = page.locator("a[data-aftercare]")
    expect(link).to_be_visible()
    expect(link).to_have_attribute("href", "tel:2175550142")
    expect(page.locator("aftercare-chat")).to_have_count(0)
