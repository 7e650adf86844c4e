"""A flood of messages: what is not red is cut short, what is red never is."""

from __future__ import annotations

import json
import random
import secrets
import threading
from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import islice

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from bot.channels.limits import UNDER_WAY
from bot.escalation import repository
from bot.rasa_agent.runner import AgentRequest, AgentTurn
from bot.records import conversations, messages
from bot.records.tables import messages as table
from bot.screen import Screen
from bot.settings import ROOT
from bot.triage.model import Disposition, Encounter, Question, QuestionKind
from tests.channels.conftest import ScriptedRunner, client_of
from tests.conftest import TestServices

LABELLED = ROOT / "tests" / "clinical" / "labelled" / "redflag_positive.jsonl"
SEED = 20261123


def red_flags() -> list[str]:
    """The labelled red flags that the screen reads as one, or asks about."""
    texts = [json.loads(line)["text"] for line in LABELLED.read_text(encoding="utf-8").splitlines()]
    screen = Screen.default()
    return [text for text in texts if screen.run(text).decision.disposition.at_least(Disposition.CLARIFY)]


def say(client: TestClient, text: str, message_id: str = "", cookie: str = "") -> tuple[int, dict[str, object], str]:
    """Status and body of the answer, and the cookie to go on with."""
    client.cookies.clear()
    headers = {"cookie": f"aftercare_chat={cookie}"} if cookie else {}
    body = {"text": text, "message_id": message_id or secrets.token_hex(8)}
    response = client.post("/chat/messages", json=body, headers=headers)
    return response.status_code, response.json(), str(response.cookies.get("aftercare_chat", cookie))


def stored(services: TestServices) -> int:
    with services.database.read() as connection:
        return int(connection.execute(sa.select(sa.func.count()).where(table.c.author == "patient")).scalar())


@pytest.mark.only_on("sqlite", reason="what is red does not depend on the database")
def test_no_red_flag_is_lost_in_a_flood(
    services: TestServices, runner: ScriptedRunner, pytestconfig: pytest.Config
) -> None:
    chance = random.Random(SEED)
    flags = red_flags()
    assert len(flags) > 240
    if not pytestconfig.getoption("--full"):
        flags = chance.sample(flags, 60)
    refused = 0
    with client_of(services, runner, rate_conversation=1, rate_address=1, rate_new=1) as client:
        cookies = [""]
        for text in flags:
            for _ in range(chance.randrange(3)):
                refused += say(client, "hello there", cookie=chance.choice(cookies))[0] == 429
            status, body, cookie = say(client, text, cookie=chance.choice(cookies))
            cookies = [*cookies[-20:], cookie]
            assert status == 200, text
            replies = body["messages"]
            assert isinstance(replies, list)
            assert Disposition.worst([Disposition(reply["disposition"]) for reply in replies]).at_least(
                Disposition.URGENT
            ), text
            with services.database.read() as connection:
                newest = connection.execute(sa.select(sa.func.max(table.c.id)).where(table.c.text == text)).scalar()
                assert repository.holding(connection, newest) is not None, text
    assert refused > len(flags) / 3
    with services.database.read() as connection:
        assert messages.red_without_escalation(connection, services.now()) == []


def test_a_hurried_message_is_stored_and_answered_without_rasa(services: TestServices, runner: ScriptedRunner) -> None:
    with client_of(services, runner, rate_conversation=1) as client:
        _, _, cookie = say(client, "hello")
        status, body, _ = say(client, "when can I drive?", cookie=cookie)
    assert status == 200
    assert runner.asked == ["hello"]
    assert "911" in str(body["messages"])
    assert stored(services) == 2
    assert services.escalations.list() == []


def test_a_flood_is_refused_before_it_is_stored(services: TestServices, runner: ScriptedRunner) -> None:
    with client_of(services, runner, rate_conversation=1) as client:
        _, _, cookie = say(client, "hello")
        answers = [say(client, "hello", cookie=cookie) for _ in range(20)]
        refusal = client.post("/chat/messages", json={"text": "hi"}, headers={"cookie": f"aftercare_chat={cookie}"})
    assert [status for status, _, _ in answers] == [200] * 3 + [429] * 17
    assert int(refusal.headers["retry-after"]) > 0
    assert "911" in refusal.json()["message"]
    assert stored(services) == 4


def test_an_answer_to_a_symptom_question_is_heard_in_a_flood(services: TestServices, runner: ScriptedRunner) -> None:
    """ "yes" alone is no red flag; after the question it is one."""
    with client_of(services, runner, rate_conversation=1) as client:
        _, _, cookie = say(client, "hello")
        for _ in range(10):
            assert say(client, "hello", cookie=cookie)[0] in (200, 429)
        with services.database.write() as connection:
            conversation = connection.execute(sa.select(table.c.conversation_id).distinct()).scalar_one()
            key = conversations.seize_turn(connection, conversation, services.now())
            assert key is not None
            question = Question(QuestionKind.PRESENCE, ("fever",), "utter_ask_presence")
            conversations.finish_turn(
                connection, key, question=question, encounter=Encounter(), now=services.now(), today=services.today()
            )
        status, body, _ = say(client, "yes", cookie=cookie)
    assert status == 200
    assert "urgent" in str(body["messages"])
    assert len(services.escalations.list()) == 1


def test_a_repeat_of_a_red_flag_gets_its_reply_in_a_flood(services: TestServices, runner: ScriptedRunner) -> None:
    with client_of(services, runner, rate_conversation=1) as client:
        _, first, cookie = say(client, "my leg went numb", "m1")
        again = [say(client, "my leg went numb", "m1", cookie)[1] for _ in range(10)]
    assert again == [first] * 10
    assert stored(services) == 1


@pytest.mark.parametrize("forged", ["1.2.3.4", "::1", "x"])
def test_nobody_escapes_by_a_header(services: TestServices, runner: ScriptedRunner, forged: str) -> None:
    with client_of(services, runner, rate_address=1) as client:
        client.headers["x-forwarded-for"] = forged
        assert [say(client, "hello")[0] for _ in range(6)] == [200] * 4 + [429] * 2


@pytest.mark.only_on("sqlite", reason="the count is in memory")
def test_one_conversation_does_not_hold_all_threads(services: TestServices, runner: ScriptedRunner) -> None:
    held = threading.Event()
    greet = runner.inner

    def slow(request: AgentRequest) -> AgentTurn:
        held.wait(30)
        return greet(request)

    runner.inner = slow
    with client_of(services, runner, rate_conversation=0) as client:
        cookie = client.post("/chat/session").cookies["aftercare_chat"]

        def send(text: str) -> int:
            headers = {"cookie": f"aftercare_chat={cookie}"}
            return client.post("/chat/messages", json={"text": text}, headers=headers).status_code

        with ThreadPoolExecutor(20) as patients:
            many = [patients.submit(send, "hello") for _ in range(18)]
            refused = [future.result() for future in islice(as_completed(many), 18 - UNDER_WAY)]
            red = patients.submit(send, "my leg went numb")
            held.set()
        assert refused == [429] * (18 - UNDER_WAY)
        assert sorted(future.result() for future in many) == [200] * UNDER_WAY + [429] * (18 - UNDER_WAY)
        assert red.result() == 200
    assert len(services.escalations.list()) == 1
