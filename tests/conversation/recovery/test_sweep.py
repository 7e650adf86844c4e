"""What a dead process left behind is finished; what nobody answers is filed."""

from __future__ import annotations

from bot.conversation.recovery.spool import Spool
from bot.conversation.recovery.sweep import Sweep
from bot.escalation.model import Origin
from bot.rasa_agent.runner import AgentLoading
from bot.records import conversations, messages
from bot.records.messages import Inbound
from bot.records.tables import conversations as conversation_table
from bot.triage.model import Course, Disposition, Encounter, Finding, Question, QuestionKind
from tests.conftest import TestServices
from tests.conversation.fakes import raises
from tests.conversation.test_turn import CONVERSATION, converse, only_escalation, take


def sweep(services: TestServices) -> Sweep:
    return Sweep(services, Spool(services.settings.data_dir / "spool.jsonl"))


def accept_and_die(services: TestServices, text: str) -> int:
    """What is on disk when the process dies while Rasa thinks."""
    inbound = Inbound(CONVERSATION, text, "website", "m1")
    with services.database.write() as connection:
        conversations.ensure_conversation(connection, inbound, services.now())
        message_id, _ = messages.accept_message(connection, inbound, services.now())
        conversations.begin_turn(connection, CONVERSATION, message_id, services.now())
        screen = services.screen.run(text, None, Encounter())
        messages.store_screen(connection, message_id, screen.decision.disposition.value, screen.to_dict())
    return message_id


def test_red_flag_of_a_dead_turn_is_filed_and_answered(services: TestServices) -> None:
    message_id = accept_and_die(services, "my leg went numb")
    sweep(services).run_once()
    assert services.escalations.list() == [], "the turn may still be alive"
    services.pass_time(seconds=30)
    sweep(services).run_once()
    assert only_escalation(services).origin is Origin.RECOVERY
    with services.database.read() as connection:
        assert messages.red_without_escalation(connection, services.now()) == []
        assert [reply.response for reply in messages.replies_to(connection, message_id)] == [
            "utter_urgent",
            "utter_filed",
        ]


def test_a_clock_that_is_set_back_delays_nothing(services: TestServices) -> None:
    accept_and_die(services, "my leg went numb")
    services.pass_time(hours=-1)
    sweep(services).run_once()
    assert only_escalation(services).origin is Origin.RECOVERY


def test_small_talk_of_a_dead_turn_gets_the_safe_reply(services: TestServices) -> None:
    message_id = accept_and_die(services, "hello there")
    services.pass_time(seconds=30)
    sweep(services).run_once()
    assert services.escalations.list() == []
    with services.database.read() as connection:
        (reply,) = messages.replies_to(connection, message_id)
    assert reply.response == "utter_safe_reply"


def test_message_answered_meanwhile_leaves_its_conversation_free(services: TestServices) -> None:
    accept_and_die(services, "my leg went numb")
    services.pass_time(seconds=30)
    with services.database.read() as connection:
        (row,) = messages.unfinished(connection, services.now())
    sweep(services).run_once()
    sweep(services)._finish_message(row)
    with services.database.write() as connection:
        assert conversations.seize_turn(connection, CONVERSATION, services.now()) is not None


def test_late_turn_finds_its_conversation_taken(services: TestServices) -> None:
    """The turn comes back to life after the sweep: it may write nothing more."""
    conversations_ = converse(services, raises(AgentLoading("loading")))

    def sleep_through(*args: object) -> None:
        services.pass_time(seconds=30)
        sweep(services).run_once()
        raise AgentLoading("loading")

    conversations_._agent.script = sleep_through  # type: ignore[attr-defined]
    reply = take(conversations_, "my leg went numb")
    assert reply.disposition is Disposition.URGENT
    assert only_escalation(services).origin is Origin.RECOVERY
    assert only_escalation(services).priority == 0


def ask(services: TestServices, question: Question) -> None:
    take(converse(services, raises(AgentLoading("loading"))), "hi", "m0")
    with services.database.write() as connection:
        connection.execute(
            conversation_table.update().values(question=question.to_dict(), question_asked_at=services.now())
        )


COURSE = Question(
    QuestionKind.COURSE,
    ("back_pain",),
    "utter_ask_back_pain_course",
    about=(Finding("back_pain", "my back hurts", 0, 13, "back_pain.pain"),),
)


def test_silence_after_a_symptom_question_is_filed_as_urgent(services: TestServices) -> None:
    ask(services, COURSE)
    services.pass_time(minutes=14)
    sweep(services).run_once()
    assert services.escalations.list() == []
    services.pass_time(minutes=2)
    sweep(services).run_once()
    sweep(services).run_once()
    escalation = only_escalation(services)
    assert escalation.origin is Origin.SILENCE
    assert escalation.disposition is Disposition.URGENT
    with services.database.read() as connection:
        last = messages.history(connection, CONVERSATION)[-2:]
        assert conversations.read_state(connection, CONVERSATION, services.today()).question is None
    assert [message.response for message in last] == ["utter_urgent", "utter_filed"]


def test_silence_after_a_general_question_files_nothing(services: TestServices) -> None:
    ask(services, Question(QuestionKind.PRESENCE, ("fever",), "utter_ask_presence", general=True))
    services.pass_time(minutes=20)
    sweep(services).run_once()
    assert services.escalations.list() == []
    with services.database.read() as connection:
        assert conversations.read_state(connection, CONVERSATION, services.today()).question is None


def test_spooled_red_flag_is_filed_once_when_the_database_is_back(services: TestServices) -> None:
    spool = Spool(services.settings.data_dir / "spool.jsonl")
    inbound = Inbound(CONVERSATION, "my leg went numb", "website", "m1")
    spool.append(inbound, services.now())
    spool.append(inbound, services.now())
    services.pass_time(seconds=30)
    sweep(services).run_once()
    assert only_escalation(services).origin is Origin.RECOVERY
    assert only_escalation(services).priority == 0
    assert not (services.settings.data_dir / "spool.jsonl").exists()
    with services.database.read() as connection:
        assert messages.red_without_escalation(connection, services.now()) == []


def test_course_is_part_of_the_question(services: TestServices) -> None:
    """What the question was about survives storage, so that "worse" is understood an hour later."""
    ask(services, COURSE)
    with services.database.read() as connection:
        stored = conversations.read_state(connection, CONVERSATION, services.today()).question
    assert stored == COURSE
    answer = services.screen.run("worse", stored, Encounter())
    assert [finding.course for finding in answer.findings.present] == [Course.WORSE]
