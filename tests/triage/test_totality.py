"""Laws that hold for every input: no exception, and a further red flag never lowers the disposition."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.triage.engine import assess
from bot.triage.model import (
    ALL_KEYS,
    Course,
    Decision,
    Disposition,
    Encounter,
    Finding,
    Findings,
    Question,
    QuestionKind,
    Severity,
)
from bot.triage.protocol import Protocol
from tests.triage.conftest import PROTOCOL_PATH

PROTOCOL = Protocol.load(PROTOCOL_PATH)
MARKS = ["warm", "medicine", "postural", "photophobia", "site", "faint", "racing_heart", "drowsy", "confused"]
MARKS += ["stiff_neck", "new_kind", "intent"]
flags = st.booleans()
maybe = st.none() | flags

findings_one = st.builds(
    Finding,
    symptom=st.sampled_from(sorted(ALL_KEYS)),
    text=st.text(max_size=4),
    concept=st.sampled_from(["", "back_pain.usual", "back_pain.soreness"]),
    negated=flags,
    hypothetical=flags,
    question=flags,
    historical=flags,
    resolved=flags,
    experiencer=st.sampled_from(["patient", "patient", "other", ""]),
    uncertain=flags,
    course=st.none() | st.sampled_from(Course),
    severity=st.none() | st.sampled_from(Severity),
    duration_hours=st.none() | st.floats(),
    persistent=flags,
    new=maybe,
    value=st.none() | st.floats() | st.floats(90, 110),
    unit=st.sampled_from(["", "F", "/10"]),
    marks=st.lists(st.sampled_from(MARKS), max_size=3).map(tuple),
)
reports = findings_one.map(
    lambda item: replace(
        item, negated=False, hypothetical=False, historical=False, resolved=False, experiencer="patient"
    )
)
several = st.lists(findings_one | reports, max_size=4).map(tuple)
days = st.none() | st.integers(-5, 60)
levels = st.sampled_from([None, "lumbar", "thoracic", "cervical", "elsewhere"])
messages = st.builds(
    Findings,
    items=several,
    answered=flags,
    procedure_day=days,
    procedure_level=levels,
    steroid=maybe,
    language=st.sampled_from(["en", "en", "es", "und", "fr", ""]),
    correction=flags,
)
questions = st.none() | st.builds(
    Question,
    kind=st.sampled_from(QuestionKind),
    symptoms=st.lists(st.sampled_from([*sorted(ALL_KEYS), "no such key"]), max_size=2).map(tuple),
    response=st.sampled_from(["", "utter_ask_duration"]),
    about=several,
    asked=st.integers(-1, 4),
    general=flags,
)
encounters = st.builds(Encounter, days_since_procedure=days, procedure_level=levels, steroid=maybe)
LAW = settings(max_examples=400, deadline=None, derandomize=True)


@LAW
@given(messages, questions, encounters)
def test_assess_is_total(message: Findings, pending: Question | None, encounter: Encounter) -> None:
    decision = assess(message, pending, encounter, PROTOCOL)
    given_by_rows = [criterion.disposition for criterion in decision.criteria]
    assert decision.disposition in (Disposition.worst(given_by_rows), Disposition.CLARIFY)
    assert (decision.question is not None) or decision.disposition is not Disposition.CLARIFY
    if decision.disposition is Disposition.EMERGENCY:
        assert decision.question is None
    if decision.disposition not in (Disposition.CLARIFY, Disposition.NONE):
        assert decision.response.startswith("utter_")
    if decision.question is not None:
        assert decision.question.response.startswith("utter_ask_")
        assert decision.question.asked <= PROTOCOL.questions_in_a_row
        assert Question.from_dict(decision.question.to_dict()).kind is decision.question.kind
    assert all(PROTOCOL.means(criterion.id) for criterion in decision.criteria)
    assert Decision.from_dict(decision.to_dict()).disposition is decision.disposition


@LAW
@given(messages, questions, encounters, reports, st.integers(0, 4))
def test_a_further_red_flag_never_lowers_the_disposition(
    message: Findings, pending: Question | None, encounter: Encounter, report: Finding, place: int
) -> None:
    known = encounter.learn(message)
    alone = assess(Findings((report,), language=message.language), None, known, PROTOCOL)
    if not alone.disposition.at_least(Disposition.URGENT):
        return
    before = assess(message, pending, encounter, PROTOCOL)
    items = (*message.items[:place], report, *message.items[place:])
    after = assess(replace(message, items=items), pending, encounter, PROTOCOL)
    assert after.disposition.at_least(before.disposition)
    assert after.disposition.at_least(Disposition.URGENT)
    assert report.symptom in {criterion.symptom for criterion in after.criteria}


@LAW
@given(messages, encounters)
def test_a_pending_question_never_lowers_what_the_message_says(message: Findings, encounter: Encounter) -> None:
    """With nothing carried along, a question in between takes no red flag away."""
    alone = assess(message, None, encounter, PROTOCOL)
    if not alone.disposition.at_least(Disposition.URGENT):
        return
    for kind in QuestionKind:
        pending = Question(kind, ("headache",), asked=1)
        assert assess(message, pending, encounter, PROTOCOL).disposition.at_least(alone.disposition)


def test_the_engine_needs_neither_rasa_nor_spacy_nor_a_database() -> None:
    heavy = ["rasa", "rasa_sdk", "spacy", "sqlalchemy", "tensorflow", "starlette"]
    code = f"import sys, bot.triage.engine, bot.triage.loading; print([m for m in {heavy!r} if m in sys.modules])"
    root = str(PROTOCOL_PATH.parents[2])
    result = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
