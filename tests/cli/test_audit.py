"""``aftercare audit verify`` says whether the trail is whole, with its exit status too."""

from __future__ import annotations

import re

import pytest
from typer.testing import CliRunner

from bot.cli.command import app
from bot.escalation import audit
from bot.records.tables import audit as table
from tests.conftest import TestServices


@pytest.fixture
def trail(services: TestServices) -> TestServices:
    for number in range(5):
        with services.database.write() as connection:
            audit.append(connection, "Ana", "case.viewed", f"escalation/{number}", {}, services.now())
    return services


def test_a_whole_trail(trail: TestServices) -> None:
    first = CliRunner().invoke(app, ["audit", "verify"])
    assert first.exit_code == 0
    witness = re.findall(r"\d+:[0-9a-f]{64}", first.output)[-1]
    assert CliRunner().invoke(app, ["audit", "verify", "--witness", witness]).exit_code == 0
    other = "4:" + "0" * 64
    assert CliRunner().invoke(app, ["audit", "verify", "--witness", other]).exit_code == 1


def test_faults_are_printed(trail: TestServices) -> None:
    with trail.database.write() as connection:
        connection.execute(table.delete().where(table.c.id == 3))
    result = CliRunner().invoke(app, ["audit", "verify"])
    assert result.exit_code == 1
    assert "entry 4: " in result.output


def test_a_witness_that_is_none(trail: TestServices) -> None:
    result = CliRunner().invoke(app, ["audit", "verify", "--witness", "yesterday"])
    assert result.exit_code == 2
