from __future__ import annotations

from pathlib import Path

import pytest

from bot.triage.protocol import Protocol

PROTOCOL_PATH = Path(__file__).resolve().parents[2] / "data" / "protocols" / "discogram.yml"


@pytest.fixture(scope="session")
def protocol() -> Protocol:
    return Protocol.load(PROTOCOL_PATH)


@pytest.fixture(scope="session")
def protocol_text() -> str:
    return PROTOCOL_PATH.read_text(encoding="utf-8")
