"""What has to hold for the files of the repository: locks, Makefile, settings, names and sizes."""

from __future__ import annotations

import ast
import os
import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-audit.lock")
FORBIDDEN_NAMES = {"util", "utils", "helper", "helpers", "common", "misc", "manager"}
MAX_LINES = 320
MAX_FILES = 11


def run(*command: str) -> str:
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def files() -> list[Path]:
    """Every file that is, or would be, committed."""
    names = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    return [ROOT / name for name in sorted(set(names)) if name and (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def modules(files: list[Path]) -> list[Path]:
    """The Python files among them; migrations are written once and never edited, so they are left out."""
    return [path for path in files if path.suffix == ".py" and "versions" not in path.parts]


def pins(lock: str) -> dict[str, str]:
    """Name of each package in a lock -> its whole row: version, marker, hashes."""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / lock).read_text(encoding="utf-8"), flags=re.M)
    rows = [row for row in text.replace("\\\n", " ").splitlines() if row.strip()]
    return {canonicalize_name(re.split(r"[=<>!~ ;\[@]", row, maxsplit=1)[0]): row for row in rows}


# --- dependencies --------------------------------------------------------------------------------


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_one_version_and_its_hashes(lock: str) -> None:
    rows = pins(lock)
    loose = [name for name, row in rows.items() if not re.search(r"^[\w.-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", row)]
    assert len(rows) > 30
    assert not loose, f"{lock}: no exact version or no hash: {', '.join(loose)}. Run: make lock"


def test_the_development_lock_repeats_the_runtime_lock() -> None:
    runtime, development = pins(LOCKS[0]), pins(LOCKS[1])
    version = re.compile(r"==(\S+)")
    different = [
        name
        for name, row in runtime.items()
        if name not in development or version.findall(row)[0] != version.findall(development[name])[0]
    ]
    assert not different, f"tests would not run what users run: {', '.join(different)}. Run: make lock"


def test_the_locks_fit_pyproject() -> None:
    # Python 3.10 has no tomllib: the requirements are the quoted lines of the tables that make lock reads.
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for table, lock in zip(("dependencies", "dev", "audit"), LOCKS, strict=True):
        found = re.search(rf"^{table} = \[\n(.*?)^\]", text, flags=re.M | re.S)
        assert found
        locked = pins(lock)
        for line in re.findall(r'^\s*"([^"]+)"', found[1], flags=re.M):
            wanted = Requirement(line)
            row = locked.get(canonicalize_name(wanted.name))
            assert row, f"{wanted.name} is in pyproject.toml and not in {lock}. Run: make lock"
            version = re.findall(r"==(\S+)", row)[0]
            assert wanted.specifier.contains(version, prereleases=True), f"{line}: {lock} has {version}. Run: make lock"


def test_each_known_vulnerability_is_of_the_version_that_is_locked() -> None:
    text = (ROOT / "docs" / "security-exceptions.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(?:CVE|GHSA|PYSEC)-.*$", text, re.M)
    assert rows
    locked = pins(LOCKS[0])
    for row in rows:
        name, version = row.split("|")[2].split()
        assert locked[name].startswith(f"{name}=={version} "), f"{name} is not {version} any more: assess it again"


def test_no_file_names_a_download_address(files: list[Path]) -> None:
    address = re.compile(
        r"""index[-_]url|find[-_]links|"resolved"\s*:\s*"https?:|registry\s*=\s*"https?:|files\.pythonhosted\.""", re.I
    )
    own = Path(__file__).resolve()
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in files
        if path != own
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if address.search(line)
    ]
    assert not found, f"packages come from the index that the machine is set up for: {', '.join(found)}"


def test_there_is_one_kind_of_lock(files: list[Path]) -> None:
    assert not [path.name for path in files if path.name in {"uv.lock", "poetry.lock", "Pipfile.lock"}]


@pytest.mark.parametrize(
    "path", [".env", "var/aftercare.db", "models/any.tar.gz", ".venv/any", ".uv/any", ".audit/any", "uv.lock"]
)
def test_secrets_conversations_and_what_is_made_stay_out(path: str) -> None:
    assert subprocess.run(["git", "check-ignore", "-q", path], cwd=ROOT, check=False).returncode == 0


