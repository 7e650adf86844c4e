"""Who is told next while nobody acknowledges: each rung once, in order, whatever the clock and the process do."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.clinic import LadderPlan, Step
from bot.escalation import outbox
from bot.escalation.notify.ladder import Ladder
from bot.escalation.unreached import not_reached
from bot.records import conversations
from bot.records.tables import escalations, raises
from bot.records.tables import messages as messages_table
from bot.records.tables import outbox as outbox_table
from bot.triage.model import Disposition
from tests.conftest import TestServices
from tests.escalation.notify.clinics import MINUTES, PLAN, TOLD, clinic_with, file, keys, notify_by, set_status, told

FIRST = ["1/1/front_desk", "1/1/on_call"]
SECOND = ["1/2/front_desk", "1/2/on_call"]


@pytest.fixture
def notifying(services: TestServices) -> TestServices:
    notify_by(services, clinic_with())
    return services


def climb(services: TestServices, minutes: float) -> None:
    services.pass_time(minutes=minutes)
    services.ladder.run_once()


def test_the_first_step_is_written_with_the_escalation(notifying: TestServices) -> None:
    file(notifying)
    assert keys(notifying) == FIRST


def test_what_is_rolled_back_notifies_nobody(notifying: TestServices, monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.escalation import repository

    monkeypatch.setattr(repository, "hold_message", None)
    with pytest.raises(TypeError):
        file(notifying)
    assert (keys(notifying), notifying.escalations.list()) == ([], [])


def test_step_by_step_until_the_patient_is_told(notifying: TestServices) -> None:
    escalation = file(notifying)
    climb(notifying, MINUTES[1] - 0.1)
    assert keys(notifying) == FIRST
    climb(notifying, 0.1)
    assert keys(notifying) == FIRST + SECOND
    climb(notifying, MINUTES[2] - MINUTES[1])
    assert len(keys(notifying)) == 6
    assert told(notifying, escalation.conversation_id) == []
    climb(notifying, TOLD - MINUTES[2])
    assert told(notifying, escalation.conversation_id) == ["utter_unread"]
    for _ in range(3):
        climb(notifying, 1000)
    assert len(keys(notifying)) == 6
    assert told(notifying, escalation.conversation_id) == ["utter_unread"]


@pytest.mark.parametrize("status", ["acknowledged", "closed"])
def test_an_acknowledgement_stops_it(notifying: TestServices, status: str) -> None:
    escalation = file(notifying)
    set_status(notifying, escalation.id, status)
    for _ in range(5):
        climb(notifying, 60)
    assert keys(notifying) == FIRST
    assert told(notifying, escalation.conversation_id) == []


def hand_over(services: TestServices, conversation_id: str) -> None:
    with services.database.write() as connection:
        conversations.hand_over(connection, conversation_id, "nurse", services.now())


def test_while_staff_write_with_the_patient_nobody_else_is_paged(notifying: TestServices) -> None:
    escalation = file(notifying)
    hand_over(notifying, escalation.conversation_id)
    climb(notifying, 30)
    assert keys(notifying) == FIRST
    climb(notifying, 31)  # nobody has acknowledged, and who wrote has gone
    climb(notifying, 2)
    assert keys(notifying)[2:4] == SECOND


def test_what_is_reported_while_staff_have_the_conversation_climbs_all_the_same(notifying: TestServices) -> None:
    escalation = file(notifying)
    hand_over(notifying, escalation.conversation_id)
    set_status(notifying, escalation.id, "acknowledged")
    notifying.pass_time(minutes=10)
    file(notifying, disposition=Disposition.EMERGENCY, conversation_id=escalation.conversation_id)
    climb(notifying, MINUTES[1])
    assert keys(notifying) == [*FIRST, "2/1/front_desk", "2/1/on_call", "2/2/front_desk", "2/2/on_call"]
    climb(notifying, MINUTES[2] - MINUTES[1])
    climb(notifying, TOLD - MINUTES[2])
    assert told(notifying, escalation.conversation_id) == ["utter_unread_emergency"]


def test_a_hand_over_from_a_clock_that_went_back_holds_nothing_up(notifying: TestServices) -> None:
    escalation = file(notifying)
    notifying.pass_time(minutes=600)
    hand_over(notifying, escalation.conversation_id)
    notifying.pass_time(minutes=-600)
    climb(notifying, MINUTES[1])
    assert keys(notifying) == FIRST + SECOND


def test_each_step_asks_whether_the_office_is_open_then(notifying: TestServices) -> None:
    notifying.time = datetime(2026, 6, 9, 21, 55, tzinfo=timezone.utc)  # 4:55 PM at the clinic
    file(notifying)
    climb(notifying, 10)
    assert keys(notifying) == [*FIRST, "1/2/on_call"]


def test_what_is_worse_or_open_again_is_raised_anew_and_what_is_not_is_not(notifying: TestServices) -> None:
    escalation = file(notifying)
    same = escalation.conversation_id
    file(notifying, conversation_id=same)
    file(notifying, symptom="fever", conversation_id=same)
    assert keys(notifying) == FIRST
    file(notifying, disposition=Disposition.EMERGENCY, conversation_id=same)
    second = ["2/1/front_desk", "2/1/on_call"]
    assert keys(notifying) == FIRST + second
    climb(notifying, MINUTES[1])
    assert keys(notifying) == [*FIRST, *second, "2/2/front_desk", "2/2/on_call"]  # the first raise climbs no further
    set_status(notifying, escalation.id, "acknowledged")
    file(notifying, symptom="chills", conversation_id=same)
    assert keys(notifying)[-2:] == ["3/1/front_desk", "3/1/on_call"]


def test_a_red_flag_after_the_end_of_the_ladder_is_raised_anew(notifying: TestServices) -> None:
    escalation = file(notifying)
    for _ in PLAN.moments:
        climb(notifying, TOLD)
    before = keys(notifying)
    file(notifying, symptom="fever", conversation_id=escalation.conversation_id)
    second = ["2/1/front_desk", "2/1/on_call"]
    assert keys(notifying) == before + second
    file(notifying, symptom="chills", conversation_id=escalation.conversation_id)
    assert keys(notifying) == before + second  # which climbs


def test_a_ladder_of_one_step_does_not_page_for_each_message(services: TestServices) -> None:
    notify_by(services, clinic_with(LadderPlan(PLAN.steps[:1], None)))
    escalation = file(services)
    for _ in range(4):
        services.pass_time(minutes=5)
        file(services, conversation_id=escalation.conversation_id)
    assert keys(services) == [*FIRST, "2/1/front_desk", "2/1/on_call"]  # after a quarter of an hour


def test_texts_that_do_not_arrive_raise_once_and_the_ladder_climbs(notifying: TestServices) -> None:
    escalation = file(notifying, channel="sms")
    for why in ["error 30005"] * 5 + ["opted out"] * 5:
        with notifying.database.write() as connection:
            not_reached(connection, notifying.escalations, escalation.conversation_id, "sms", why)
        climb(notifying, 9)
    second = [f"2/{step}/{route}" for step in (1, 2, 3) for route in ("front_desk", "on_call")]
    assert keys(notifying) == FIRST + second
    assert told(notifying, escalation.conversation_id) == ["utter_unread"]
    assert len(notifying.escalations.find(escalation.id).notes) == 2  # one for each reason


@pytest.mark.only_on("postgresql", reason="SQLite locks no rows")
def test_an_escalation_that_somebody_holds_keeps_no_other_waiting(notifying: TestServices) -> None:
    held, other = file(notifying), file(notifying)
    notifying.pass_time(minutes=MINUTES[1])
    with notifying.database.write() as connection:
        connection.execute(sa.select(escalations.c.id).where(escalations.c.id == held.id).with_for_update())
        notifying.ladder.run_once()
        assert keys(notifying) == FIRST * 2 + SECOND
    notifying.ladder.run_once()
    assert keys(notifying) == FIRST * 2 + SECOND * 2
    assert other.id != held.id


def test_a_text_patient_is_told_by_text(notifying: TestServices) -> None:
    escalation = file(notifying, channel="sms", disposition=Disposition.EMERGENCY)
    for _ in PLAN.moments:
        climb(notifying, TOLD)
    assert told(notifying, escalation.conversation_id) == ["utter_unread_emergency"]
    with notifying.database.read() as connection:
        assert outbox.load(connection)["sms"].pending == 1


def test_without_routes_the_patient_is_told_all_the_same(services: TestServices) -> None:
    assert services.clinic.notifications.routes == {}
    urgent, routine = file(services), file(services, disposition=Disposition.ROUTINE)
    climb(services, 29)
    assert told(services, urgent.conversation_id) == []
    climb(services, 1)
    climb(services, 6000)
    assert told(services, urgent.conversation_id) == ["utter_unread"]
    assert told(services, routine.conversation_id) == []


def test_a_ladder_that_was_shortened_meanwhile_ends(notifying: TestServices) -> None:
    escalation = file(notifying)
    climb(notifying, 10)
    notify_by(notifying, clinic_with(LadderPlan((Step(timedelta(0), ("on_call",), ()),))))
    climb(notifying, 60)
    climb(notifying, 60)
    assert keys(notifying) == FIRST + SECOND
    assert told(notifying, escalation.conversation_id) == []


def test_one_that_cannot_be_told_keeps_no_other_waiting(
    notifying: TestServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    notify_by(notifying, clinic_with(LadderPlan((), timedelta(minutes=5))))
    escalations_filed = [file(notifying, channel=channel) for channel in ("website", "sms")]
    say = notifying.say

    def broken(response: str, channel: str, **facts: str) -> object:
        if channel == "website":
            raise KeyError(response)
        return say(response, channel, **facts)

    ladder = Ladder(notifying.database, notifying.now, lambda: notifying.clinic, broken)  # type: ignore[arg-type]
    notifying.pass_time(minutes=6)
    ladder.run_once()
    assert [told(notifying, item.conversation_id) for item in escalations_filed] == [[], ["utter_unread"]]
    notifying.ladder.run_once()
    assert told(notifying, escalations_filed[0].conversation_id) == ["utter_unread"]


DAY = 24 * 60
JUMPS = st.tuples(st.just("jump"), st.floats(-30 * DAY, 30 * DAY) | st.floats(-30, 30))
ACTIONS = st.lists(
    st.one_of(
        JUMPS,
        st.tuples(st.just("wait"), st.floats(0, 20)),
        st.tuples(st.just("run"), st.integers(0, 1)),
        st.tuples(st.just("restart"), st.integers(0, 1)),
        st.tuples(st.just("acknowledge"), st.none()),
        st.tuples(st.just("report"), st.sampled_from(["leg_symptom", "fever", "chills"])),
    ),
    max_size=25,
)


def all_rungs(raise_number: int) -> list[str]:
    return [f"{raise_number}/{step}" for step in range(1, len(MINUTES) + 1)]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(actions=ACTIONS)
def test_each_rung_once_in_order_none_missing(services: TestServices, actions: list[tuple[str, object]]) -> None:
    with services.database.write() as connection:
        connection.execute(messages_table.update().values(escalation_id=None))
        for table in (outbox_table, raises, escalations, messages_table):
            connection.execute(table.delete())
    steps = tuple(Step(timedelta(minutes=minutes), ("on_call",), ("on_call",)) for minutes in MINUTES)
    notify_by(services, clinic_with(LadderPlan(steps, timedelta(minutes=TOLD))))
    services.time = datetime(2026, 6, 9, 15, 0, tzinfo=timezone.utc)

    def copy() -> Ladder:
        return Ladder(services.database, services.now, lambda: services.clinic, services.say)

    copies = [copy(), copy()]
    escalation = file(services)
    conversation_id, raised, stopped = escalation.conversation_id, 1, False

    def rungs() -> list[str]:
        return [key.rpartition("/")[0] for key in keys(services)]

    def run(ladder: Ladder) -> None:
        before, told_before = rungs(), told(services, conversation_id)
        ladder.run_once()
        done = len(rungs()) - len(before) + len(told(services, conversation_id)) - len(told_before)
        assert done <= (0 if stopped else 1), "a burst, or a rung after the acknowledgement"

    for name, value in actions:
        if name in ("jump", "wait"):
            services.pass_time(minutes=value)  # type: ignore[arg-type]
        elif name == "run":
            run(copies[value])  # type: ignore[call-overload]
        elif name == "restart":
            copies[value] = copy()  # type: ignore[call-overload]
        elif name == "acknowledge":
            set_status(services, escalation.id, "acknowledged")
            stopped = True
        else:
            after = file(services, symptom=str(value), conversation_id=conversation_id)
            if stopped and after.status.value == "open":
                raised, stopped = raised + 1, False
    for _ in range(2 * len(PLAN.moments)):
        services.pass_time(minutes=TOLD)
        run(copies[0])
    done = rungs()
    assert len(done) == len(set(done))
    for number in range(1, raised + 1):
        of_this = [rung for rung in done if rung.startswith(f"{number}/")]
        assert of_this == all_rungs(number)[: len(of_this)]
    assert done == sorted(done, key=lambda rung: int(rung.partition("/")[0]))
    if not stopped:
        assert [rung for rung in done if rung.startswith(f"{raised}/")] == all_rungs(raised)
        assert told(services, conversation_id)[-1:] == ["utter_unread"]
