"""The shipped lexicon, read once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.clinical import ClinicalReader

LEXICON = Path(__file__).resolve().parents[2] / "data" / "lexicon"
#: A Wednesday.
TODAY = date(2024, 5, 15)


@pytest.fixture(scope="session")
def reader() -> ClinicalReader:
    return ClinicalReader.load(LEXICON, today=lambda: TODAY)
