"""The frame of the torture tests: their sizes, and the table of what they found."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import ROOT
from tests.torture.results import Results
from tests.torture.sizes import FULL, QUICK, Sizes

#: Of one test in the full form.
FULL_SECONDS = 3600
#: Ignored by git; written by the full form.
RESULTS = ROOT / "torture-results" / "results.json"

_results = pytest.StashKey[Results]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_results] = Results(full=config.getoption("--full"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--full"):
        for item in items:
            if Path(__file__).parent in item.path.parents:
                item.add_marker(pytest.mark.timeout(FULL_SECONDS))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    results = config.stash[_results]
    if results.rows:
        terminalreporter.section("torture, full form" if results.full else "torture, quick form")
        for line in results.table():
            terminalreporter.write_line(line)
        if results.full:
            results.write(RESULTS)
            terminalreporter.write_line(f"written to {RESULTS.relative_to(ROOT)}")


@pytest.fixture(scope="session")
def sizes(pytestconfig: pytest.Config) -> Sizes:
    return FULL if pytestconfig.getoption("--full") else QUICK


@pytest.fixture(scope="session")
def results(pytestconfig: pytest.Config) -> Results:
    return pytestconfig.stash[_results]
