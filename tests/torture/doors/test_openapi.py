"""The description of our HTTP routes is whole, and the running server keeps to it."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
import requests
from starlette.datastructures import Secret
from starlette.routing import Route

from bot.app import create_app
from bot.channels.description import description
from bot.rasa_agent.runner import AgentRunner
from tests.channels.conftest import ScriptedRunner
from tests.conftest import TEXT_TOKEN, TestServices
from tests.conversation.fakes import utters
from tests.servers import Server
from tests.torture.doors.conftest import TOKEN
from tests.torture.results import Results
from tests.torture.sizes import Sizes

SEED = 20261123
REST = "/webhooks/rest/webhook"
STREAM = "/chat/events"
TEXTS = "^/webhooks/sms"


@pytest.mark.only_on("sqlite", reason="routes do not depend on the database")
def test_every_route_is_described_and_every_description_has_its_route(services: TestServices) -> None:
    """But for the pages of the staff, which are for browsers, and static files."""
    services.settings = replace(services.settings, dev=True, twilio_auth_token=Secret(TEXT_TOKEN))
    app = create_app(services, cast(AgentRunner, ScriptedRunner(utters("utter_greet"))))
    served = {
        (route.path, method.lower())
        for route in app.routes
        if isinstance(route, Route) and not route.path.startswith("/staff")
        for method in (route.methods or set()) - {"HEAD"}
    }
    described = {(path, method) for path, item in description()["paths"].items() for method in item}
    assert served == described


def test_the_server_keeps_to_its_description(door: Server, sizes: Sizes, results: Results, tmp_path: Path) -> None:
    """With the token, with a chat session, and without one, because a stream that is let in has no end. The texts are
    tried unsigned; signed ones are among the fuzz."""
    session = requests.post(f"{door.url}/chat/session", timeout=10).cookies["aftercare_chat"]
    callers = [
        ("--include-path", REST, "--header", f"Authorization: Bearer {TOKEN}"),
        (
            "--exclude-path",
            REST,
            "--exclude-path",
            STREAM,
            "--exclude-path-regex",
            TEXTS,
            "--header",
            f"Cookie: aftercare_chat={session}",
        ),
        ("--include-path", STREAM),
        ("--include-path-regex", TEXTS),
    ]
    runs = [
        subprocess.run(
            [
                Path(sys.executable).with_name("schemathesis"),
                *("run", f"{door.url}/openapi.json", "--checks", "all", "--max-examples", str(sizes.api_examples)),
                *("--seed", str(SEED), "--continue-on-failure", "--generation-database", "none", "--no-color"),
                *caller,
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        for caller in callers
    ]
    said = [re.search(r"(\d+) generated", run.stdout) for run in runs]
    failed = [run.stdout[-6000:] + run.stderr[-2000:] for run in runs if run.returncode]
    results.add(
        "OpenAPI",
        "0 failures",
        operations=sum(len(item) for item in description()["paths"].values()),
        examples_each=sizes.api_examples,
        requests=sum(int(match[1]) for match in said if match),
        runs_with_failures=len(failed),
        seed=str(SEED),
    )
    assert not failed, "\n".join(failed)
    assert all(said)
    assert door.process.poll() is None
