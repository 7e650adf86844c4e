"""Findings and rates in words, the same in the terminal and in the report."""

from __future__ import annotations

from bot.evaluation.labels import Label
from bot.evaluation.replay import Case
from bot.evaluation.wilson import Rate
from bot.triage.model import Finding

#: The figures of the summary, in order: name in ``Summary``, what it counts, and what that means.
SUMMARY_ROWS: tuple[tuple[str, str, str], ...] = (
    ("safe", "Red flags handled safely", "Messages with a red flag that were given at least what they need."),
    ("under_triage", "Under-triage", "The rest of them: messages with a red flag that were given too little."),
    (
        "emergency_at_least_urgent",
        "Emergencies called urgent or emergency",
        "Messages with a 911 sign that sent the patient to a person at once.",
    ),
    ("emergency_called", "Emergencies called emergency", "Of the same messages, those that were told to call 911."),
    ("over_triage", "Over-triage", "Messages without a red flag that were called urgent or emergency."),
    (
        "needless_emergency",
        "Sent to 911 without an emergency",
        "Messages that were told to call 911 though the label names no 911 sign.",
    ),
    ("unsure_as_present", "“Not sure” taken as present", "Replies of “not sure”: an uncertain red flag counts."),
)

KEY_NAMES = {
    "fever": "Fever",
    "chills": "Chills",
    "infection_sign": "Infection sign",
    "worsening_pain": "Worsening pain",
    "leg_symptom": "Leg symptom",
    "headache": "Headache",
    "nausea": "Nausea, vomiting",
    "emergency": "Emergency (911)",
}


def percent(rate: Rate) -> str:
    """100 and 0 only where they are exact: 9,999 of 10,000 is not everything."""
    share = rate.value
    shown = f"{100 * share:.1f}"
    if (shown == "100.0" and share < 1) or (shown == "0.0" and share > 0):
        return "> 99.9 %" if share > 0.5 else "< 0.1 %"
    return f"{shown} %"


def counted(rate: Rate) -> str:
    return f"{rate.count}/{rate.total}"


def interval(rate: Rate) -> str:
    return f"{100 * rate.low:.1f}–{100 * rate.high:.1f}" if rate.total else ""


def finding_words(finding: Finding) -> str:
    """'leg_symptom "legs went numb" (denied)'."""
    how = [
        name
        for name, holds in (
            ("denied", finding.negated),
            ("asked or supposed", finding.hypothetical),
            ("long past", finding.historical),
            ("gone", finding.resolved),
            ("another person", finding.experiencer != "patient"),
            ("not sure", finding.uncertain),
        )
        if holds
    ]
    quote = f" “{finding.text}”" if finding.text else ""
    return f"{finding.symptom}{quote}" + (f" ({', '.join(how)})" if how else "")


def expected_words(case: Case) -> str:
    keys = sorted(case.label.present | case.label.unsure)
    return case.expected.value + (f": {', '.join(keys)}" if keys else "")


def message_words(label: Label) -> str:
    return f"{label.prev} → {label.text}" if label.prev else label.text
