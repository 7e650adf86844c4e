"""Findings, encounters and vignettes in few words."""

from __future__ import annotations

from typing import Any, NamedTuple

from bot.triage.model import Course, Encounter, Finding, Findings, Severity


def f(symptom: str, *marks: str, **attributes: Any) -> Finding:
    """A finding; ``fahrenheit=`` and ``score=`` stand for a value with its unit."""
    for name, unit in (("fahrenheit", "F"), ("score", "/10")):
        if name in attributes:
            attributes |= {"value": attributes.pop(name), "unit": unit}
    return Finding(symptom, text=attributes.pop("text", symptom), marks=marks, **attributes)


GENERAL: dict[str, Any] = {"hypothetical": True, "question": True}
BETTER, SAME, WORSE = Course.BETTER, Course.SAME, Course.WORSE
MILD, SEVERE = Severity.MILD, Severity.SEVERE
SORE = f("back_pain", severity=MILD, concept="back_pain.soreness")
SORE_SAME = f("back_pain", severity=MILD, concept="back_pain.soreness", course=SAME)
STIFF = f("back_pain", "stiff_neck", severity=MILD)
USUAL: dict[str, Any] = {"concept": "back_pain.usual"}
RACING = f("other", "faint", "racing_heart")
STEROID = Encounter(steroid=True)


def day(number: int) -> Encounter:
    return Encounter(days_since_procedure=number)


class Vignette(NamedTuple):
    name: str
    findings: tuple[Finding, ...]
    disposition: str
    #: Id of the first criterion; empty where none may fire.
    criterion: str = ""
    response: str = ""
    encounter: Encounter = Encounter()
    #: Kind of the question that follows.
    asks: str = ""
    file: bool = False
    language: str = "en"

    def message(self) -> Findings:
        return Findings(self.findings, language=self.language)


E, U, C, R, S, N = "emergency", "urgent", "clarify", "routine", "self_care", "none"
CALL_911, CALL_NOW = "utter_emergency", "utter_urgent"
OTHER = "utter_routine_other"
GONE = "utter_routine_resolved"
FLAG = "utter_general_red_flag"
BILINGUAL = "utter_bilingual"
SORENESS = "utter_self_care_soreness"
STEROID_ADVICE = "utter_self_care_steroid"
USUAL_ADVICE = "utter_self_care_usual_pain"
V = Vignette
