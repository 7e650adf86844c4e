"""Temperatures, durations, scores, days, course; and the numbers that are none of them."""

from __future__ import annotations

import pytest

from bot.clinical import ClinicalReader
from bot.triage.model import Course, Severity


@pytest.mark.parametrize(
    ("text", "fahrenheit"),
    [
        ("101.3", 101.3), ("98.4", 98.4), ("38.5", 101.3), ("temp 38,5", 101.3), ("38.5 C", 101.3), ("38,5C", 101.3),
        ("101.3°F", 101.3), ("101 degrees", 101.0), ("temp is 100", 100.0),
        ("my temperature was 99.5 this morning", 99.5),
        ("a hundred and one point two", 101.2), ("one oh two", 102.0), ("hundred and two", 102.0),
        ("102 point 4", 102.4),
        ("38 and a half degrees", 101.3), ("fever of about 102", 102.0), ("a 102 fever", 102.0), ("temp=101.2", 101.2),
        ("thermometer reads 95.2", 95.2), ("it's 103 and climbing", 103.0), ("temp 1013", 101.3), ("🤒 101.4", 101.4),
        ("took tylenol at noon, still 100.6 at three", 100.6), ("100.8 under the arm", 100.8),
        ("I feel awful and sweaty, the ear thing says 39.1", 102.4), ("shivering and it reads 38.9", 102.0),
        ("two advil and its still 101", 101.0), ("ninety nine point nine temperature", 99.9),
        ("temp was one oh one five", 101.5), ("98.9 this morning, 99.8 at lunch, now a temp of 101", 101.0),
        ("took it twice, 100.2 and 100.4", 100.4), ("temp went 101.3 then 99.1", 101.3),
        ("temp between 99.4 and 100.8", 100.8), ("running 99.4-100.8 temps", 100.8),
    ],
)  # fmt: skip
def test_temperature(reader: ClinicalReader, text: str, fahrenheit: float) -> None:
    values = [item.value for item in reader.read(text).present if item.symptom == "fever" and item.unit == "F"]
    assert max(value for value in values if value is not None) == fahrenheit


@pytest.mark.parametrize(
    "text",
    [
        "it costs $101", "meet me at 10:15", "room 101 please", "I listen to 101 FM", "101.5 FM", "on 5/9",
        "I weigh 101 pounds",
        "it is 101 outside", "bp was 102/60", "pulse 99", "100% sure", "call 555-0102", "take 100 mg", "99 people",
        "weighed in at 101.4", "I feel sick about the $101.50 bill", "my sugar was 101.4 and I feel shaky",
        "version 38.2 of the app crashed", "it was 102 outside and I was sweating", "copay was 100.50",
        "suite 101, my appointment is at 10:15", "walked 38.5 miles",
        "what is 39 celsius in fahrenheit for a bread recipe", "my aquarium is at 38 degrees",
        "I am 38 years old", "40 minutes ago", "the oven is at 100 degrees",
    ],
)  # fmt: skip
def test_number_that_is_no_temperature(reader: ClinicalReader, text: str) -> None:
    assert not [item for item in reader.read(text).items if item.symptom == "fever"]


def test_a_reading_is_not_called_a_fever(reader: ClinicalReader) -> None:
    (finding,) = reader.read("I have a temp of 98.6").items
    assert (finding.value, finding.marks) == (98.6, ())


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("headache for three days", 72), ("headache for 3 days straight", 72), ("headache going on two days", 48),
        ("headache since Tuesday", 24), ("headache since yesterday", 24), ("headache started 2 hours ago", 2),
        ("headache that began 20 minutes ago", 1 / 3), ("headache for a day and a half", 36), ("headache all day", 24),
        ("headache for a couple of days", 48), ("my headache started last week", 168), ("headache for 5hrs now", 5),
        ("headache since the discogram on Monday", 48), ("headache 48 hours", 48), ("3 day headache", 72),
        ("headache for half an hour", 0.5), ("headache since noon", 2),
        ("headache two or three days", 72), ("the headache has lasted 2 days", 48),
    ],
)  # fmt: skip
def test_duration(reader: ClinicalReader, text: str, hours: float) -> None:
    (finding,) = (item for item in reader.read(text).items if item.symptom == "headache")
    assert finding.duration_hours == pytest.approx(hours)


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("8/10", 8), ("pain is 9/10", 9), ("back pain, eight out of ten", 8), ("pain is a 7", 7),
        ("my pain level is 6", 6),
        ("I would say 10 out of 10 pain", 10), ("9 on the pain scale", 9), ("pain scale 9", 9),
        ("my back is at an 8", 8),
        ("back pain went from 4 to 8", 8),
    ],
)  # fmt: skip
def test_pain_score(reader: ClinicalReader, text: str, score: float) -> None:
    assert [(item.value, item.unit) for item in reader.read(text).present if item.symptom == "back_pain"] == [
        (score, "/10")
    ]


