"""Written conversations: what the format refuses, and that a replay finds every kind of difference."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from bot.evaluation.dialogues.measures import DialogueMeasures
from bot.evaluation.dialogues.reading import DialogueError, dialogue_files, read_dialogues
from bot.evaluation.dialogues.replay import PlayedDialogue, Replayer
from bot.evaluation.dialogues.table import dialogues_as_text
from bot.evaluation.report import as_html
from bot.rasa_agent.runner import AgentFailed
from bot.triage.model import Disposition, QuestionKind
from tests.conversation.fakes import ScriptedAgent, raises, utters

HEADACHE = "conversations:\n  - title: A headache\n    turns:\n      - says: hello\n        disposition: none\n"


def read(tmp_path: Path, text: str) -> list[str]:
    return [dialogue.title for dialogue in read_dialogues([written(tmp_path, text)])]


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "some.yml"
    file.write_text(text, encoding="utf-8")
    return file


# --- the format -------------------------------------------------------------------------------------------


def test_everything_that_a_conversation_can_say(tmp_path: Path) -> None:
    text = """
conversations:
  - title: All of it
    channel: sms
    clock: 2026-11-26 09:30
    turns:
      - says: no
        break: model
        disposition: urgent
        responses: [utter_urgent, utter_filed]
        question: none
      - after: 25h
        exactly: []
        escalation: {open: yes, disposition: urgent, status: open, priority: 1, origin: silence, notes: [a, b]}
      - says: "1"
        question: duration
        choices: []
        escalation: none
