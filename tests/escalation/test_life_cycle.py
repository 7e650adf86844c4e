"""What staff do with an escalation: allowed steps, one winner, no lost note, one audit entry for each change."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest
import sqlalchemy as sa

from bot.escalation import audit
from bot.escalation.model import Escalation, Origin, Report, Status
from bot.escalation.service import Changed, EscalationService, NotFound
from bot.escalation.steps import LONGEST_TEXT, CallResult, NotAllowed, Outcome
from bot.records import conversations
from bot.records.messages import Inbound
from bot.records.tables import raises
from bot.triage.model import Disposition, Finding
from tests.conftest import TestServices

CONVERSATION = "a" * 32


def file(services: TestServices, *symptoms: str, conversation: str = CONVERSATION) -> Escalation:
    report = Report(Disposition.URGENT, Origin.ACTION, findings=tuple(Finding(key, key) for key in symptoms))
    with services.database.write() as connection:
        conversations.ensure_conversation(connection, Inbound(conversation, "", "website", "m"), services.now())
        return services.escalations.file_within(connection, conversation, "website", report, None)


@pytest.fixture
def opened(services: TestServices) -> Escalation:
    return file(services, "fever")


def audited(services: TestServices) -> list[tuple[str, str]]:
    """Actor and action of each entry, oldest first."""
    with services.database.read() as connection:
        assert audit.verify(connection) == []
        return [(entry.actor, entry.action) for entry in reversed(audit.entries(connection, limit=1000))]


def test_from_open_to_closed_and_open_again(services: TestServices, opened: Escalation) -> None:
    desk = services.escalations
    seen = desk.acknowledge(opened.id, "Ana", opened.version)
    assert (seen.status, seen.acknowledged_by, seen.acknowledged_at) == (Status.ACKNOWLEDGED, "Ana", services.now())
    assigned = desk.assign(opened.id, "Ana", "Ben", seen.version)
    assert assigned.assigned_to == "Ben"
    desk.note(opened.id, "Ben", "will call at noon")
    called = desk.log_call(opened.id, "Ben", CallResult.VOICEMAIL)
    pressing = desk.set_priority(opened.id, "Ben", 5, "lives alone", called.version)
    closed = desk.close(opened.id, "Ben", Outcome.ADVISED, "fever is down", pressing.version)
    assert (closed.status, closed.closed_by, closed.outcome) == (Status.CLOSED, "Ben", "advised")
    assert closed.close_comment == "fever is down"
    again = desk.reopen(opened.id, "Ana", "patient called back", closed.version)
    assert (again.status, again.acknowledged_by, again.closed_at, again.outcome) == (Status.OPEN, None, None, None)
    assert [(note["kind"], note["by"], note["note"]) for note in again.notes] == [
        ("note", "Ben", "will call at noon"),
        ("call", "Ben", ""),
        ("priority", "Ben", "lives alone"),
        ("closed", "Ben", "fever is down"),
        ("reopened", "Ana", "patient called back"),
    ]
    assert again.version == opened.version + 7
    assert desk.find(opened.id) == again
    assert audited(services) == [
        ("Ana", "escalation.acknowledged"),
        ("Ana", "escalation.assigned"),
        ("Ben", "escalation.noted"),
        ("Ben", "escalation.call_logged"),
        ("Ben", "escalation.priority_set"),
        ("Ben", "escalation.closed"),
        ("Ana", "escalation.reopened"),
    ]


Step = Callable[[EscalationService, str, int], Escalation]
#: Each step of staff that names a version.
STEPS: dict[str, Step] = {
    "acknowledge": lambda desk, key, version: desk.acknowledge(key, "Ana", version),
    "assign": lambda desk, key, version: desk.assign(key, "Ana", "Ben", version),
    "set_priority": lambda desk, key, version: desk.set_priority(key, "Ana", 7, "why", version),
    "close": lambda desk, key, version: desk.close(key, "Ana", Outcome.RESOLVED, "done", version),
    "reopen": lambda desk, key, version: desk.reopen(key, "Ana", "why", version),
}


@pytest.mark.parametrize("step", STEPS)
def test_another_version_is_refused_and_shows_who_was_first(
    services: TestServices, opened: Escalation, step: str
) -> None:
    first = services.escalations.acknowledge(opened.id, "Ben", opened.version)
    with pytest.raises(Changed) as refused:
        STEPS[step](services.escalations, opened.id, opened.version)
    assert refused.value.escalation == first
    assert len(audited(services)) == 1


@pytest.mark.parametrize("step", STEPS)
def test_unknown_reference(services: TestServices, step: str) -> None:
    with pytest.raises(NotFound):
        STEPS[step](services.escalations, "ZZZZ-ZZZZ", 1)


#: Which steps each status allows.
ALLOWED = {
    Status.OPEN: {"acknowledge", "assign", "set_priority", "close"},
    Status.ACKNOWLEDGED: {"assign", "set_priority", "close"},
    Status.CLOSED: {"reopen"},
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("status", Status)
def test_each_status_allows_its_steps(services: TestServices, opened: Escalation, status: Status, step: str) -> None:
    held = opened
    if status is not Status.OPEN:
        held = STEPS["acknowledge" if status is Status.ACKNOWLEDGED else "close"](
            services.escalations, held.id, held.version
        )
    if step in ALLOWED[status]:
        assert STEPS[step](services.escalations, held.id, held.version).version == held.version + 1
        return
    with pytest.raises(NotAllowed):
        STEPS[step](services.escalations, held.id, held.version)
    assert services.escalations.find(held.id) == held


@pytest.mark.parametrize(
    "step",
    [
        lambda desk, held: desk.close(held.id, "Ana", Outcome.RESOLVED, " ", held.version),
        lambda desk, held: desk.set_priority(held.id, "Ana", 3, "\0", held.version),
        lambda desk, held: desk.set_priority(held.id, "Ana", 0, "as before", held.version),
        lambda desk, held: desk.set_priority(held.id, "Ana", -1, "why", held.version),
        lambda desk, held: desk.note(held.id, "Ana", "\ud800"),
        lambda desk, held: desk.note(held.id, "Ana", "x" * (LONGEST_TEXT + 1)),
        lambda desk, held: desk.note(held.id, "", "who wrote this?"),
        lambda desk, held: desk.assign(held.id, "Ana", "", held.version),
    ],
)
def test_what_is_needed_must_be_there(
    services: TestServices, opened: Escalation, step: Callable[[EscalationService, Escalation], Escalation]
) -> None:
    with pytest.raises(NotAllowed):
        step(services.escalations, opened)
    assert services.escalations.find(opened.id) == opened
    assert audited(services) == []


def test_closing_an_open_one_acknowledges_it(services: TestServices, opened: Escalation) -> None:
    closed = services.escalations.close(opened.id, "Ana", Outcome.ADVISED, "called", opened.version)
    assert (closed.acknowledged_by, closed.acknowledged_at) == ("Ana", services.now())


def test_a_reopened_one_is_told_to_staff_anew(services: TestServices, opened: Escalation) -> None:
    def climbing() -> int:
        with services.database.read() as connection:
            query = sa.select(sa.func.count()).select_from(raises).where(raises.c.ended_at.is_(None))
            return int(connection.execute(query).scalar_one())

    assert climbing() == 1
    closed = services.escalations.close(opened.id, "Ana", Outcome.ADVISED, "called", opened.version)
    assert climbing() == 0
    services.escalations.reopen(opened.id, "Ana", "called back", closed.version)
    assert climbing() == 1


def test_a_report_that_joins_makes_a_closing_fail_but_no_note(services: TestServices, opened: Escalation) -> None:
    joined = file(services, "chills")
    assert (joined.id, joined.version) == (opened.id, opened.version + 1)
    with pytest.raises(Changed):
        services.escalations.close(opened.id, "Ana", Outcome.ADVISED, "called", opened.version)
    assert services.escalations.note(opened.id, "Ana", "calling now").notes[-1]["note"] == "calling now"


def test_a_report_after_the_closing_opens_a_new_one_and_the_old_one_stays_closed(
    services: TestServices, opened: Escalation
) -> None:
    closed = services.escalations.close(opened.id, "Ana", Outcome.ADVISED, "called", opened.version)
    new = file(services, "fever")
    assert new.id != opened.id
    with pytest.raises(NotAllowed, match="another open"):
        services.escalations.reopen(opened.id, "Ana", "why", closed.version)
    assert services.escalations.find(opened.id) == closed


def at_once(*steps: Callable[[], object]) -> list[object]:
    """The results of the steps, or what they raised; all begin at the same moment."""
    results: list[object] = [None] * len(steps)
    start = threading.Barrier(len(steps))

    def run(number: int) -> None:
        start.wait()
        try:
            results[number] = steps[number]()
        except Exception as error:
            results[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(steps))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_two_nurses_at_once_have_one_winner(services: TestServices, opened: Escalation) -> None:
    desk, held = services.escalations, opened
    wins: Counter[str] = Counter()
    for number in range(25):
        results = at_once(*(partial(desk.acknowledge, opened.id, name, held.version) for name in ("Ana", "Ben")))
        (winner,) = [result for result in results if isinstance(result, Escalation)]
        (loser,) = [result for result in results if isinstance(result, Changed)]
        assert loser.escalation == winner
        wins[str(winner.acknowledged_by)] += 1
        held = desk.close(opened.id, "Ana", Outcome.RESOLVED, f"round {number}", winner.version)
        held = desk.reopen(opened.id, "Ana", f"round {number}", held.version)
    assert wins.total() == 25
    assert len(audited(services)) == 75


def test_notes_and_reports_at_once_are_all_kept(services: TestServices, opened: Escalation) -> None:
    desk = services.escalations
    writers = [partial(desk.note, opened.id, name, f"by {name}") for name in "ABCDEF"]
    reports = [partial(file, services, key) for key in ("chills", "headache", "rash")]
    results = at_once(*writers, *reports)
    assert all(isinstance(result, Escalation) for result in results), results
    held = desk.find(opened.id)
    assert {note["by"] for note in held.notes} == set("ABCDEF")
    assert held.symptoms == {"fever", "chills", "headache", "rash"}
    assert held.version == opened.version + 9


def test_a_report_while_it_is_closed_joins_before_or_opens_after(services: TestServices) -> None:
    for number in range(15):
        conversation = f"{number:032x}"
        held = file(services, "fever", conversation=conversation)
        closing, filed = at_once(
            partial(services.escalations.close, held.id, "Ana", Outcome.RESOLVED, "done", held.version),
            partial(file, services, "chills", conversation=conversation),
        )
        assert isinstance(filed, Escalation)
        if filed.id == held.id:
            assert isinstance(closing, Changed)
            assert closing.escalation.symptoms == {"fever", "chills"}
        else:
            assert isinstance(closing, Escalation)
            assert closing.status is Status.CLOSED
        with_chills = [item for item in services.escalations.list(open_only=True) if "chills" in item.symptoms]
        assert [item.id for item in with_chills if item.conversation_id == conversation] == [filed.id]
