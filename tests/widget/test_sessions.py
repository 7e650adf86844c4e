"""A session names one conversation, cannot be guessed or planted, and ends when the patient wants it to."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
from playwright.sync_api import BrowserContext, Page, expect

from bot.records.messages import history
from tests.widget.conftest import Chat, Clinic, Site

Headers = dict[str, str]


def begin(clinic: Clinic, **headers: str) -> requests.Response:
    return requests.post(clinic.url + "/chat/session", headers=headers, timeout=10)


def token_for(clinic: Clinic, origin: str) -> str:
    token = begin(clinic, origin=origin).json()["token"]
    assert isinstance(token, str)
    return token


def say(clinic: Clinic, text: str, **headers: str) -> requests.Response:
    return requests.post(clinic.url + "/chat/messages", json={"text": text}, headers=headers, timeout=10)


def read(clinic: Clinic, **headers: str) -> requests.Response:
    return requests.get(clinic.url + "/chat/messages", headers=headers, timeout=10)


def texts(response: requests.Response) -> list[str]:
    return [message["text"] for message in response.json()["messages"] if message["author"] == "patient"]


def test_on_our_own_pages_the_session_is_a_cookie_and_no_token(clinic: Clinic) -> None:
    response = begin(clinic, origin=clinic.url)
    assert "token" not in response.json()
    assert {"HttpOnly", "SameSite=lax"} <= set(response.headers["set-cookie"].split("; "))


def test_on_another_origin_it_is_a_token_for_that_origin_alone(clinic: Clinic, other_site: Site) -> None:
    response = begin(clinic, origin=other_site.url)
    assert not response.cookies
    authorization = "Bearer " + response.json()["token"]
    say(clinic, "hello", origin=other_site.url, authorization=authorization)
    assert texts(read(clinic, origin=other_site.url, authorization=authorization)) == ["hello"]
    assert read(clinic, authorization=authorization).status_code == 401
    assert read(clinic, origin=clinic.url, authorization=authorization).status_code == 401
    assert read(clinic, origin="https://evil.example", authorization=authorization).status_code == 403


def test_a_cookie_is_no_use_to_another_origin(clinic: Clinic, other_site: Site) -> None:
    cookie = "; ".join(f"{item.name}={item.value}" for item in begin(clinic).cookies)
    say(clinic, "hello", cookie=cookie)
    assert texts(read(clinic, cookie=cookie)) == ["hello"]
    assert read(clinic, cookie=cookie, origin=other_site.url).status_code == 401
    for origin in ("https://evil.example", "null"):
        assert say(clinic, "hello", cookie=cookie, origin=origin).status_code == 403
        assert (
            requests.post(
                clinic.url + "/chat/forget", headers={"cookie": cookie, "origin": origin}, timeout=10
            ).status_code
            == 403
        )
    assert texts(read(clinic, cookie=cookie)) == ["hello"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda token: token[:-2] + "AA",
        lambda token: token.replace(".", ""),
        lambda token: token.split(".")[0],
        lambda token: "a" * 32,
        lambda token: "[" * 5000,
        lambda token: "\xff\xfe",
        lambda token: token + "A",
    ],
)
@pytest.mark.parametrize("path", ["/chat/messages", "/chat/events"])
def test_what_the_server_did_not_sign_opens_nothing(clinic: Clinic, other_site: Site, damage: Any, path: str) -> None:
    token = damage(token_for(clinic, other_site.url))
    headers = {"origin": other_site.url, "authorization": f"Bearer {token}"}
    response = requests.get(clinic.url + path, headers=headers, timeout=10)
    assert response.status_code == 401


@pytest.mark.parametrize("path", ["/chat/messages", "/chat/events"])
def test_without_a_session_nothing_is_shown(clinic: Clinic, path: str) -> None:
    assert requests.get(clinic.url + path, timeout=10).status_code == 401


def test_a_planted_session_is_not_taken_over(clinic: Clinic) -> None:
    """Whoever sends a conversation id or a made-up cookie gets a new session, never that one."""
    planted = begin(clinic, cookie="aftercare_chat=" + "a" * 32)
    assert planted.cookies
    assert "a" * 32 not in str(planted.cookies.get_dict())


def test_events_go_on_where_they_stopped(clinic: Clinic, other_site: Site) -> None:
    headers = {"origin": other_site.url, "authorization": "Bearer " + token_for(clinic, other_site.url)}

    def first_event(**more: str) -> tuple[str, dict[str, Any]]:
        address = clinic.url + "/chat/events"
        with requests.get(address, headers={**headers, **more}, stream=True, timeout=10) as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            fields = {}
            for line in stream.iter_lines(decode_unicode=True):
                if not line:
                    break
                name, _, value = line.partition(": ")
                fields[name] = value
            return fields["id"], json.loads(fields["data"])

    say(clinic, "one", **headers)
    place, told = first_event()
    assert [message["text"] for message in told["messages"] if message["author"] == "patient"] == ["one"]
    say(clinic, "two", **headers)
    later, told = first_event(**{"last-event-id": place})
    assert "two" in [message["text"] for message in told["messages"]]
    assert int(later) > int(place)
    assert read(clinic, **headers).status_code == 200
    for wrong in ("x", "-1", "9" * 30):
        bad = requests.get(clinic.url + "/chat/events", headers={**headers, "last-event-id": wrong}, timeout=10)
        assert bad.status_code == 400


def test_a_patient_deletes_the_conversation(context: BrowserContext, chat: Chat, clinic: Clinic) -> None:
    chat.say("hello")
    expect(chat.messages("bot")).to_have_count(2)
    conversation_id = clinic.conversation_id
    other_tab = Chat(context.new_page()).open(clinic.url)
    expect(other_tab.messages("bot")).to_have_count(2)
    chat.page.bring_to_front()
    delete(chat)
    chat.panel.get_by_role("button", name="Cancel").click()
    expect(chat.messages("bot")).to_have_count(2)
    delete(chat)
    chat.panel.get_by_role("button", name="Delete", exact=True).click()
    expect(chat.panel.locator(".told")).to_have_text("Your conversation is deleted.")
    for tab in (chat, other_tab):
        expect(tab.messages("bot")).to_have_count(0)
        expect(tab.messages("patient")).to_have_count(0)
    with clinic.services.database.read() as connection:
        assert history(connection, conversation_id) == []
    chat.say("a new one")
    expect(chat.messages("bot")).to_have_count(2)
    assert clinic.conversation_id != conversation_id


def test_while_the_care_team_has_a_request_the_clinic_keeps_it(chat: Chat, clinic: Clinic) -> None:
    chat.say("my leg went numb")
    expect(chat.panel.locator(".filed")).to_be_visible()
    reference = clinic.escalation.id
    delete(chat)
    expect(chat.panel.locator(".confirm")).to_contain_text(f"reference {reference}, so the clinic keeps this")
    chat.panel.get_by_role("button", name="Take it off this device").click()
    expect(chat.messages("patient")).to_have_count(0)
    expect(chat.panel.locator(".filed")).to_be_hidden()
    chat.page.reload()
    chat.wait()
    expect(chat.messages("patient")).to_have_count(0)
    assert clinic.patient_messages() == ["my leg went numb"]
    assert clinic.escalation.id == reference


def test_taken_off_the_device_it_is_gone_from_every_tab(context: BrowserContext, chat: Chat, clinic: Clinic) -> None:
    chat.say("my leg went numb")
    expect(chat.panel.locator(".filed")).to_be_visible()
    other_tab = Chat(context.new_page()).open(clinic.url)
    expect(other_tab.messages("bot").first).to_be_visible()
    chat.page.bring_to_front()
    delete(chat)
    chat.panel.get_by_role("button", name="Take it off this device").click()
    expect(other_tab.messages("patient")).to_have_count(0)
    expect(other_tab.panel.locator(".told")).to_have_text("The conversation is no longer on this device.")
    other_tab.page.bring_to_front()
    other_tab.say("a new one")
    expect(other_tab.messages("bot")).to_have_count(2)
    expect(other_tab.panel).not_to_contain_text("was deleted")


def test_the_server_keeps_it_even_if_the_page_does_not_know(chat: Chat, clinic: Clinic, page: Page) -> None:
    chat.say("my leg went numb")
    expect(chat.panel.locator(".filed")).to_be_visible()
    page.evaluate("document.querySelector('aftercare-chat').chat.escalation = null")
    delete(chat)
    chat.panel.get_by_role("button", name="Delete", exact=True).click()
    expect(chat.panel.locator(".confirm")).to_contain_text("The clinic keeps your request")
    assert clinic.patient_messages() == ["my leg went numb"]


def delete(chat: Chat) -> None:
    chat.panel.get_by_role("button", name="More").click()
    chat.panel.get_by_role("button", name="Delete my conversation").click()
