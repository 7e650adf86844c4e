"""The app with texting set up."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.datastructures import Secret
from starlette.testclient import TestClient

from tests.channels.conftest import ScriptedRunner, client_of
from tests.channels.sms.twilio import NEXT_TOKEN, PUBLIC, TOKEN, Phone
from tests.conftest import TestServices
from tests.conversation.fakes import says


@pytest.fixture
def runner() -> ScriptedRunner:
    """Greets; what the screen finds is the interlock's business."""
    from bot.records.messages import Reply

    return ScriptedRunner(says(Reply("Hello. Tell me how you feel.", response="utter_greet")))


@pytest.fixture
def client(services: TestServices, runner: ScriptedRunner) -> Iterator[TestClient]:
    # Read before the first message: a turn that has to wait for it could come late.
    services.load_content()
    with client_of(
        services,
        runner,
        public_url=PUBLIC,
        twilio_auth_token=Secret(f"{NEXT_TOKEN}, {TOKEN}"),
    ) as client:
        yield client


@pytest.fixture
def phone(client: TestClient) -> Phone:
    return Phone(client)
