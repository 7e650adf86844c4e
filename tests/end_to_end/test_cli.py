"""The commands as users type them."""

from __future__ import annotations

import json
import re
import socket
from datetime import timedelta
from pathlib import Path

import pytest

from bot.records.unanswered import record_unanswered
from tests.conftest import TestServices
from tests.servers import aftercare


def test_triage_reads_and_writes_json_lines(tmp_path: Path) -> None:
    lines = [
        {"id": 1, "text": "no fever but chills"},
        {"text": "yes", "previous": "Do you have a fever?"},
        {"id": "x", "text": "when can I drive?"},
    ]
    result = aftercare("triage", data_dir=tmp_path, input="\n".join(json.dumps(line) for line in lines))
    assert result.returncode == 0, result.stderr
    first, second, third = (json.loads(line) for line in result.stdout.splitlines())
    assert (first["id"], first["disposition"]) == (1, "urgent")
    found = {finding["symptom"]: finding for finding in first["findings"]}
    assert (found["fever"]["negated"], found["fever"]["present"]) == (True, False)
    assert (found["chills"]["negated"], found["chills"]["present"]) == (False, True)
    assert first["text"][found["chills"]["start"] : found["chills"]["end"]] == found["chills"]["text"] == "chills"
    assert second["disposition"] == "urgent"
    assert (third["id"], third["disposition"], third["findings"]) == ("x", "none", [])


def test_triage_reports_bad_lines_and_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    file.write_bytes(b'not json\n[]\n{"text": 7}\n\xff\xfe\n\n{"text": "chills", "previous": 1}\n{"text": "chills"}\n')
    result = aftercare("triage", str(file), data_dir=tmp_path)
    assert result.returncode == 1
    assert [json.loads(line)["text"] for line in result.stdout.splitlines()] == ["chills"]
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == [f"line {n}" for n in (1, 2, 3, 4, 6)]


def test_triage_needs_neither_rasa_nor_tensorflow(tmp_path: Path) -> None:
    import subprocess
    import sys

    code = (
        "import sys, bot.cli; from bot.screen import Screen; Screen.default().run('chills');"
        "sys.exit(any(name in sys.modules for name in ('rasa', 'tensorflow', 'sqlalchemy')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_development_mode_refuses_to_listen_to_the_world(tmp_path: Path) -> None:
    result = aftercare("serve", "--dev", "--host", "192.0.2.1", data_dir=tmp_path)
    assert result.returncode == 2
    assert "loopback" in result.stderr


def test_port_in_use_is_said_plainly(tmp_path: Path, model: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = aftercare("serve", "--port", str(taken.getsockname()[1]), data_dir=tmp_path)
    assert result.returncode == 2
    assert "--port" in result.stderr


def test_wrong_setting_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "many")
    result = aftercare("check", data_dir=tmp_path)
    assert result.returncode == 2
    assert result.stderr.startswith("aftercare: PORT: ")
    assert len(result.stderr.splitlines()) == 1


def test_wrong_content_names_file_and_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clinic = tmp_path / "clinic.yml"
    clinic.write_text("nmae: A clinic\n")
    monkeypatch.setenv("AFTERCARE_CLINIC", str(clinic))
    import subprocess
    import sys

    from bot.settings import ROOT

    result = subprocess.run(
        [sys.executable, "-m", "bot.cli", "check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 1
    assert "error: " in result.stdout
    assert f"{clinic}:1: nmae is not a field here" in result.stdout
    assert "1 error, " in result.stdout


def test_check_passes_on_our_content(tmp_path: Path) -> None:
    result = aftercare("check", data_dir=tmp_path)
    assert result.returncode == 0, result.stdout
    assert "0 errors, " in result.stdout
    assert "not reviewed yet" in result.stdout


def test_escalations_of_a_new_installation(tmp_path: Path) -> None:
    assert aftercare("db", "upgrade", data_dir=tmp_path).returncode == 0
    assert aftercare("escalations", data_dir=tmp_path).stdout == "No escalations.\n"
    assert aftercare("escalations", "--open", "--json", data_dir=tmp_path).stdout == ""


def test_unanswered_questions_are_listed_most_frequent_first(services: TestServices) -> None:
    folder, variables = services.settings.data_dir, {"DATABASE_URL": str(services.settings.database_url)}
    assert aftercare("questions", data_dir=folder, variables=variables).stdout == "No unanswered questions.\n"
    for number, (text, channel) in enumerate([("Bath?", "sms"), ("can I swim", "sms"), ("Can I swim?", "website")]):
        with services.database.write() as connection:
            record_unanswered(connection, text, channel, services.now() + timedelta(minutes=number))
    swim, bath = aftercare("questions", data_dir=folder, variables=variables).stdout.splitlines()
    assert re.fullmatch(r" +2  2026-06-09  sms, website +'can i swim'", swim)
    assert "'bath'" in bath
    (listed,) = aftercare(
        "questions", "--json", "--limit", "1", data_dir=folder, variables=variables
    ).stdout.splitlines()
    assert json.loads(listed) == {
        "text": "can i swim",
        "count": 2,
        "channels": ["sms", "website"],
        "first_asked": "2026-06-09T15:01:00+00:00",
        "last_asked": "2026-06-09T15:02:00+00:00",
    }


COMMANDS = ["serve", "train", "triage", "evaluate", "escalations", "questions", "check", "staff", "db"]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_every_command(tmp_path: Path, command: str) -> None:
    assert command in aftercare("--help", data_dir=tmp_path).stdout
    assert aftercare(command, "--help", data_dir=tmp_path).returncode == 0


def test_triage_explains_itself(tmp_path: Path) -> None:
    lines = [{"id": 1, "text": "no fever but chills"}, {"text": "no", "previous": "Can you move your legs?"}]
    result = aftercare("triage", "--explain", data_dir=tmp_path, input="\n".join(json.dumps(line) for line in lines))
    assert result.returncode == 0, result.stderr
    first, second = result.stdout.strip().split("\n\n")
    assert "negated: deny 'no', scope 'no fever'" in first
    assert "criterion: chills.present -> urgent (source A)" in first
    assert second.endswith("disposition: emergency")
