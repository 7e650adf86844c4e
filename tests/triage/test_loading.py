"""The strict loader: each refusal names the file, the line and the remedy."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from bot.triage.model import Disposition, QuestionKind
from bot.triage.protocol import Protocol, ProtocolError
from tests.triage.conftest import PROTOCOL_PATH
from tests.triage.refusals import CHILLS, REFUSALS, Refusal


@pytest.mark.parametrize("case", REFUSALS, ids=[case.name for case in REFUSALS])
def test_refusal(case: Refusal, protocol_text: str, tmp_path: Path) -> None:
    assert case.old in protocol_text
    text = protocol_text.replace(case.old, case.new, 1)
    path = tmp_path / "clinic.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ProtocolError) as caught:
        Protocol.load(path)
    error = caught.value
    assert case.problem in error.problem
    assert case.remedy in error.remedy
    assert str(error) == f"{path}:{error.line}: {error.problem}. {error.remedy}."
    if case.line:
        first = text.count("\n", 0, text.index(case.line)) + 1
        assert first <= error.line <= first + case.line.strip().count("\n")


def test_unreadable_files(tmp_path: Path) -> None:
    missing = tmp_path / "missing.yml"
    with pytest.raises(ProtocolError, match=r"missing\.yml:1: the file cannot be read"):
        Protocol.load(missing)
    for content, problem in (
        (b"", "does not start with named fields"),
        (b"- a list", "does not start with named fields"),
        (b"\xff\xfe", "not UTF-8"),
        (b"a: \x00", "not valid YAML"),
    ):
        path = tmp_path / "odd.yml"
        path.write_bytes(content)
        with pytest.raises(ProtocolError, match=problem):
            Protocol.load(path)


def test_the_shipped_protocol(protocol: Protocol) -> None:
    assert protocol.hash == hashlib.sha256(PROTOCOL_PATH.read_bytes()).hexdigest()
    assert protocol.procedure == "discogram"
    assert set(protocol.questions) == set(QuestionKind)
    assert [row.order for row in protocol.criteria] == list(range(len(protocol.criteria)))
    assert {row.source for row in protocol.criteria} == {"A", "B", "G"}
    assert all(row.version == protocol.version and row.reviewed_by == "" for row in protocol.criteria)


def test_rows_stand_in_the_order_of_urgency(protocol: Protocol) -> None:
    acuities = [row.disposition.acuity for row in protocol.criteria]
    assert acuities == sorted(acuities)


def test_a_row_may_carry_its_own_review(protocol_text: str, tmp_path: Path) -> None:
    path = tmp_path / "clinic.yml"
    own = CHILLS + '    version: "2027-01-02"\n    reviewed_by: "Example reviewer"\n'
    path.write_text(protocol_text.replace(CHILLS, own), encoding="utf-8")
    loaded = Protocol.load(path)
    row = loaded.by_id["chills.present"]
    assert (row.version, row.reviewed_by) == ("2027-01-02", "Example reviewer")
    assert loaded.hash != hashlib.sha256(protocol_text.encode()).hexdigest()


def test_a_clinic_can_change_a_threshold(protocol_text: str, tmp_path: Path) -> None:
    path = tmp_path / "clinic.yml"
    path.write_text(protocol_text.replace("reading_at_least: 100.0}", "reading_at_least: 100.4}"), encoding="utf-8")
    conditions = Protocol.load(path).by_id["fever.reading_high"].when
    assert [c.value for c in conditions if c.name == "reading_at_least"] == [100.4]


def test_only_names_of_responses_no_keys_of_rasa(protocol: Protocol, protocol_text: str) -> None:
    """Rasa claims any file under data/ in which a line starts with one of its keys."""
    starts = {line.strip().split(":")[0] for line in protocol_text.splitlines()}
    assert starts.isdisjoint({"nlu", "rules", "stories", "responses", "intents", "version_nlu"})
    assert all(row.response or row.disposition is Disposition.CLARIFY for row in protocol.criteria)