@pytest.mark.parametrize(
    "text", ["the nurse was great, 10/10", "I would give the coffee nine out of ten", "10 out of 10 service"]
)
def test_praise_is_no_pain_score(reader: ClinicalReader, text: str) -> None:
    assert not reader.read(text).present


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("day 3 and still sore", 3), ("I had it Monday", 2), ("my discogram was yesterday", 1),
        ("procedure was this morning", 0),
        ("3 days after the discogram", 3), ("I had the procedure two days ago", 2), ("10 days post op", 10),
        ("had the discogram last week", 7), ("my back has hurt for 3 days", None),
        ("I had back surgery 10 years ago", None),
        ("fever since Monday", None), ("see you Monday", None),
    ],
)  # fmt: skip
def test_procedure_day(reader: ClinicalReader, text: str, day: int | None) -> None:
    assert reader.read(text).procedure_day == day


@pytest.mark.parametrize(
    "text",
    [
        "my head hurts like it did yesterday and the day before", "queasy again, as on the night before",
        "my temp is 101.2 point 10", "it said 99 point 5 point 1", "day", "night before", "all", "the other",
    ],
)  # fmt: skip
def test_half_said_measure_is_read_without_fail(reader: ClinicalReader, text: str) -> None:
    reader.read(text)


@pytest.mark.parametrize(
    ("text", "course", "severity"),
    [
        ("back pain is worse today", Course.WORSE, None),
        ("back pain keeps increasing", Course.WORSE, None),
        ("back pain went up since yesterday", Course.WORSE, None),
        ("back pain is better", Course.BETTER, None),
        ("my back hurts about the same", Course.SAME, None),
        ("back pain is not worse", Course.SAME, None),
        ("back pain, not any better", Course.SAME, None),
        ("severe back pain", None, Severity.SEVERE),
        ("my back hurts so bad I can't sleep", None, Severity.SEVERE),
        ("stabbing pain in my back", None, Severity.SEVERE),
        ("mild back pain", None, Severity.MILD),
        ("my back is a little sore", None, Severity.MILD),
        ("back pain. It has been getting worse.", Course.WORSE, None),
    ],
)
def test_course_and_severity(
    reader: ClinicalReader, text: str, course: Course | None, severity: Severity | None
) -> None:
    finding = next(item for item in reader.read(text).present if item.symptom == "back_pain")
    assert (finding.course, finding.severity) == (course, severity)


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("my leg is numb since the discogram", True),
        ("my leg suddenly went numb", True),
        ("my leg has been numb for years", False),
        ("my leg was numb before the procedure, unchanged", False),
        ("my leg is numb", None),
        ("my leg is weaker than before the procedure", None),
    ],
)
def test_onset(reader: ClinicalReader, text: str, new: bool | None) -> None:
    finding = next(item for item in reader.read(text).items if item.symptom == "leg_symptom")
    assert finding.new is new


@pytest.mark.parametrize(
    ("text", "level"),
    [("my neck discogram", "cervical"), ("lumbar discogram", "lumbar"), ("thoracic one", "thoracic"), ("hi", None)],
)
def test_level(reader: ClinicalReader, text: str, level: str | None) -> None:
    assert reader.read(text).procedure_level == level


@pytest.mark.parametrize(
    ("text", "steroid"),
    [
        ("they gave me a steroid too", True), ("I got cortisone", True), ("no steroid was given", None),
        ("did I get a steroid?", None), ("hello", None),
    ],
)  # fmt: skip
def test_steroid(reader: ClinicalReader, text: str, steroid: bool | None) -> None:
    assert reader.read(text).steroid is steroid


@pytest.mark.parametrize("text", ["I took it again and it was 102", "is 102 dangerous"])
def test_a_number_that_an_instrument_gave(reader: ClinicalReader, text: str) -> None:
    findings = reader.read(text).items
    assert [finding.value for finding in findings] == [102.0]
