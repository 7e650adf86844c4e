"""Every shape of a label, and every way not to be one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.evaluation.labels import LabelError, label_files, parse_label, read_labels


def parse(**entry: Any) -> Any:
    return parse_label(json.dumps({"text": "hello", **entry}).encode(), "some.jsonl", 3)


@pytest.mark.parametrize(
    ("entry", "present", "named_only"),
    [
        ({"expect": []}, set(), set()),
        ({"expect": ["fever", "chills"]}, {"fever", "chills"}, set()),
        ({"expect": ["chills"], "absent": ["fever"]}, {"chills"}, {"fever"}),
        ({"expect": {"absent": ["fever"]}}, set(), {"fever"}),
        ({"expect": {"present": ["headache"], "absent": ["fever"]}}, {"headache"}, {"fever"}),
        ({"expect": {"present": [], "mentioned": ["nausea"]}}, set(), {"nausea"}),
        ({"expect": {"present": [], "resolved": ["nausea"]}}, set(), {"nausea"}),
        ({"expect": {"present": [], "improving": ["nausea"]}}, set(), {"nausea"}),
        ({"expect": {"present": [], "improving": ["nausea"]}, "optional": ["nausea"]}, set(), set()),
        ({"expect": {"present": [], "other_person": ["fever"]}}, set(), {"fever"}),
        # my son had it first, and now me
        ({"expect": {"present": ["fever"], "other_person": ["fever"]}}, {"fever"}, set()),
    ],
)
def test_shapes_of_expect(entry: dict[str, Any], present: set[str], named_only: set[str]) -> None:
    label = parse(**entry)
    assert (label.present, label.named_only) == (present, named_only)


def test_a_reply_keeps_its_question() -> None:
    label = parse(prev="Any fever?", text="not sure", expect={"present": [], "absent": [], "unsure": ["fever"]})
    assert (label.prev, label.text, label.unsure) == ("Any fever?", "not sure", {"fever"})


def test_other_fields() -> None:
    label = parse(
        id="own-1",
        expect=["worsening_pain"],
        back_pain_strength="plain",
        temporal="past_narrative",
        hedged=True,
        slices=["sms_style"],
        source="ignored",
    )
    assert label.plain_back_pain
    assert label.groups == ("sms style", "past narrative", "hedged")
    assert (label.place, label.kind, label.id) == ("some.jsonl:3", "some", "own-1")
    assert parse(expect=["emergency"], least="urgent").urgent_is_enough


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({}, '"expect" is missing'),
        ({"expect": "fever"}, "list of keys or an object"),
        ({"expect": ["fevr"]}, "names 'fevr'; known: fever"),
        ({"expect": [1]}, "must be a list of keys"),
        ({"expect": {"presnt": []}}, "cannot hold 'presnt'; known: present"),
        ({"expect": {"present": "fever"}}, '"expect.present" must be a list'),
        ({"expect": {"present": ["fever"], "absent": ["fever"]}}, "fever cannot be both present and absent"),
        ({"expect": ["fever"], "absent": ["fever"]}, "fever cannot be both present and absent"),
        ({"expect": {"present": ["fever"], "unsure": ["fever"]}}, "fever cannot be both present and unsure"),
        ({"expect": [], "optional": ["fevers"]}, '"optional" names'),
        ({"expect": [], "text": ""}, '"text" must be a text'),
        ({"expect": [], "text": None}, '"text" must be a text'),
        ({"expect": [], "prev": 3}, '"prev" must be a text'),
        ({"expect": [], "back_pain_strength": "strong"}, "must be one of plain, severe_or_worse"),
        ({"expect": [], "least": "emergency"}, '"least" must be one of urgent'),
        ({"expect": [], "slices": "short"}, '"slices" must be a list'),
        ({"expect": [], "text": "\ud800"}, "not JSON in UTF-8"),
    ],
)
def test_refusals_name_the_remedy(entry: dict[str, Any], message: str) -> None:
    with pytest.raises(LabelError) as refused:
        parse(**entry)
    assert message in str(refused.value)


@pytest.mark.parametrize("line", [b"{", b"[]", b"null", b'"text"', b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_object_is_refused(line: bytes) -> None:
    with pytest.raises(LabelError):
        parse_label(line, "some.jsonl", 1)


def test_a_refusal_does_not_quote_the_message() -> None:
    with pytest.raises(LabelError) as refused:
        parse(text="my secret", expect=["my secret symptom, at great length"])
    assert "secret" not in str(refused.value)


def test_a_folder_is_read_in_order_and_bad_lines_do_not_stop_it(tmp_path: Path) -> None:
    (tmp_path / "b.jsonl").write_text('{"text": "b", "expect": []}\n')
    (tmp_path / "a.jsonl").write_bytes(
        b'\xef\xbb\xbf{"text": "a", "expect": []}\r\n\r\nnonsense\n{"text": "c", "expect": []}'
    )
    (tmp_path / "README.md").write_text("not a label")
    labels, refusals = read_labels(label_files(tmp_path))
    assert [(label.place, label.text) for label in labels] == [
        ("a.jsonl:1", "a"),
        ("a.jsonl:4", "c"),
        ("b.jsonl:1", "b"),
    ]
    assert [(item.file, item.line) for item in refusals] == [("a.jsonl", 3)]


def test_a_folder_without_labels_gives_none(tmp_path: Path) -> None:
    assert label_files(tmp_path) == []
    assert label_files(tmp_path / "none") == []
