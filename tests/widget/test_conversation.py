"""A conversation as the patient sees it: answers, red flags, the care team, and all of it again after a reload."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from bot.escalation.steps import Outcome
from bot.records.messages import Inbound, Reply, accept_message, store_replies
from tests.widget.conftest import AFTER_HOURS, OFFICE, Chat, Clinic


def test_whom_to_call_follows_the_hour_in_a_page_that_stays_open(chat: Chat, clinic: Clinic) -> None:
    chat.say("hello")
    expect(chat.messages("bot")).to_have_count(2)
    notice = chat.panel.locator(".notice")
    expect(notice).to_contain_text(OFFICE)
    clinic.services.pass_time(hours=12)
    try:
        clinic.write_as("staff", "Good night.")
        expect(notice).to_contain_text(AFTER_HOURS)
    finally:
        clinic.services.pass_time(hours=-12)


def test_quick_messages_are_answered_in_order_and_are_there_after_a_reload(chat: Chat) -> None:
    texts = ("can I drive?", "second", "third")
    for text in texts:
        chat.say(text)
    expected = [line for text in texts for line in (f"patient: {text}", f"bot: You said: {text}")]
    expect(chat.messages("bot")).to_have_count(4)
    assert chat.shown() == expected
    chat.page.reload()
    chat.wait()
    expect(chat.messages("bot")).to_have_count(4)
    assert chat.shown() == expected


@pytest.mark.parametrize(
    ("text", "kind", "links"),
    [
        ("I have a fever of 101", "urgent", ["tel:2175550142", "tel:911"]),
        ("I have chest pain", "emergency", ["tel:911", "tel:2175550142"]),
    ],
)
def test_a_red_flag_is_a_card_with_the_number_to_call_first(chat: Chat, text: str, kind: str, links: list[str]) -> None:
    chat.say(text)
    card = chat.log.locator(f".red-flag.{kind}").first
    expect(card).to_be_visible()
    assert card.locator(".call").evaluate_all("nodes => nodes.map(n => n.getAttribute('href'))") == links
    expect(chat.panel.get_by_role("alert").filter(has_text="911").first).to_be_attached()
    expect(chat.panel.locator(".filed")).to_contain_text("Nobody may have read it yet")


def test_the_patient_learns_that_the_care_team_has_seen_it(chat: Chat, clinic: Clinic) -> None:
    chat.say("my leg went numb")
    filed = chat.panel.locator(".filed")
    expect(filed).to_contain_text("reference")
    reference = clinic.escalation.id
    expect(filed).to_contain_text(reference)
    clinic.services.escalations.acknowledge(reference, "Nurse Example", clinic.escalation.version)
    expect(filed).to_contain_text("Your care team has seen this at")
    chat.page.reload()
    expect(filed).to_contain_text("Your care team has seen this at")
    clinic.services.escalations.close(reference, "Nurse Example", Outcome.ADVISED, "Called.", clinic.escalation.version)
    expect(filed).to_be_hidden()


def test_staff_and_the_bot_write_outside_a_turn(chat: Chat, clinic: Clinic) -> None:
    chat.say("hello")
    expect(chat.messages("bot")).to_have_count(2)
    clinic.write_as("staff", "Please call us.")
    clinic.write_as("bot", "You have not answered yet.")
    expect(chat.messages("staff")).to_contain_text("Please call us.")
    expect(chat.messages("bot")).to_have_count(3)
    assert chat.shown()[-2:] == ["staff: Please call us.", "bot: You have not answered yet."]
    assert chat.messages("staff").locator(".author").text_content() == "Your care team"


def test_what_comes_while_the_chat_is_closed_is_counted_on_its_button(chat: Chat, clinic: Clinic) -> None:
    chat.say("hello")
    expect(chat.messages("bot")).to_have_count(2)
    chat.page.keyboard.press("Escape")
    clinic.write_as("staff", "Please call us.", "Now.")
    expect(chat.launcher).to_have_text("Aftercare chat, 2 new")
    chat.launcher.click()
    expect(chat.messages("staff")).to_have_count(2)
    chat.page.keyboard.press("Escape")
    expect(chat.launcher).to_have_text("Aftercare chat")


def test_a_quick_answer_sends_its_payload_and_shows_its_title(chat: Chat, clinic: Clinic) -> None:
    chat.say("let me choose")
    chat.panel.get_by_role("button", name="Driving").click()
    expect(chat.messages("bot").last).to_contain_text("You said: I mean driving")
    assert chat.messages("patient").last.locator(".bubble").inner_text() == "Driving"
    assert clinic.patient_messages()[-1] == "I mean driving"
    expect(chat.panel.get_by_role("button", name="Driving")).to_be_hidden()
    chat.page.reload()
    chat.wait()
    assert chat.messages("patient").last.locator(".bubble").inner_text() == "Driving"


def test_two_tabs_show_one_conversation(context: BrowserContext, chat: Chat, clinic: Clinic) -> None:
    chat.say("from the first")
    expect(chat.messages("bot")).to_have_count(2)
    second = Chat(context.new_page()).open(clinic.url)
    expect(second.messages("bot")).to_have_count(2)
    second.say("from the second")
    expect(chat.messages("bot")).to_have_count(3)
    expect(second.messages("bot")).to_have_count(3)
    assert chat.shown() == second.shown()
    assert clinic.patient_messages() == ["from the first", "from the second"]


def test_three_hundred_messages_come_back(chat: Chat, clinic: Clinic) -> None:
    chat.say("hello")
    expect(chat.messages("bot")).to_have_count(2)
    now = clinic.services.now()
    with clinic.services.database.write() as connection:
        for number in range(150):
            inbound = Inbound(clinic.conversation_id, f"q{number}", "website", f"{clinic.conversation_id}:q{number}")
            message_id, _ = accept_message(connection, inbound, now)
            store_replies(connection, message_id, clinic.conversation_id, "website", [Reply(f"a{number}")], now)
    chat.page.reload()
    chat.wait()
    expect(chat.messages("bot")).to_have_count(152)
    assert chat.shown()[2:] == [line for n in range(150) for line in (f"patient: q{n}", f"bot: a{n}")]
    expect(chat.messages("bot").last).to_be_in_viewport()
    chat.say("still here")
    expect(chat.messages("bot").last).to_contain_text("still here")


def test_starting_over_is_marked_and_keeps_what_was_said(chat: Chat) -> None:
    chat.say("hello")
    chat.panel.get_by_role("button", name="More").click()
    chat.panel.get_by_role("button", name="Start over").click()
    expect(chat.log.locator(".divider")).to_have_text("You started over here")
    assert "patient: hello" in chat.shown()


def test_a_draft_outlives_a_reload(chat: Chat) -> None:
    chat.input.fill("I wanted to ask")
    chat.page.reload()
    expect(chat.input).to_have_value("I wanted to ask")


def test_a_text_that_is_too_long_stays_in_the_box(chat: Chat) -> None:
    chat.say("a" * 2001)
    expect(chat.panel.locator(".limit")).to_contain_text("over the limit of 2,000 characters by 1")
    assert chat.messages("patient").count() == 0
    chat.say("a" * 2000)
    expect(chat.messages("bot")).to_have_count(2)


def test_the_instructions_can_be_copied_and_printed(context: BrowserContext, chat: Chat, page: Page) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    chat.say("my leg went numb")
    expect(chat.log.locator(".red-flag")).to_be_visible()
    menu = chat.panel.get_by_role("button", name="More")
    menu.click()
    chat.panel.get_by_role("button", name="Copy the conversation").click()
    expect(chat.panel.locator(".told")).to_have_text("Copied.")
    copied = str(page.evaluate("navigator.clipboard.readText()"))
    assert "my leg went numb" in copied
    assert f"Call your provider now at {OFFICE}, day or night." in copied
    printed = page.evaluate(
        """async () => {
             const frames = new Promise(done =>
               new MutationObserver(() => done()).observe(document.body, {childList: true}));
             const root = document.querySelector('aftercare-chat').shadowRoot;
             [...root.querySelectorAll('.menu button')].find(b => b.textContent === 'Print').click();
             await frames;
             return document.querySelector('body > iframe').contentDocument.body.innerText;
           }"""
    )
    assert "my leg went numb" in printed
    assert OFFICE in printed


def test_the_text_can_be_made_larger_and_stays_so(chat: Chat) -> None:
    size = "node => parseFloat(getComputedStyle(node).fontSize)"
    before = chat.input.evaluate(size)
    chat.panel.get_by_role("button", name="More").click()
    chat.panel.get_by_role("button", name="Text size").click()
    assert chat.input.evaluate(size) == pytest.approx(before * 1.25)
    chat.page.reload()
    chat.wait()
    assert chat.input.evaluate(size) == pytest.approx(before * 1.25)
