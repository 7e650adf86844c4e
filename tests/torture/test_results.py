"""The table says what was found, in its own words, and the JSON says the same."""

from __future__ import annotations

import json
from pathlib import Path

from tests.torture.results import Results


def test_table_and_json_hold_every_figure(tmp_path: Path) -> None:
    results = Results(full=True)
    results.add("idempotency", "0 doubled", ids=1000, doubled=0, p95="12 ms")
    results.add("crash", "0 lost", red_flags=1000, lost=1)
    assert results.table() == [
        "test         figures                          must be",
        "idempotency  ids 1,000, doubled 0, p95 12 ms  0 doubled",
        "crash        red flags 1,000, lost 1          0 lost",
    ]
    results.write(tmp_path / "new" / "results.json")
    first, second = json.loads((tmp_path / "new" / "results.json").read_text())
    assert first == {
        "test": "idempotency",
        "must_be": "0 doubled",
        "figures": {"ids": 1000, "doubled": 0, "p95": "12 ms"},
    }
    assert second["figures"]["lost"] == 1
