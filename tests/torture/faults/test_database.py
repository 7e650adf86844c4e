"""The database is broken: patients are advised in time and told the truth, and no red flag is lost."""

from __future__ import annotations

import time

import pytest

from tests.torture.faults import databases
from tests.torture.faults.clinic import CHANNELS, MUST_BE, RED, Clinic, broken, wave
from tests.torture.faults.databases import Fault, Place
from tests.torture.results import Results
from tests.torture.sizes import Sizes

#: Of these the patient notices nothing.
HARMLESS = {"restarted between two messages"}
#: The full form keeps these up for so long, and patients write all the while.
LONG = {"locked": 12.0}


@pytest.mark.parametrize("fault", databases.BOTH)
def test_patients_are_advised(
    clinic: Clinic, place: Place, engine: str, fault: str, sizes: Sizes, results: Results
) -> None:
    endure(clinic, place, fault, databases.BOTH[fault][engine], sizes, results)


@pytest.mark.only_on("sqlite", reason="to fill a disk of PostgreSQL's own a test would have to mount one")
@pytest.mark.parametrize("fault", databases.SQLITE)
def test_patients_are_advised_with_a_file_or_disk_that_fails(
    clinic: Clinic, place: Place, engine: str, fault: str, sizes: Sizes, results: Results
) -> None:
    endure(clinic, place, fault, databases.SQLITE[fault], sizes, results)


def endure(clinic: Clinic, place: Place, name: str, fault: Fault, sizes: Sizes, results: Results) -> None:
    known = clinic.known()
    said = []
    for _ in range(sizes.fault_rounds):
        with fault(place):
            until = time.monotonic() + (LONG.get(name, 0.0) if sizes.full else 0.0)
            while True:
                said += wave(clinic, known)
                if time.monotonic() >= until:
                    break
        clinic.settle()
    red = [item for item in said if item.text == RED]
    counts = clinic.account(red if name in HARMLESS else said)
    engine = place.database.engine.dialect.name
    results.add(f"database {name} ({engine})", MUST_BE, **counts)
    assert not broken(counts, sizes.full)
    for item in red:
        assert bool(item.claims) == (name in HARMLESS), "only what is stored is spoken of"


def test_message_sent_again_gets_its_reference(clinic: Clinic, place: Place, engine: str) -> None:
    for channel in CHANNELS:
        patient = clinic.patient(channel)
        with databases.BOTH["read-only"][engine](place):
            told = patient.say(RED)
            assert clinic.advises(told)
            assert "NOT" in told.words
        clinic.settle()
        assert patient.say(RED, told.message_id).claims
        assert not broken(clinic.account([told]), full=False)
