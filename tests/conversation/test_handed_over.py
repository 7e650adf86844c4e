"""Staff have the conversation: the bot is quiet, except for red flags."""

from __future__ import annotations

import pytest

from bot.conversation.recovery.spool import Spool
from bot.conversation.reply import TurnReply
from bot.conversation.turn import Conversations
from bot.escalation.model import Status
from bot.records import conversations, tables
from bot.records.conversations import STAFF_STAY
from bot.triage.model import Disposition, Question, QuestionKind
from tests.conftest import TestServices
from tests.conversation.fakes import ScriptedAgent, utters
from tests.conversation.test_turn import CONVERSATION, NUMB, only_escalation, take

NURSE = "R. Example"


@pytest.fixture
def bot(services: TestServices) -> Conversations:
    """A bot that always greets, in a conversation that a nurse has taken over after a numb leg."""
    services.load_content()
    made = Conversations(services, ScriptedAgent(utters("utter_greet")), Spool(services.settings.data_dir / "spool"))
    take(made, NUMB, "m0")
    with services.database.write() as connection:
        conversations.hand_over(connection, CONVERSATION, NURSE, services.now())
    return made


def responses(reply: TurnReply) -> list[str]:
    return [message.response for message in reply.messages]


def test_the_bot_is_quiet_and_says_where_the_message_went(bot: Conversations, services: TestServices) -> None:
    before = only_escalation(services)
    reply = take(bot, "thank you, I wait for your call")
    assert responses(reply) == ["utter_care_team_here"]
    assert only_escalation(services) == before


def test_a_red_flag_gets_its_full_advice_and_is_filed(bot: Conversations, services: TestServices) -> None:
    reply = take(bot, "now I have a fever of 102")
    assert reply.disposition is Disposition.URGENT
    assert "utter_care_team_here" not in responses(reply)
    assert "fever" in only_escalation(services).symptoms


def test_what_could_be_urgent_is_pointed_out_to_staff(bot: Conversations, services: TestServices) -> None:
    priority = only_escalation(services).priority
    assert responses(take(bot, "and I have a headache")) == ["utter_care_team_here"]
    escalation = only_escalation(services)
    assert "headache" in escalation.symptoms
    assert (escalation.status, escalation.disposition) == (Status.OPEN, Disposition.URGENT)
    assert escalation.priority == priority


def test_the_bots_own_question_behind_the_advice_is_dropped(bot: Conversations, services: TestServices) -> None:
    """Staff ask for themselves by now; "yes" answers them."""
    question = Question(QuestionKind.ONSET, ("leg_symptom",))
    with services.database.write() as connection:
        change = {"question": question.to_dict(), "question_asked_at": services.now()}
        connection.execute(tables.conversations.update().values(**change))
    before = only_escalation(services)
    assert responses(take(bot, "yes, only a little")) == ["utter_care_team_here"]
    assert only_escalation(services) == before


@pytest.mark.parametrize("given_back", [True, False])
def test_the_bot_answers_again(bot: Conversations, services: TestServices, given_back: bool) -> None:
    """When it is handed back, or when staff have said nothing for an hour."""
    services.pass_time(seconds=STAFF_STAY.total_seconds() - 1)
    assert responses(take(bot, "hello?", "m1")) == ["utter_care_team_here"]
    if given_back:
        with services.database.write() as connection:
            assert conversations.hand_back(connection, CONVERSATION)
            assert not conversations.hand_back(connection, CONVERSATION)
    else:
        services.pass_time(seconds=2)
    assert responses(take(bot, "hello?", "m2")) == ["utter_greet"]
