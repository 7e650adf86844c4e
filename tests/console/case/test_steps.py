"""What a nurse does with a case, through the page: each step is stored, told where it must be, and audited."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from httpx2 import Response

from bot.console.case.transcript import PAGE_SIZE
from bot.console.people.roles import Role
from bot.escalation import audit
from bot.escalation.model import Escalation, Status
from bot.escalation.steps import LONGEST_TEXT
from bot.records.conversations import STAFF_STAY, hand_over, read_state
from bot.records.messages import Inbound, accept_message, history
from bot.records.tables import conversations, escalations, messages, outbox
from bot.triage.model import Disposition
from tests.conftest import TestServices
from tests.console.conftest import NAME, Browser, Person

File = Callable[..., Escalation]


#: Every message there is was on the page.
ALL = "999999999"


def do(browser: Browser, case: Escalation, action: str, **form: object) -> Response:
    fields = {"version": str(case.version), "seen": ALL, **form}
    return browser.send_form(f"/staff/cases/{case.id}/{action}", **fields)


def now_of(services: TestServices, case: Escalation) -> Escalation:
    return services.escalations.find(case.id)


def said(services: TestServices, case: Escalation) -> list[tuple[str, str]]:
    """(author, text) of what the patient sees, beside their own messages."""
    with services.database.read() as connection:
        return [
            (item.author, item.text) for item in history(connection, case.conversation_id) if item.author != "patient"
        ]


def test_acknowledged_with_name_and_time_and_the_patient_is_told(
    signed_in: Browser, services: TestServices, file: File
) -> None:
    case = file("a fever")
    services.pass_time(minutes=3)
    assert do(signed_in, case, "acknowledge").headers["location"] == f"/staff/cases/{case.id}"
    held = now_of(services, case)
    assert (held.status, held.acknowledged_by, held.acknowledged_at) == (Status.ACKNOWLEDGED, NAME, services.now())
    ((author, words),) = said(services, case)
    assert author == "bot"
    assert f"{NAME} of your care team saw your message (reference {case.id}) at 10:03 AM." in words
    assert f"Acknowledged by {NAME}" in signed_in.get(f"/staff/cases/{case.id}").text


def test_a_text_message_goes_to_the_outbox_in_the_same_breath(
    signed_in: Browser, services: TestServices, file: File
) -> None:
    case = file("a fever", channel="sms", address="+12175550148")
    do(signed_in, case, "message", message="Please call us.")
    with services.database.read() as connection:
        sent = connection.execute(sa.select(outbox).where(outbox.c.kind == "sms")).one()
        text = connection.execute(sa.select(messages.c.text).where(messages.c.id == sent.message_id)).scalar()
    assert text == "Please call us."
    assert "text on its way" in signed_in.get(f"/staff/cases/{case.id}").text


def test_a_message_keeps_the_bot_quiet_until_it_is_handed_back(
    signed_in: Browser, services: TestServices, file: File
) -> None:
    case = file("a fever")

    def with_staff() -> bool:
        with services.database.read() as connection:
            state = read_state(connection, case.conversation_id, services.today())
        return state.with_staff(services.now())

    assert not with_staff()
    do(signed_in, case, "message", message="How are you?\r\nPlease tell us.")
    assert said(services, case) == [("staff", "How are you?\nPlease tell us.")]
    assert with_staff()
    assert f"{NAME} has the conversation" in signed_in.get(f"/staff/cases/{case.id}").text
    do(signed_in, case, "hand-back")
    assert not with_staff()
    assert "automated assistant again" in said(services, case)[-1][1]
    assert do(signed_in, case, "hand-back").status_code == 409
    do(signed_in, case, "take-over")
    assert with_staff()
    services.pass_time(seconds=STAFF_STAY.total_seconds())
    assert not with_staff()


def test_closing_hands_the_conversation_back(signed_in: Browser, services: TestServices, file: File) -> None:
    case = file("a fever")
    do(signed_in, case, "take-over")
    assert do(signed_in, case, "close", outcome="advised", comment="spoke with her").status_code == 303
    with services.database.read() as connection:
        assert connection.execute(sa.select(conversations.c.handed_to)).scalar() is None
    assert "automated assistant again" in said(services, case)[-1][1]


@pytest.mark.parametrize(
    ("action", "form", "words"),
    [
        ("close", {"comment": "done"}, "Choose an outcome"),
        ("close", {"outcome": "fine", "comment": "done"}, "Choose an outcome"),
        ("close", {"outcome": "advised", "comment": "  "}, "comment must not be empty"),
        ("note", {"note": ""}, "note must not be empty"),
        ("call", {"result": "", "call_note": "rang"}, "how the call ended"),
        ("priority", {"priority": "0", "reason": "x"}, "priority is 0 already"),
        ("priority", {"priority": "5", "reason": ""}, "reason must not be empty"),
        ("assign", {"to": "A Stranger"}, "nobody of this name"),
        ("message", {"message": " "}, "message is empty"),
        ("reopen", {"reopen_reason": "x"}, "not closed"),
    ],
)
def test_a_step_without_what_it_needs_says_so_and_changes_nothing(
    signed_in: Browser, services: TestServices, file: File, action: str, form: dict[str, str], words: str
) -> None:
    case = file("a fever")
    answer = do(signed_in, case, action, **form)
    assert answer.status_code == 409
    assert words in answer.text
    assert now_of(services, case) == case
    assert said(services, case) == []


@pytest.mark.parametrize(("field", "longest"), [("note", LONGEST_TEXT), ("message", 600)])
def test_texts_have_an_end(signed_in: Browser, services: TestServices, file: File, field: str, longest: int) -> None:
    case = file("a fever")
    assert do(signed_in, case, field, **{field: "x" * (longest + 1)}).status_code == 400
    assert do(signed_in, case, field, **{field: "x" * longest}).status_code == 303


def test_a_case_is_closed_only_with_what_the_patient_wrote_meanwhile_before_ones_eyes(
    signed_in: Browser, services: TestServices, file: File
) -> None:
    """And what was typed is given back."""
    case = file("a fever")
    file("and my leg is numb", words="leg is numb", conversation_id=case.conversation_id)
    answer = do(signed_in, case, "close", outcome="advised", comment="A long comment that took a while")
    assert answer.status_code == 409
    assert "has changed since you loaded it" in answer.text
    assert "A long comment that took a while</textarea>" in answer.text
    assert "my <mark>leg is numb</mark>" in answer.text
    assert now_of(services, case).status is Status.OPEN


def test_a_case_is_not_closed_over_a_message_that_changed_nothing_else(
    signed_in: Browser, services: TestServices, file: File
) -> None:
    """A plain "thank you, one more thing" gives the case no new version."""
    case = file("a fever")
    seen = re.search(r'name="seen" value="(\d+)"', signed_in.get(f"/staff/cases/{case.id}").text)
    assert seen
    inbound = Inbound(case.conversation_id, "one more thing", case.channel, "later")
    with services.database.write() as connection:
        accept_message(connection, inbound, services.now())
    form = {"outcome": "advised", "comment": "A long comment", "seen": seen[1]}
    answer = do(signed_in, case, "close", **form)
    assert answer.status_code == 409
    assert "your page did not show" in answer.text
    assert "one more thing" in answer.text
    assert "A long comment</textarea>" in answer.text
    assert now_of(services, case) == case
    seen = re.search(r'name="seen" value="(\d+)"', answer.text)
    assert seen
    assert do(signed_in, case, "close", **{**form, "seen": seen[1]}).status_code == 303


def test_a_colleague_who_has_the_conversation_is_not_talked_over(
    signed_in: Browser, services: TestServices, file: File
) -> None:
    case = file("a fever")
    with services.database.write() as connection:
        hand_over(connection, case.conversation_id, "S. Example", services.now())
    for action, form in (("take-over", {}), ("message", {"message": "hello"})):
        answer = do(signed_in, case, action, **form)
        assert answer.status_code == 409
        assert "S. Example has taken the conversation over meanwhile" in answer.text
    assert said(services, case) == []
    # With that on the page it is their decision.
    assert do(signed_in, case, "message", message="hello", holder="S. Example").status_code == 303
    assert said(services, case) == [("staff", "hello")]


def test_what_an_open_page_renews_is_in_the_trail_once_for_each_new_message(
    signed_in: Browser, services: TestServices, file: File
) -> None:
    case = file("a fever")

    def views() -> int:
        with services.database.read() as connection:
            return len(audit.entries(connection, action="conversation.viewed"))

    counted = []
    for _ in range(2):
        signed_in.get(f"/staff/cases/{case.id}/live")
        counted.append(views())
    with services.database.write() as connection:
        accept_message(connection, Inbound(case.conversation_id, "and more", case.channel, "later"), services.now())
    for _ in range(2):
        signed_in.get(f"/staff/cases/{case.id}/live")
        counted.append(views())
    assert counted == [1, 1, 2, 2]


def test_evidence_of_long_ago_is_a_click_away(signed_in: Browser, services: TestServices, file: File) -> None:
    case = file("a fever")
    first = case.findings[0]["message_id"]
    with services.database.write() as connection:
        for number in range(PAGE_SIZE + 5):
            accept_message(connection, Inbound(case.conversation_id, "hm", case.channel, f"{number}"), services.now())
    page = signed_in.get(f"/staff/cases/{case.id}").text
    assert f'id="m{first}"' not in page
    link = re.search(r'href="(\?before=\d+)#m' + str(first), page)
    assert link
    assert f'id="m{first}"' in signed_in.get(f"/staff/cases/{case.id}{link[1]}").text


def test_a_note_is_never_lost_to_what_happened_meanwhile(
    signed_in: Browser, services: TestServices, file: File
) -> None:
    case = file("a fever")
    for number in range(5):
        assert do(signed_in, case, "note", note=f"note {number}").status_code == 303
    assert [item["note"] for item in now_of(services, case).notes] == [f"note {number}" for number in range(5)]


def test_a_patient_of_another_program_cannot_be_written_to(
    signed_in: Browser, services: TestServices, file: File
) -> None:
    case = file("a fever", channel="rest", address="client-1")
    for action in ("message", "take-over"):
        answer = do(signed_in, case, action, message="hello")
        assert answer.status_code == 409
        assert "Call them" in answer.text
    assert do(signed_in, case, "acknowledge").status_code == 303
    assert said(services, case) == []


def test_reopened_it_waits_again(signed_in: Browser, services: TestServices, file: File) -> None:
    case = file("a fever")
    do(signed_in, case, "close", outcome="advised", comment="spoke with her")
    closed = now_of(services, case)
    assert "spoke with her" in signed_in.get(f"/staff/cases/{case.id}").text
    assert do(signed_in, closed, "reopen", reopen_reason="she wrote again").status_code == 303
    held = now_of(services, case)
    assert (held.status, held.acknowledged_by) == (Status.OPEN, None)
    page = signed_in.get(f"/staff/cases/{case.id}").text
    assert "she wrote again" in page
    assert "Nobody has acknowledged it" in page


def test_every_view_and_step_is_in_the_audit_trail(
    signed_in: Browser, services: TestServices, file: File, nurse: Person
) -> None:
    case = file("a fever")
    steps = {
        "acknowledge": {}, "assign": {"to": NAME}, "note": {"note": "n"}, "call": {"result": "reached"},
        "priority": {"priority": "3", "reason": "r"}, "message": {"message": "m"}, "hand-back": {}, "take-over": {},
        "close": {"outcome": "advised", "comment": "c"}, "reopen": {"reopen_reason": "r"},
    }  # fmt: skip
    signed_in.get(f"/staff/cases/{case.id}")
    signed_in.get(f"/staff/conversations/{case.conversation_id}")
    for action, form in steps.items():
        assert do(signed_in, now_of(services, case), action, **form).status_code == 303, action
    with services.database.read() as connection:
        entries = [entry for entry in audit.entries(connection) if entry.actor == NAME][::-1]
        assert audit.verify(connection) == []
    assert [entry.action for entry in entries] == [
        "conversation.viewed", "conversation.viewed", "escalation.acknowledged", "escalation.assigned",
        "escalation.noted", "escalation.call_logged", "escalation.priority_set", "message.sent",
        "conversation.handed_back", "conversation.taken_over", "escalation.closed", "escalation.reopened",
    ]  # fmt: skip
    assert {entry.subject for entry in entries} == {
        f"escalation/{case.id}",
        f"conversation/{case.conversation_id}",
    }


def test_two_nurses_claim_one_case_and_exactly_one_is_first(services: TestServices, file: File) -> None:
    """Five hundred times at the same moment. The other one sees who was first."""
    people = [Person(services, name, Role.NURSE) for name in ("R. Example", "S. Example")]
    rounds = 500
    cases = [file(f"a fever {number}", Disposition.URGENT) for number in range(rounds)]
    with Browser(services) as first, Browser(services) as second, ThreadPoolExecutor(2) as both:
        browsers = (first.be(people[0]), second.be(people[1]))
        for browser in browsers:
            browser.get("/staff/account")
        for case in cases:
            answers = list(both.map(lambda browser, case=case: do(browser, case, "acknowledge"), browsers))
            assert sorted(answer.status_code for answer in answers) == [303, 409]
            (loser,) = [answer for answer in answers if answer.status_code == 409]
            winner = people[0 if answers[0].status_code == 303 else 1].name
            assert f"{winner} was first and has acknowledged this case" in loser.text
    with services.database.read() as connection:
        status = sa.select(escalations.c.status, escalations.c.version).distinct()
        assert connection.execute(status).all() == [("acknowledged", 2)]
        assert audit.verify(connection) == []
        won = [entry.actor for entry in audit.entries(connection, action="escalation.acknowledged", limit=1000)]
    assert len(won) == rounds
