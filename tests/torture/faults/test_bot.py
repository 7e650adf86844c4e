"""Rasa or its model is broken: patients are advised in time, and what is due is on the list of staff."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.torture.faults import bots
from tests.torture.faults.clinic import MUST_BE, RED, Clinic, broken, wave
from tests.torture.results import Results
from tests.torture.sizes import Sizes


@pytest.mark.parametrize("fault", bots.FAULTS)
def test_patients_are_advised(
    clinic: Clinic, engine: str, fault: str, model: Path, tmp_path: Path, sizes: Sizes, results: Results
) -> None:
    known = clinic.known()
    said = []
    for round_ in range(sizes.fault_rounds):
        folder = tmp_path / f"models-{round_}"
        folder.mkdir()
        with bots.FAULTS[fault](clinic.agent, model, folder):
            said += wave(clinic, known)
    clinic.settle()
    counts = clinic.account(said)
    results.add(f"{fault} ({engine})", MUST_BE, **counts)
    assert not broken(counts, sizes.full)
    assert all(item.claims for item in said if item.text == RED), "the database was there all the time"