# --- commands ------------------------------------------------------------------------------------


def described_targets() -> dict[str, str]:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return dict(re.findall(r"^([\w-]+):.*?## (.+)$", makefile, flags=re.M))


def test_make_help_lists_every_described_target() -> None:
    printed = run("make", "--no-print-directory", "help").splitlines()
    assert len(described_targets()) >= 9
    for target, description in described_targets().items():
        assert any(re.fullmatch(rf"make {target} +{re.escape(description)}", line) for line in printed), target


def test_every_target_that_is_no_file_is_described() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.findall(r"^\.PHONY: (.+)$", makefile, flags=re.M)[0].split()
    assert set(phony) - {"FORCE"} == set(described_targets())


def test_documents_name_only_targets_that_exist(files: list[Path]) -> None:
    for path in (path for path in files if path.suffix == ".md"):
        code = re.findall(r"`([^`\n]+)`|^\s*(?:\$ )?(make [a-z-]+)", path.read_text(encoding="utf-8"), flags=re.M)
        named = {target for pair in code for target in re.findall(r"\bmake ([a-z][a-z-]+)", " ".join(pair))}
        assert named <= set(described_targets()), f"{path.relative_to(ROOT)}: {named - set(described_targets())}"


def test_ci_runs_what_a_laptop_runs() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    lines = script.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "#!/usr/bin/env bash"
    assert "set -euo pipefail" in lines
    assert [line for line in lines if line.startswith("make ")] == ["make lint", "make test"]


# --- settings ------------------------------------------------------------------------------------


def settings_read() -> dict[str, str | None]:
    """Each variable that bot/settings.py reads -> its default, None where that is not a plain text.

    A variable is the first argument, in capitals, of any call there: config("PORT", _port, "8000").
    """
    tree = ast.parse((ROOT / "bot" / "settings.py").read_text(encoding="utf-8"))
    read: dict[str, str | None] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            name = node.args[0].value
            if isinstance(name, str) and re.fullmatch(r"[A-Z][A-Z0-9_]+", name):
                default = node.args[-1] if len(node.args) > 1 else None
                read[name] = str(default.value) if isinstance(default, ast.Constant) else None
    return read


def settings_documented() -> list[tuple[str, str, str]]:
    """("#" or "", name, value) of each variable in .env.example."""
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    return re.findall(r"^(#?)([A-Z][A-Z0-9_]+)=(.*)$", text, flags=re.M)


def test_env_example_lists_exactly_the_settings_that_are_read() -> None:
    documented = Counter(name for _, name, _ in settings_documented())
    assert set(documented) == set(settings_read())
    assert set(documented.values()) == {1}


def test_copying_env_example_changes_nothing() -> None:
    read = settings_read()
    assert {name: value for mark, name, value in settings_documented() if not mark} == {
        name: read[name] for mark, name, _ in settings_documented() if not mark
    }
    assert [name for mark, name, value in settings_documented() if mark and value] == []


# --- names and sizes -----------------------------------------------------------------------------


def test_files_are_short_enough_to_be_read_whole(modules: list[Path]) -> None:
    sizes = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in modules}
    long = [f"{path.relative_to(ROOT)} has {lines}" for path, lines in sizes.items() if lines > MAX_LINES]
    assert not long, f"more than {MAX_LINES} lines, split by concept: {', '.join(long)}"


def test_folders_hold_few_files(modules: list[Path]) -> None:
    counts = Counter(path.parent.relative_to(ROOT) for path in modules)
    full = [f"{folder} has {count}" for folder, count in counts.items() if count > MAX_FILES]
    assert not full, f"more than {MAX_FILES} Python files, is there a folder missing? {', '.join(full)}"


def test_names_say_what_is_inside(modules: list[Path]) -> None:
    vague = [
        path.relative_to(ROOT).as_posix()
        for path in modules
        if FORBIDDEN_NAMES & {word for part in path.relative_to(ROOT).with_suffix("").parts for word in part.split("_")}
    ]
    assert not vague, f"named after no concept: {', '.join(vague)}"