"""
    (dialogue,) = read_dialogues([written(tmp_path, text)])
    first, second, third = dialogue.turns
    assert (dialogue.channel, dialogue.clock) == ("sms", datetime(2026, 11, 26, 9, 30))  # noqa: DTZ001
    assert (first.says, first.broken, first.line, first.after) == ("no", "model", 7, timedelta(minutes=1))
    assert first.expected.disposition is Disposition.URGENT
    assert first.expected.question == ""
    assert (second.says, second.after, second.expected.exactly) == (None, timedelta(hours=25), ())
    assert second.expected.escalation is not None
    assert (second.expected.escalation.priority_at_least, second.expected.escalation.notes) == (1, ("a", "b"))
    assert third.expected.question is QuestionKind.DURATION
    assert third.expected.choices == ()
    assert third.expected.escalation is not None
    assert not third.expected.escalation.open


@pytest.mark.parametrize(
    ("change", "line", "words"),
    [
        (("disposition: none", "dispositoin: none"), 5, "unknown field 'dispositoin'"),
        (("disposition: none", "disposition: bad"), 5, "disposition cannot be 'bad'"),
        (("disposition: none", "question: colour"), 5, "question cannot be 'colour'"),
        (("disposition: none", "responses: [hello]"), 5, "'hello' is no response"),
        (("disposition: none", "escalation: {statsu: open}"), 5, "unknown field 'statsu'"),
        (("disposition: none", "escalation: {priority: high}"), 5, "'high' is no whole number"),
        (("disposition: none", "escalation: {symptoms: fevr}"), 5, "unknown symptom 'fevr'"),
        (("        disposition: none\n", ""), 4, "nothing is expected of this turn"),
        (("says: hello", "after: 2h"), 4, "the patient does not speak first"),
        (("says: hello", "after: soon"), 4, "'soon' is no length of time"),
        (("says: hello", "says: [hello]"), 4, "'says' is one text"),
        (("says: hello\n        disposition", "disposition"), 4, "neither 'says' nor 'after'"),
        (("title: A headache", "titel: A headache"), 2, "unknown field 'titel'"),
        (("title: A headache", "title: A\n    clock: noon"), 3, "'noon' is no time"),
        (("title: A headache", "title: A\n    channel: fax"), 3, "channel cannot be 'fax'"),
        (("conversations:", "stories:"), 1, "unknown field 'stories'"),
        (("says: hello", "says: hello\n        says: again"), 5, "'says' stands here twice"),
        (("says: hello", 'says: "hello'), 6, "not valid YAML"),
    ],
)
def test_refusals_name_file_line_and_problem(tmp_path: Path, change: tuple[str, str], line: int, words: str) -> None:
    assert change[0] in HEADACHE
    with pytest.raises(DialogueError, match=re.escape(words)) as refused:
        read(tmp_path, HEADACHE.replace(*change))
    assert f"some.yml, line {line}:" in str(refused.value)


def test_a_title_names_one_conversation(tmp_path: Path) -> None:
    with pytest.raises(DialogueError, match=r"line 6: the title of some\.yml:2 again"):
        read(tmp_path, HEADACHE + HEADACHE.partition("\n")[2])


def test_a_file_that_is_none(tmp_path: Path) -> None:
    for file, words in ((tmp_path / "no.yml", "cannot be read"), (written(tmp_path, "- a list"), "no mapping|mapping")):
        with pytest.raises(DialogueError, match=words):
            read_dialogues([file])


def test_the_yaml_files_of_a_folder_in_order(tmp_path: Path) -> None:
    for name in ("b.yml", "a.yaml", "labels.jsonl"):
        (tmp_path / name).touch()
    assert [file.name for file in dialogue_files(tmp_path)] == ["a.yaml", "b.yml"]
    assert dialogue_files(tmp_path / "labels.jsonl") == []


# --- the replay, with an agent that always says the same ---------------------------------------------------


@pytest.fixture(scope="module")
def replayer() -> Iterator[Replayer]:
    with Replayer(ScriptedAgent(utters("utter_greet"))) as made:
        yield made


def play(replayer: Replayer, tmp_path: Path, turns: str, head: str = "") -> PlayedDialogue:
    lines = "".join(f"      {line}\n" for line in turns.strip().splitlines())
    text = f"conversations:\n  - title: A\n{head}    turns:\n{lines}"
    return replayer.play(read_dialogues([written(tmp_path, text)])[0])


@pytest.mark.parametrize(
    ("expected", "differences"),
    [
        ("disposition: none", []),
        ("disposition: urgent", ["disposition: expected urgent, got none"]),
        ("responses: utter_greet", []),
        ("responses: [utter_notice, utter_greet]", []),
        (
            "responses: [utter_greet, utter_notice]",
            ["responses: utter_notice is missing or out of order, got [utter_notice, utter_greet]"],
        ),
        ("exactly: utter_greet", ["exactly: expected [utter_greet], got [utter_notice, utter_greet]"]),
        ("without: utter_greet", ["without: utter_greet is there"]),
        ("contains: [hello, '{clinic}']", []),
        ("contains: '{office_phone}'", ["contains: '{office_phone}' is not in the reply"]),
        ("lacks: HELLO", ["lacks: 'HELLO' is in the reply"]),
        ("question: none", []),
        ("question: duration", ["question: expected duration, got none"]),
        ("choices: Yes", ["choices: expected [Yes], got []"]),
        ("contact: Pat", ["contact: 'Pat' is not in it"]),
        ("unanswered: bath", ["unanswered: 'bath' is not stored"]),
        ("escalation: none", []),
        ("escalation: {disposition: urgent}", ["escalation: none is open"]),
    ],
)
def test_differences(replayer: Replayer, tmp_path: Path, expected: str, differences: list[str]) -> None:
    played = play(replayer, tmp_path, f"- says: hello\n  {expected}")
    assert list(played.turns[0].differences) == differences
    assert played.as_written is not bool(differences)


@pytest.mark.parametrize(
    ("expected", "difference"),
    [
        ("{disposition: urgent, status: open, origin: interlock, notes: Failure, symptoms: fever}", ""),
        ("none", "escalation: one is open (urgent), expected none"),
        ("{disposition: emergency}", "escalation: expected disposition emergency, got urgent"),
        ("{priority: 1}", "escalation: expected a priority of 1 or more, got 0"),
        ("{notes: silence}", "escalation: no note says 'silence', got [failure]"),
        ("{symptoms: chills}", "escalation: chills is not in it, got [fever]"),
    ],
)
def test_differences_of_the_escalation(replayer: Replayer, tmp_path: Path, expected: str, difference: str) -> None:
    played = play(replayer, tmp_path, f"- says: I have a fever\n  break: model\n  escalation: {expected}")
    assert list(played.turns[0].differences) == ([difference] if difference else [])


def test_the_interlock_is_a_difference_unless_the_script_breaks_something(replayer: Replayer, tmp_path: Path) -> None:
    played = play(
        replayer, tmp_path, "- says: hi\n  break: loading\n  question: none\n- says: I have chills\n  question: none"
    )
    first, second = played.turns
    assert first.differences == ()
    assert second.differences == ("the interlock answered in Rasa's place (disagreement)",)
    assert played.first_different is second


def test_time_passes_without_sleeping_and_the_sweep_runs(tmp_path: Path) -> None:
    with Replayer(ScriptedAgent(raises(AgentFailed("away")))) as replayer:
        played = play(
            replayer,
            tmp_path,
            "- says: I have chills\n  contains: '(217) 555-0142'\n  break: model\n- after: 20m\n  exactly: []\n"
            "- after: 3h\n  says: I still have chills\n  contains: '(217) 555-0187'\n  break: model",
            head="    clock: 2026-06-09 16:00\n    channel: sms\n",
        )
    assert played.as_written, [turn.differences for turn in played.turns]


def test_each_conversation_has_a_database_of_its_own(replayer: Replayer, tmp_path: Path) -> None:
    play(replayer, tmp_path, "- says: I have a fever\n  break: model\n  question: none")
    assert play(replayer, tmp_path, "- says: hi\n  exactly: [utter_notice, utter_greet]\n  escalation: none").as_written


# --- the figures ------------------------------------------------------------------------------------------


@pytest.fixture
def measures(replayer: Replayer, tmp_path: Path) -> DialogueMeasures:
    under = "- says: <b>hi</b>\n  disposition: urgent\n- says: hello\n  disposition: none"
    over = "- says: I have a fever\n  disposition: none\n  break: model"
    return DialogueMeasures.of([play(replayer, tmp_path, turns) for turns in (under, over, "- says: a\n  without: []")])


def test_figures(measures: DialogueMeasures) -> None:
    total = measures.total
    assert (total.as_written.count, total.as_written.total) == (1, 3)
    assert (total.under_triage.count, total.under_triage.total) == (1, 3)
    assert (total.over_triage.count, total.over_triage.total) == (1, 3)
    assert not measures.passed
    data = measures.to_dict()
    assert data["files"].keys() == {"some.yml"}
    assert [item["differences"] for item in data["different"]] == [
        ["disposition: expected urgent, got none"],
        ["disposition: expected none, got urgent"],
    ]


def test_table_and_report(measures: DialogueMeasures) -> None:
    shown = dialogues_as_text(measures)
    assert "3 conversations replayed" in shown
    assert "disposition: expected urgent, got none" in shown
    page = as_html(None, measures, "stories", datetime(2026, 6, 9, tzinfo=timezone.utc))
    assert "Not as written (2)" in page
    assert "&lt;b&gt;hi&lt;/b&gt;" in page
    assert "Are red flags found?" not in page
