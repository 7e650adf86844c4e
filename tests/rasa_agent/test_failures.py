"""The real Agent with one part broken at a time: the action, the policy, the model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.conversation.recovery.spool import Spool
from bot.conversation.reply import TurnReply
from bot.conversation.turn import Conversations, DialogueAgent
from bot.escalation.model import Origin
from bot.rasa_agent.agent import TurnProcessor
from bot.rasa_agent.runner import AgentRunner
from bot.rasa_agent.tracker_store import TurnTrackerStore
from bot.rasa_agent.training import ModelError, find_model
from bot.records import messages
from bot.records.messages import Inbound
from bot.triage.model import Disposition
from tests.conftest import TestServices

CONVERSATION = "e" * 32


def take(services: TestServices, agent: DialogueAgent, text: str, message_id: str = "m1") -> TurnReply:
    conversations = Conversations(services, agent, Spool(services.settings.data_dir / "spool.jsonl"))
    return conversations.take(Inbound(CONVERSATION, text, "website", message_id))


@pytest.fixture
def broken_action(agent: AgentRunner, monkeypatch: pytest.MonkeyPatch) -> AgentRunner:
    from actions.triage import ActionTriage

    async def fail(*args: Any) -> None:
        raise RuntimeError("the action is broken")

    executor = agent._agent.action_endpoint.executor
    monkeypatch.setitem(executor.actions, ActionTriage().name(), fail)
    monkeypatch.setitem(executor.actions, "action_answer", fail)
    return agent


@pytest.fixture
def broken_policy(agent: AgentRunner, monkeypatch: pytest.MonkeyPatch) -> AgentRunner:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("the policy is broken")

    monkeypatch.setattr(agent._agent.processor, "_predict_next_with_tracker", fail)
    return agent


@pytest.fixture
def absent_model(tmp_path: Path) -> AgentRunner:
    runner = AgentRunner(lambda: find_model(tmp_path / "no models"))
    runner.start()
    assert not runner.wait(30)
    return runner


@pytest.fixture
def damaged_model(model: Path, tmp_path: Path) -> AgentRunner:
    copy = tmp_path / model.name
    copy.write_bytes(model.read_bytes()[:-1000])
    (tmp_path / (model.name + ".sha256")).write_text((model.parent / (model.name + ".sha256")).read_text())
    runner = AgentRunner(lambda: find_model(tmp_path))
    runner.start()
    assert not runner.wait(30)
    return runner


@pytest.fixture(params=["broken_action", "broken_policy", "absent_model", "damaged_model"])
def broken(request: pytest.FixtureRequest) -> AgentRunner:
    return request.getfixturevalue(request.param)


def test_red_flag_is_advised_and_filed(services: TestServices, broken: AgentRunner) -> None:
    reply = take(services, broken, "my leg went numb")
    assert reply.disposition is Disposition.URGENT
    (escalation,) = services.escalations.list()
    assert escalation.origin is Origin.INTERLOCK
    assert "leg_symptom" in escalation.symptoms


@pytest.mark.parametrize("name", ["broken_action", "broken_policy", "absent_model"])
def test_yes_to_a_pending_question_is_advised_and_filed(
    services: TestServices, agent: AgentRunner, request: pytest.FixtureRequest, name: str
) -> None:
    asked = take(services, agent, "is it normal for a leg to go numb?")
    assert asked.disposition is Disposition.CLARIFY
    assert services.escalations.list() == []
    reply = take(services, request.getfixturevalue(name), "yes", "m2")
    assert reply.disposition is Disposition.URGENT
    (escalation,) = services.escalations.list()
    assert escalation.origin is Origin.INTERLOCK
    assert "leg_symptom" in escalation.symptoms


def test_small_talk_gets_the_safe_reply_and_files_nothing(services: TestServices, absent_model: AgentRunner) -> None:
    reply = take(services, absent_model, "hi")
    assert "utter_safe_reply" in [message.response for message in reply.messages]
    assert services.escalations.list() == []


def test_small_talk_with_a_broken_policy(services: TestServices, broken_policy: AgentRunner) -> None:
    reply = take(services, broken_policy, "hi")
    assert "utter_safe_reply" in [message.response for message in reply.messages]
    assert services.escalations.list() == []


def test_texts_of_a_failed_turn_are_thrown_away(services: TestServices, broken_action: AgentRunner) -> None:
    reply = take(services, broken_action, "when can I drive?")
    assert "utter_safe_reply" in [message.response for message in reply.messages]
    with services.database.read() as connection:
        assert messages.interlock_counts(connection) == {"failure": 1}


def test_late_answer_is_not_used(services: TestServices, agent: AgentRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    import asyncio

    from actions.triage import ActionTriage

    async def hang(*args: Any) -> None:
        await asyncio.sleep(60)

    monkeypatch.setitem(agent._agent.action_endpoint.executor.actions, ActionTriage().name(), hang)
    services.settings = replace(services.settings, rasa_deadline=0.5)
    reply = take(services, agent, "my leg went numb")
    assert reply.disposition is Disposition.URGENT
    assert services.escalations.list()[0].origin is Origin.INTERLOCK


def test_damaged_model_is_refused_with_the_remedy(damaged_model: AgentRunner) -> None:
    assert "damaged" in damaged_model.problem
    assert "aftercare train" in damaged_model.problem


def test_missing_model_is_refused_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="aftercare train"):
        find_model(tmp_path)


def test_exit_inside_rasa_ends_only_its_own_turn(
    services: TestServices, agent: AgentRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:

        def leave(*args: Any, **kwargs: Any) -> None:
            raise SystemExit(1)

        patch.setattr(agent._agent.processor, "_predict_next_with_tracker", leave)
        assert take(services, agent, "my leg went numb").disposition is Disposition.URGENT
    reply = take(services, agent, "when can I drive?", "m2")
    assert any("24 hours" in message.text for message in reply.messages)


def test_agent_is_ours_in_every_part_that_would_hide_an_error(agent: AgentRunner) -> None:
    assert type(agent._agent.processor) is TurnProcessor
    assert type(agent._agent.processor.tracker_store) is TurnTrackerStore


def test_action_that_fails_behind_a_good_one_fails_the_turn(
    services: TestServices, agent: AgentRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stock Rasa counts it as done: the question would be lost and nobody would know."""

    async def fail(*args: Any) -> None:
        raise RuntimeError("the action is broken")

    monkeypatch.setitem(agent._agent.action_endpoint.executor.actions, "action_ask_question", fail)
    reply = take(services, agent, "my leg went numb")
    assert reply.disposition is Disposition.URGENT
    with services.database.read() as connection:
        assert messages.interlock_counts(connection) == {"failure": 1}
