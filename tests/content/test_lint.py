"""The content lint: our own content passes, and each kind of fault in it is found and named."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

import pytest

from bot.clinic import ClinicProfile
from bot.content.command import lines
from bot.content.filled import longest_facts
from bot.content.lint import Report, lint
from bot.content.names import name_problems, never_said
from bot.content.problem import Notice, Problem
from bot.content.responses import response_problems
from bot.content.review import unreviewed
from bot.settings import ROOT
from bot.triage.protocol import Protocol
from bot.wording import Wording

NOW = datetime(2026, 6, 9, 15, 0, tzinfo=timezone.utc)
CLINIC = ClinicProfile.load(ROOT / "data" / "clinic.yml")
PROTOCOL_FILE = ROOT / "data" / "protocols" / "discogram.yml"


def wording_of(tmp_path: Path, *changes: tuple[str, str, str]) -> Wording:
    """Our responses with some words of them changed: (file, from, to)."""
    folder = tmp_path / "responses"
    shutil.copytree(ROOT / "data" / "responses", folder)
    for name, old, new in changes:
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text, old
        (folder / name).write_text(text.replace(old, new), encoding="utf-8")
    return Wording.load(folder)


def found(wording: Wording, clinic: ClinicProfile = CLINIC, advised: frozenset[str] = frozenset()) -> list[str]:
    facts = longest_facts(clinic, wording, NOW)
    problems = response_problems(wording, advised, facts, {clinic.office_phone, clinic.after_hours_phone})
    return [str(problem) for problem in problems]


def test_our_own_content_passes() -> None:
    report = lint(ROOT, ROOT / "data" / "clinic.yml", NOW)
    assert report.problems == []
    assert [line.split()[0] for line in report.checked] == ["clinic", "protocol", "lexicon", "responses"]
    said = "\n".join(lines(report))
    assert "rows of the protocol not reviewed yet" in said
    assert "files of the lexicon not reviewed yet" in said
    assert "clinical responses not reviewed yet" in said
    assert said.splitlines()[-1] == f"0 errors, {len(report.notices)} notices"


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        (
            "answers_after.yml",
            "Plan to take the next day off work. After that, when you go back is up to you. No heavy",
            f"Plan to take the next day off work. {'Or do not. ' * 25}No heavy",
            "utter_answer_work (sms): has 4",
        ),
        (
            "answers_after.yml",
            "Do not drive for 24 hours after your discogram. Have",
            "Don\u2019t drive for 24 hours after your discogram. Have",
            "utter_answer_driving (sms): holds '\u2019'",
        ),
        (
            "dispositions.yml",
            "Call your provider now at {phone}, day or night. If nobody answers, go to an urgent care or an"
            " emergency\n",
            f"{'Do not wait. ' * 12}They need to hear about this at {{phone}}, or in an emergency\n",
            "utter_urgent (sms): does not hold (217) 555-0187 in its first 160 characters",
        ),
        (
            "dispositions.yml",
            "Call 911 now. This needs help right away. Do not drive yourself. Tell them that you had a discogram."
            " Your\n"
            "        care team: {phone}, but call 911 first.",
            "Call for help now. This needs help right away. Do not drive yourself.",
            "utter_emergency (sms): does not hold 911 in its first 160 characters",
        ),
        (
            "answers_after.yml",
            '{source: A+B, version: "1", reviewed_by: "", question: "When can I go back to work?"}',
            '{question: "When can I go back to work?"}',
            "utter_answer_work (website): has no source and no version",
        ),
        (
            "questions.yml",
            "Reply 1 for less than a day, 2 for more than a day, 3 if not sure.",
            "Reply 1 for less than a day, 3 if not sure.",
            "utter_ask_headache_duration (sms): offers the numbers [1, 3] for 3 choices",
        ),
        (
            "questions.yml",
            "Reply with the number that you read. Reply 1 if you can't check it.",
            "Can you?",
            "utter_ask_temperature (sms): does not say how to answer",
        ),
        (
            "questions.yml",
            "Reply 1 if you do, 2 if you do not, 3 if not sure.",
            "Reply 1 for yes, 2 for the rest, 3 if not sure.",
            "utter_ask_presence (sms): asks for 'yes'",
        ),
        (
            "conversation.yml",
            "6 when to call, 7 a person.",
            "6 when to call.",
            "utter_menu (sms): offers the numbers [1, 2, 3, 4, 5, 6] for 7 choices",
        ),
    ],
)
def test_faults_of_responses(tmp_path: Path, file: str, old: str, new: str, problem: str) -> None:
    assert any(text.startswith(problem) for text in found(wording_of(tmp_path, (file, old, new))))


def test_what_the_protocol_advises_needs_a_source(tmp_path: Path) -> None:
    wording = wording_of(tmp_path)
    assert found(wording) == []
    assert found(wording, advised=frozenset({"utter_bot"})) == [
        f"utter_bot ({channel}): has no source and no version; add it to its metadata" for channel in ("website", "sms")
    ]


def test_lengths_are_held_against_the_clinics_own_values(tmp_path: Path) -> None:
    """A clinic with a long name and address, and one with a letter that SMS does not have."""
    profile = (ROOT / "data" / "clinic.yml").read_text(encoding="utf-8")
    (tmp_path / "clinic.yml").write_text(
        profile.replace(
            "100 Example Street", "100 Very Long Example Street of the Northern and Southern Hills, Suite 1"
        )
    )
    assert found(wording_of(tmp_path), ClinicProfile.load(tmp_path / "clinic.yml"))[0].startswith(
        "utter_answer_contact (sms): has 3"
    )
    (tmp_path / "clinic.yml").write_text(profile.replace("Example Spine Clinic", "Example Špine Clinic"))
    assert "utter_notice (sms): holds 'Š'" in " ".join(
        found(Wording.load(tmp_path / "responses"), ClinicProfile.load(tmp_path / "clinic.yml"))
    )


def test_the_longest_value_of_the_year_counts() -> None:
    wording = Wording.load(ROOT / "data" / "responses")
    facts = longest_facts(CLINIC, wording, NOW)
    assert len(facts["opens"]) >= max(
        len(CLINIC.facts(moment)["opens"]) for moment in (NOW, NOW.replace(month=12, day=31))
    )
    assert facts["choices"].startswith("1 ")
    assert " 3 " in facts["choices"]
    assert all(facts.values())


# --- names ------------------------------------------------------------------------------------------------


@pytest.fixture
def code(tmp_path: Path) -> Path:
    """A small repository: one action, one rule, one topic."""
    for folder in ("bot", "actions", "data/rules", "data/stories", "data/nlu"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "actions" / "one.py").write_text('SAYS = "utter_greet"\nBEGINS = "utter_self_"\n')
    (tmp_path / "data" / "rules" / "one.yml").write_text("steps:\n  - action: utter_bot\n  - action: action_answer\n")
    (tmp_path / "data" / "nlu" / "one.yml").write_text("nlu:\n  - intent: ask_bath\n  - intent: ask_bot\n")
    return tmp_path


def small_wording(tmp_path: Path, *names: str) -> Wording:
    folder = tmp_path / "words"
    folder.mkdir()
    rows = [
        f'  {name}:\n    - text: a\n      metadata: {{question: "b"}}\n    - channel: sms\n      text: a\n'
        for name in names
    ]
    (folder / "one.yml").write_text('version: "3.1"\nresponses:\n' + "".join(rows))
    return Wording.load(folder)


def test_names_that_are_all_there(code: Path) -> None:
    wording = small_wording(code, "utter_greet", "utter_bot", "utter_self_care", "utter_answer_bath", "utter_unused")
    assert list(name_problems(wording, None, code / "data", code)) == []
    assert never_said(wording, None, code / "data", code) == ["utter_answer_bath", "utter_unused"]


def test_names_that_are_not_there(code: Path) -> None:
    wording = small_wording(code, "utter_answer_sun")
    places = [problem.where for problem in name_problems(wording, None, code / "data", code)]
    assert places == [
        "data/rules/one.yml:2",
        "actions/one.py:1",
        "actions/one.py:2",
        "data/nlu/one.yml:2",
        "utter_answer_sun",
    ]


def test_the_protocols_names_carry_their_line(code: Path) -> None:
    wording = small_wording(code, "utter_greet", "utter_bot", "utter_self_care", "utter_answer_bath")
    problems = list(name_problems(wording, Protocol.load(PROTOCOL_FILE), code / "data", code))
    self_harm = next(problem for problem in problems if "utter_emergency_self_harm" in problem.what)
    line = int(self_harm.where.partition(":")[2])
    assert "id: self_harm.any" in PROTOCOL_FILE.read_text(encoding="utf-8").splitlines()[line - 1]


# --- review, and the whole -----------------------------------------------------------------------------------


def test_what_is_reviewed_is_not_listed(tmp_path: Path) -> None:
    signed = 'version: "1", reviewed_by: "Casey Example, RN"'
    wording = wording_of(tmp_path, ("answers_after.yml", 'version: "1", reviewed_by: ""', signed))
    (notice,) = unreviewed(None, None, wording, frozenset())
    assert "utter_answer_driving" not in notice.names
    assert "utter_urgent" in notice.names
    count, of, total = notice.what.split()[:3]
    assert (int(count), of) == (len(notice.names), "of")
    assert int(total) > int(count)


def broken(tmp_path: Path, change: Callable[[Path], None]) -> Report:
    """The report on a copy of our content that is changed."""
    shutil.copytree(ROOT / "data", tmp_path / "data")
    change(tmp_path / "data")
    return lint(tmp_path, tmp_path / "data" / "clinic.yml", NOW)


def test_every_part_is_checked_although_another_does_not_load(tmp_path: Path) -> None:
    def change(data: Path) -> None:
        (data / "clinic.yml").write_text("name: A clinic\n")
        (data / "protocols" / "discogram.yml").write_text("procedure: [")
        (data / "lexicon" / "urgent.yml").write_text("source: G\nnonsense: 1\n")
        (data / "responses" / "questions.yml").write_text("responses:\n")

    report = broken(tmp_path, change)
    assert [problem.where for problem in report.problems] == ["", "", "", ""]
    for name, problem in zip(
        ("clinic.yml", "discogram.yml", "urgent.yml", "questions.yml"), report.problems, strict=True
    ):
        assert name in str(problem)
    assert report.checked == []
    assert list(lines(report))[-1] == "4 errors, 0 notices"


def test_lines() -> None:
    report = Report(["clinic  A"], [Problem("utter_x (sms)", "is wrong")], [Notice("2 of 3 rows", ("a", "b"))])
    assert list(lines(report)) == [
        "clinic  A",
        "error: utter_x (sms): is wrong",
        "notice: 2 of 3 rows",
        "    a, b",
        "1 error, 1 notice",
    ]
