"""The import law: which part of Aftercare may import which other part, read from the syntax trees.

The law keeps the clinical core runnable without Rasa, a database or a server, and keeps a red flag from
depending on any of them.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

#: What all doors may import.
DOORS = {"bot.conversation", "bot.records", "bot.escalation", "bot.wording", "bot.clinic", "bot.settings", "bot.logs"}

#: Each part (a package or a module right under bot/, and actions) -> what of the project it may import.
#: A name allows everything below it: "bot.triage" allows bot.triage.engine, "bot.triage.model" only itself.
LAW: dict[str, set[str]] = {
    # the clinical core
    "bot.triage": set(),
    "bot.clinical": {"bot.triage.model"},
    "bot.screen": {"bot.clinical", "bot.triage"},
    "bot.nlu": {"bot.clinical", "bot.triage.model", "bot.screen"},
    # facts and words
    "bot.settings": set(),
    "bot.logs": set(),
    "bot.metrics": set(),
    "bot.opening_hours": set(),
    "bot.clinic": {"bot.opening_hours"},
    "bot.wording": {"bot.triage.model"},
    "bot.texting": {"bot.triage.model"},
    # what is stored, and what reaches the staff (metrics: the dispatcher counts what it delivers)
    "bot.records": {"bot.triage.model", "bot.settings"},
    "bot.escalation": {"bot.triage.model", "bot.records", "bot.settings", "bot.wording", "bot.clinic", "bot.metrics"},
    # removes what patients wrote, copies it
    "bot.backup": {"bot.records", "bot.escalation"},
    "bot.privacy": {"bot.records", "bot.escalation", "bot.settings"},
    # figures for Prometheus, read from the database
    "bot.gauges": {"bot.triage.model", "bot.records", "bot.escalation"},
    # puts the parts above together; no Agent in it, so that an action server can use it
    "bot.services": {"bot.screen", "bot.settings", "bot.clinic", "bot.wording", "bot.records", "bot.escalation"},
    "actions": {"bot.triage", "bot.screen", "bot.wording", "bot.records", "bot.escalation", "bot.services"},
    "bot.rasa_agent": {"bot.settings", "bot.records", "bot.services", "actions"},
    "bot.conversation": {
        "bot.triage",
        "bot.clinical",
        "bot.screen",
        "bot.settings",
        "bot.logs",
        "bot.metrics",
        "bot.clinic",
        "bot.wording",
        "bot.records",
        "bot.escalation",
        "bot.services",
        "bot.rasa_agent",
    },
    # doors: what patients and staff reach
    "bot.channels": DOORS | {"bot.texting"},
    "bot.console": DOORS | {"bot.triage.model"},  # the names of dispositions and symptoms, to filter by
    # proves that the content is complete and fits
    "bot.content": {"bot.clinical", "bot.triage", "bot.clinic", "bot.wording", "bot.texting"},
    # measures the core on labelled messages, and the whole bot on conversations
    "bot.evaluation": {
        "bot.clinical",
        "bot.triage",
        "bot.screen",
        "bot.conversation",
        "bot.rasa_agent",
        "bot.records",
        "bot.escalation",
        "bot.services",
        "bot.settings",
    },
    # triages messages from a file, and tells why
    "bot.batch": {"bot.clinical", "bot.triage", "bot.screen"},
    # starting points
    "bot.app": {"bot", "actions"},
    "bot.cli": {"bot", "actions"},
}

#: Only the command line may name these.
STARTING_POINTS = {"bot.app": {"bot.cli"}, "bot.cli": set()}

#: The clinical core runs on these alone, beside the standard library.
CORE_LIBRARIES = {
    "bot.triage": {"ruamel"},
    "bot.clinical": {"spacy", "ruamel", "rapidfuzz"},
    "bot.screen": set(),
}

#: Who may know Rasa.
RASA_LIBRARIES = {"rasa": {"bot.nlu", "bot.rasa_agent"}, "rasa_sdk": {"actions", "bot.rasa_agent"}}

#: Read by libraries while they are imported, so they are set (never read) outside bot/settings.py, in one place each.
SET_BEFORE_IMPORT = {"RASA_TELEMETRY_ENABLED", "TF_CPP_MIN_LOG_LEVEL", "LOG_LEVEL"}


def python_files(*folders: str) -> list[Path]:
    """The project's Python files under these folders."""
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def part_of(module: str) -> str:
    """The row of the law that a module belongs to: bot.triage.engine -> bot.triage."""
    return ".".join(module.split(".")[: 2 if module.startswith("bot.") else 1])


