"""The alert rules ask for figures that the server gives, by labels that these have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from prometheus_client import REGISTRY
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families
from ruamel.yaml import YAML

from bot import metrics
from bot.conversation.interlock import Reason
from bot.gauges import StoredFigures
from bot.settings import ROOT
from tests.conftest import TestServices

RULES: list[dict[str, Any]] = [
    rule
    for group in YAML(typ="safe").load(ROOT / "docs" / "deploy" / "alerts.yml")["groups"]
    for rule in group["rules"]
]
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
#: Prometheus' own, about the scrape.
OWN = {"up"}


def families(services: TestServices) -> Iterator[Metric]:
    """What ``/metrics`` is made of."""
    yield from REGISTRY.collect()
    yield from text_string_to_metric_families(StoredFigures(services.database, services.now).text().decode())


@pytest.mark.only_on("sqlite", reason="the names do not depend on the engine")
def test_each_rule_asks_for_figures_that_exist(services: TestServices) -> None:
    # Counted here, because these appear only with the first turn or delivery.
    metrics.TURNS.labels("website", "none").inc(0)
    for result in ("sent", "failed"):
        metrics.DELIVERIES.labels("notify", result).inc(0)
    given: dict[str, list[dict[str, str]]] = {}
    for family in families(services):
        for sample in family.samples:
            given.setdefault(sample.name, []).append(dict(sample.labels))
    for rule in RULES:
        expression = str(rule["expr"])
        asked = re.findall(r"\b(aftercare_\w+|up\b)(?:\{([^}]*)\})?", expression)
        assert asked, rule["alert"]
        for name, matchers in asked:
            if name in OWN:
                continue
            assert name in given, f"{rule['alert']}: there is no {name}"
            for label, pattern in re.findall(r'(\w+)=~?"([^"]+)"', matchers):
                values = {labels[label] for labels in given[name]}
                assert set(pattern.split("|")) <= values, f"{rule['alert']}: {name} has no {label} {pattern}"


def test_each_reason_of_the_interlock_is_counted_from_0_on() -> None:
    counted = {sample.labels["reason"] for family in metrics.INTERLOCK.collect() for sample in family.samples}
    assert counted == {reason.value for reason in Reason}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_each_rule_says_how_urgent_it_is_and_what_to_do(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in {"critical", "warning"}
    assert rule["annotations"]["summary"]
    assert f"| `{rule['alert']}` |" in OPERATIONS, "docs/operations.md does not say what to do"
