"""Review: marks that become tests, questions that become content, and what the interlock did."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.console.review.marks import LABELS
from bot.console.review.unanswered import lines_to_add, topic_of
from bot.escalation import audit
from bot.escalation.model import Escalation
from bot.evaluation.labels import LABEL_KEYS, read_labels
from bot.records.messages import Reply, store_replies
from bot.records.tables import messages
from bot.records.unanswered import record_unanswered
from bot.wording import Wording
from tests.conftest import TestServices
from tests.console.conftest import NAME, Browser, Person

File = Callable[..., Escalation]


def message_of(services: TestServices, case: Escalation) -> int:
    query = sa.select(messages.c.id).where(
        messages.c.conversation_id == case.conversation_id, messages.c.author == "patient"
    )
    with services.database.read() as connection:
        return int(connection.execute(query.order_by(messages.c.id.desc()).limit(1)).scalar_one())


def mark(browser: Browser, message_id: int, **form: str) -> int:
    return browser.send_form(f"/staff/review/messages/{message_id}/mark", **form).status_code


def test_a_marked_turn_becomes_a_line_that_evaluate_reads(
    browser: Browser, services: TestServices, nurse: Person, admin: Person, file: File, tmp_path: Path
) -> None:
    first, second = file("my temp is 39.5"), file("no fever")
    with services.database.write() as connection:
        asked = [Reply("Do you have chills?", response="utter_ask_presence")]
        store_replies(
            connection, message_of(services, second), second.conversation_id, "website", asked, services.now()
        )
    file("a bit", conversation_id=second.conversation_id)
    missed, over = message_of(services, first), message_of(services, second)
    browser.be(nurse)
    assert mark(browser, missed, kind="missed", present_fever="1", present_chills="1", reason="Celsius") == 303
    assert mark(browser, over, kind="over_triaged", reason="it is an old one") == 303
    assert mark(browser, missed, kind="missed", present_fever="1", reason="39.5 is Celsius") == 303
    page = browser.get("/staff/review").text
    assert "39.5 is Celsius" in page
    assert "marked: missed" in browser.get(f"/staff/cases/{first.id}").text
    exported = browser.be(admin).send_form("/staff/review/marks.jsonl").text
    assert [json.loads(line) for line in exported.splitlines()] == [
        {"id": f"live-{missed}", "text": "my temp is 39.5", "expect": ["fever"], "marked": "missed",
         "reason": "39.5 is Celsius"},
        {"id": f"live-{over}", "text": "a bit", "expect": [], "prev": "Do you have chills?",
         "marked": "over_triaged", "reason": "it is an old one"},
    ]  # fmt: skip
    (tmp_path / "live.jsonl").write_text(exported, encoding="utf-8")
    labels, refused = read_labels([tmp_path / "live.jsonl"])
    assert (len(labels), refused) == (2, [])
    assert browser.be(nurse).send_form(f"/staff/review/messages/{missed}/unmark").status_code == 303
    assert "39.5 is Celsius" not in browser.get("/staff/review").text
    with services.database.read() as connection:
        actions = [entry.action for entry in audit.entries(connection, actor=NAME)]
    assert actions.count("turn.marked") == 3
    assert actions.count("turn.unmarked") == 1


def test_the_labels_are_those_of_evaluate() -> None:
    assert set(LABELS) == set(LABEL_KEYS)


@pytest.mark.parametrize(
    "form",
    [
        {"kind": "wrong", "reason": "x"},
        {"kind": "missed", "present_fever": "1", "reason": " "},
        {"kind": "missed", "reason": "nothing is said to be present"},
    ],
)
def test_a_mark_that_says_too_little_is_not_taken(
    signed_in: Browser, services: TestServices, file: File, form: dict[str, str]
) -> None:
    message_id = message_of(services, file("a fever"))
    with services.database.read() as connection:
        before = len(audit.entries(connection, action="conversation.viewed"))
    assert mark(signed_in, message_id, **form) == 400
    with services.database.read() as connection:
        assert len(audit.entries(connection, action="conversation.viewed")) == before + 1, "it shows the message"
    assert "No turn is marked" in signed_in.get("/staff/review").text


def test_a_question_without_an_answer_shows_the_lines_to_add(signed_in: Browser, services: TestServices) -> None:
    with services.database.write() as connection:
        for _ in range(3):
            record_unanswered(connection, "Can I take a hot bath?", "sms", services.now())
    page = signed_in.get("/staff/review").text
    with services.database.read() as connection:
        assert len(audit.entries(connection, action="review.viewed")) == 1
    assert "3×" in page
    assert "intent: ask_take_hot_bath" in page
    assert "utter_answer_take_hot_bath:" in page


@pytest.mark.parametrize(
    ("question", "topic"),
    [("can i take a hot bath", "take_hot_bath"), ("¿puedo?", "puedo"), ("???", "new_topic"), ("is it", "new_topic")],
)
def test_a_topic_is_named_by_the_questions_own_words(question: str, topic: str) -> None:
    assert topic_of(question) == topic


def test_the_lines_to_add_are_content(tmp_path: Path) -> None:
    """Whatever a patient asked, they are YAML that the loader takes."""
    for number, question in enumerate(['"quoted" \\ {x}', "a: b # c", "- x", "%s", "çà"]):
        _, responses = lines_to_add(question).split("# data/responses/our_clinic.yml\n")
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "own.yml").write_text(responses, encoding="utf-8")
        assert len(Wording.load(folder).names()) == 1


def test_what_the_interlock_did_is_listed(
    signed_in: Browser, services: TestServices, nurse: Person, file: File
) -> None:
    case = file("a fever")
    message_id = message_of(services, case)
    with services.database.write() as connection:
        store_replies(
            connection, message_id, case.conversation_id, "website", [Reply("Call.")], services.now(),
            interlock="failure",
        )  # fmt: skip
    page = signed_in.get("/staff/review").text
    assert '<li class="late"><b>1</b> failure</li>' in page
    assert f"#m{message_id}" in page
    assert "failed once in the last 24 hours" in signed_in.get("/staff").text
    services.pass_time(hours=25)
    assert "in the last 24 hours" not in signed_in.be(nurse).get("/staff").text


def test_conversations_without_a_case_are_found_too(signed_in: Browser, services: TestServices, file: File) -> None:
    for number in range(60):
        file(f"hello {number}")
        services.pass_time(seconds=1)
    first = signed_in.get("/staff/conversations").text
    assert first.count("/staff/conversations/") == 50
    (before,) = [part.split('"')[0] for part in first.split("before=")[1:]]
    assert signed_in.get(f"/staff/conversations?before={before}").text.count('<th scope="row">') == 10