def is_module(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.is_dir() or path.with_suffix(".py").is_file()


def imports_of(tree: ast.AST, module: str, is_package: bool = False) -> Iterator[tuple[int, str]]:
    """Line and full name of every import, those inside functions and those by string included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = module.split(".")[: len(module.split(".")) - node.level + is_package]
                base = ".".join([*above, base] if base else above)
            for alias in node.names:
                name = f"{base}.{alias.name}"
                yield node.lineno, name if is_module(name) else base
        elif isinstance(node, ast.Call) and called(node) in {"import_module", "__import__"}:
            yield from ((node.lineno, str(name.value)) for name in node.args[:1] if isinstance(name, ast.Constant))


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def allows(names: set[str], target: str) -> bool:
    return any(target == name or target.startswith(name + ".") for name in names)


def all_imports() -> list[tuple[str, int, str, str]]:
    """(file, line, importing module, imported name) of everything under bot/ and actions/."""
    rows = []
    for path in python_files("bot", "actions"):
        module = module_name(path)
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for line, target in imports_of(tree, module, path.name == "__init__.py"):
            rows.append((path.relative_to(ROOT).as_posix(), line, module, target))
    return rows


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import bot.triage.engine", "bot.triage.engine"),
        ("from bot.triage import model", "bot.triage.model"),
        ("from bot.triage.model import Finding", "bot.triage.model"),
        ("from . import model", "bot.triage.model"),
        ("from .model import Finding", "bot.triage.model"),
        ("from ..settings import Settings", "bot.settings"),
        ("def later():\n    from bot.settings import Settings", "bot.settings"),
        ("import importlib\nimportlib.import_module('bot.settings')", "bot.settings"),
    ],
)
def test_every_way_of_importing_is_seen(source: str, expected: str) -> None:
    assert expected in {name for _, name in imports_of(ast.parse(source), "bot.triage.engine")}


def test_every_part_has_a_row_in_the_law() -> None:
    unknown = sorted({part_of(module_name(path)) for path in python_files("bot", "actions")} - set(LAW) - {"bot"})
    assert not unknown, (
        f"{', '.join(unknown)}: not in the import law. Add a row to LAW in {Path(__file__).name} that says what the "
        "new part may import, and name it in the rows of those that may import it; allow as little as it needs."
    )


def test_imports_keep_the_law() -> None:
    broken = []
    for file, line, module, target in all_imports():
        if part_of(target) not in LAW and target.partition(".")[0] not in {"bot", "actions"}:
            continue
        own = part_of(module)
        if part_of(target) != own and not allows(LAW.get(own, set()), target):
            allowed = ", ".join(sorted(LAW.get(own, set()))) or "nothing of the project"
            broken.append(f"{file}:{line} imports {target}; {own} may import {allowed}")
    assert not broken, "\n".join(broken)


def test_only_the_command_line_imports_the_starting_points() -> None:
    broken = [
        f"{file}:{line} imports {target}"
        for file, line, module, target in all_imports()
        for start, allowed in STARTING_POINTS.items()
        if allows({start}, target) and part_of(module) not in {start, *allowed}
    ]
    assert not broken, "\n".join(broken)


def test_the_law_has_no_circles() -> None:
    left = {part: {part_of(name) for name in names} - {part} for part, names in LAW.items()}
    left = {part: names for part, names in left.items() if part not in STARTING_POINTS}
    while free := [part for part, names in left.items() if not names & set(left)]:
        for part in free:
            del left[part]
    assert not left, f"these parts may import each other in a circle: {', '.join(sorted(left))}"


def test_the_clinical_core_uses_its_own_libraries_only() -> None:
    own = {"bot", "actions"} | set(sys.stdlib_module_names)
    broken = [
        f"{file}:{line} imports {target}"
        for file, line, module, target in all_imports()
        if part_of(module) in CORE_LIBRARIES and target.partition(".")[0] not in own | CORE_LIBRARIES[part_of(module)]
    ]
    assert not broken, "\n".join(broken)


def test_rasa_is_known_only_where_it_is_plugged_in() -> None:
    broken = [
        f"{file}:{line} imports {target}"
        for file, line, module, target in all_imports()
        if part_of(module) not in RASA_LIBRARIES.get(target.partition(".")[0], {part_of(module)})
    ]
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize(
    ("module", "stays_out"),
    [
        ("bot.triage.engine", {"rasa", "spacy", "sqlalchemy", "starlette", "numpy"}),
        ("bot.clinical", {"rasa", "sqlalchemy", "starlette", "tensorflow"}),
        ("bot.escalation.service", {"rasa", "spacy", "tensorflow"}),
        ("bot.content.lint", {"rasa", "tensorflow", "sqlalchemy"}),
        ("bot.evaluation.command", {"rasa", "tensorflow", "sqlalchemy"}),
        ("bot.cli", {"rasa", "tensorflow"}),  # `aftercare --help` and `aftercare triage` answer at once
    ],
)
def test_importing_pulls_in_no_more_than_it_should(module: str, stays_out: set[str]) -> None:
    code = f"import sys, {module}; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split()
    assert module in loaded
    assert not stays_out & set(loaded)


def environment_uses(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and variable of each use of the environment; "" where it is more than setting one named variable."""
    setting: dict[int, str] = {}
    for node in ast.walk(tree):
        named = None
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "setdefault":
            named = (node.func.value, node.args[0] if node.args else None)
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
            named = (node.value, node.slice)
        if named and isinstance(named[1], ast.Constant):
            setting[id(named[0])] = str(named[1].value)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "environb", "getenv"}:
            yield node.lineno, setting.get(id(node), "")
        elif isinstance(node, ast.ImportFrom) and node.module == "os":
            if {alias.name for alias in node.names} & {"environ", "environb", "getenv"}:
                yield node.lineno, ""
        elif isinstance(node, ast.ImportFrom) and node.module == "starlette.config":
            yield node.lineno, ""


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import os\nos.environ['A']", [""]),
        ("import os\nos.getenv('A')", [""]),
        ("from os import environ", [""]),
        ("from starlette.config import Config", [""]),
        ("import os\nos.environ['A'] = 'b'", ["A"]),
        ("import os\nos.environ.setdefault('A', 'b')", ["A"]),
        ("import os\nos.getcwd()", []),
    ],
)
def test_every_use_of_the_environment_is_seen(source: str, expected: list[str]) -> None:
    assert [name for _, name in environment_uses(ast.parse(source))] == expected


def test_only_the_settings_read_the_environment() -> None:
    broken = []
    places: Counter[str] = Counter()
    for path in python_files("bot", "actions"):
        file = path.relative_to(ROOT).as_posix()
        if file == "bot/settings.py":
            continue
        for line, name in environment_uses(ast.parse(path.read_text(encoding="utf-8"))):
            places[name] += 1
            if name not in SET_BEFORE_IMPORT:
                broken.append(f"{file}:{line} uses the environment: read it in bot/settings.py and pass the setting on")
    assert not broken, "\n".join(broken)
    assert [name for name, count in places.items() if count > 1] == []
