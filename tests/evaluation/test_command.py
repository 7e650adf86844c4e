"""``aftercare evaluate`` as users type it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.servers import aftercare

GOOD = [
    {"text": "I have a fever", "expect": ["fever"]},
    {"text": "no fever at all", "expect": {"absent": ["fever"]}},
    {"text": "yes", "prev": "Do you have any chills?", "expect": {"present": ["chills"], "absent": []}},
    {"text": "when can I drive?", "expect": ["leg_symptom"]},
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "labelled"
    made.mkdir()
    (made / "mixed.jsonl").write_text("\n".join(json.dumps(entry) for entry in GOOD) + "\n")
    return made


def test_table(folder: Path, tmp_path: Path) -> None:
    result = aftercare("evaluate", str(folder), data_dir=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "4 labelled messages" in result.stdout
    assert "Red flags handled safely" in result.stdout
    assert "mixed.jsonl:4   under-triage, leg_symptom not found" in result.stdout
    assert "    when can I drive?" in result.stdout
    assert result.stderr == ""


def test_json_and_report(folder: Path, tmp_path: Path) -> None:
    report = tmp_path / "out.html"
    result = aftercare("evaluate", str(folder / "mixed.jsonl"), "--json", "--report", str(report), data_dir=tmp_path)
    assert result.returncode == 0, result.stderr
    data = json.loads(result.stdout)
    assert (data["summary"]["safe"]["count"], data["summary"]["safe"]["total"]) == (2, 3)
    assert [miss["text"] for miss in data["misses"]] == ["when can I drive?"]
    assert "when can I drive?" in report.read_text(encoding="utf-8")
    assert str(report) in result.stderr


def test_bad_lines_are_reported_and_the_rest_goes_on(folder: Path, tmp_path: Path) -> None:
    (folder / "bad.jsonl").write_text('{"text": "x", "expect": ["fevr"]}\nnonsense\n{"text": "hi", "expect": []}\n')
    result = aftercare("evaluate", str(folder), "--json", data_dir=tmp_path)
    assert result.returncode == 1
    assert [line.split(": ")[0] for line in result.stderr.splitlines()] == ["bad.jsonl:1", "bad.jsonl:2"]
    assert json.loads(result.stdout)["lines"] == 5


CONVERSATIONS = """
conversations:
  - title: A question
    turns:
      - says: when can I drive?
        responses: [utter_answer_driving]
  - title: A fever that is written as nothing
    turns:
      - says: I have a fever
        disposition: none
"""


@pytest.mark.model
def test_conversations_beside_labelled_messages(model: Path, folder: Path, tmp_path: Path) -> None:
    (folder / "talks.yml").write_text(CONVERSATIONS)
    report = tmp_path / "out.html"
    result = aftercare("evaluate", str(folder), "--report", str(report), data_dir=tmp_path)
    assert result.returncode == 1, result.stderr
    assert "4 labelled messages" in result.stdout
    assert "2 conversations replayed" in result.stdout
    assert "talks.yml:9  A fever that is written as nothing" in result.stdout
    assert "    disposition: expected none, got urgent" in result.stdout
    assert "Not as written (1)" in report.read_text(encoding="utf-8")
    data = json.loads(aftercare("evaluate", str(folder / "talks.yml"), "--json", data_dir=tmp_path).stdout)
    assert data["dialogues"]["over_triage"]["count"] == 1


def test_a_wrong_conversation_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "talks.yml").write_text(CONVERSATIONS.replace("disposition", "dispositoin"))
    result = aftercare("evaluate", str(tmp_path / "talks.yml"), data_dir=tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    assert "talks.yml, line 10: unknown field 'dispositoin'" in result.stderr


def test_nothing_to_measure_is_said_plainly(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("\n")
    for path, words in ((tmp_path / "none", "no such file"), (tmp_path / "empty.jsonl", "no labelled message")):
        result = aftercare("evaluate", str(path), data_dir=tmp_path)
        assert (result.returncode, result.stdout) == (2, "")
        assert words in result.stderr
        assert "Traceback" not in result.stderr


def test_a_report_that_cannot_be_written_is_said_plainly(folder: Path, tmp_path: Path) -> None:
    result = aftercare("evaluate", str(folder), "--report", str(tmp_path / "no" / "out.html"), data_dir=tmp_path)
    assert result.returncode == 2
    assert "cannot write the report" in result.stderr
    assert "Traceback" not in result.stderr
