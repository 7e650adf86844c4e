"""What the documents promise is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAFETY_FILE = ROOT / "docs" / "clinical-safety.md"
ROWS = re.findall(r"^\| (H\d+) \|(.*)\|$", SAFETY_FILE.read_text(encoding="utf-8"), flags=re.M)


@pytest.mark.parametrize(("hazard", "row"), ROWS, ids=[hazard for hazard, _ in ROWS])
def test_each_hazard_names_tests_that_exist(hazard: str, row: str) -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", row)
    assert named, f"{hazard} names no test"
    for file, test in named:
        path = ROOT / file
        assert path.is_file(), f"{hazard}: {file} does not exist"
        assert f"def {test}(" in path.read_text(encoding="utf-8"), f"{hazard}: {file} has no {test}"


def test_hazards_are_numbered_without_a_gap() -> None:
    assert [hazard for hazard, _ in ROWS] == [f"H{number}" for number in range(1, len(ROWS) + 1)]


@pytest.mark.parametrize("document", sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")]), ids=lambda p: p.name)
def test_links_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", document.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://", "mailto:")):
            assert (document.parent / target).exists(), f"{document.name}: {target} does not exist"
