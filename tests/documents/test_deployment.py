"""The files of a clinic's installation fit each other and the documents."""

from __future__ import annotations

import re
from typing import Any

import yaml

from bot.settings import ROOT
from tests.test_repository import settings_read

# Not with ruamel: once Rasa is imported it fills ${VARIABLES} in for every reader of YAML.
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
CADDYFILE = (ROOT / "docs" / "deploy" / "Caddyfile").read_text(encoding="utf-8")
COPIES = [name for name, service in COMPOSE["services"].items() if service.get("image") == "aftercare"]


def test_the_proxy_hands_requests_to_the_copies_that_there_are() -> None:
    assert len(COPIES) >= 2
    for copies in re.findall(r"\{\$AFTERCARE_COPIES:([^}]+)\}", CADDYFILE):
        assert copies.split() == [f"{name}:8000" for name in COPIES]
    assert COMPOSE["services"]["proxy"]["depends_on"] == COPIES


def test_each_copy_has_a_spool_of_its_own_and_no_rights() -> None:
    spools = [COMPOSE["services"][name]["volumes"] for name in COPIES]
    assert len({str(spool) for spool in spools}) == len(COPIES)
    for name in COPIES:
        service = COMPOSE["services"][name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert set(service["environment"]) <= set(settings_read())


def test_the_image_runs_as_nobody_in_particular() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    final = dockerfile.rpartition("\nFROM ")[2]
    (user,) = re.findall(r"^USER (\d+)$", final, flags=re.M)
    assert int(user) > 0
    assert "HEALTHCHECK" in final


def test_what_is_for_the_operator_stays_inside() -> None:
    assert re.search(r"@inside path /metrics /readyz\s+respond @inside 404", CADDYFILE)
