"""The one place that says how our findings and dispositions compare with what a label names.

Labels know eight keys; the screen knows two dozen. ``rash``, ``urinary``, ``steroid_effect`` and ``other`` have no
label key: they are neither hits nor false flags, and show in the disposition alone. An arm or hand counts as
``leg_symptom``: after a neck discogram it means the same.
"""

from __future__ import annotations

from enum import Enum

from bot.evaluation.labels import LABEL_KEYS, Label
from bot.screen import ScreenResult
from bot.triage.model import EMERGENCY_KEYS, Course, Disposition, Finding, Severity

#: From this pain score on, back pain counts as worsening (clinical brief, section 1, source G).
SEVERE_SCORE = 8

#: Our key -> the label's key, where the names differ. Back pain depends on what is said about it.
RENAMED = {
    **dict.fromkeys((*EMERGENCY_KEYS, "overdose"), "emergency"),
    **dict.fromkeys(("calf", "arm_symptom"), "leg_symptom"),
}
#: Readings in °F that are no fever by themselves, from and below (clinical brief, section 1).
NO_FEVER = (96.0, 100.0)


class Expected(str, Enum):
    """What a label asks of the disposition, worst first."""

    #: At least urgent; emergency is what is wanted.
    EMERGENCY = "emergency"
    #: Urgent or emergency.
    URGENT = "urgent"
    #: A question or more: headache, nausea, or back pain that nothing says is severe, new or worse.
    CLARIFY = "clarify or urgent"
    #: Below urgent; a question is fine.
    NO_ALARM = "no alarm"
    #: The label leaves it open: nothing must be found, but an optional key may be.
    OPEN = "open"


class Verdict(str, Enum):
    """How a disposition compares with what is expected."""

    RIGHT = "right"
    #: An emergency called urgent: seen in time by the label, yet 911 is what is wanted.
    SHORT = "urgent, not 911"
    UNDER = "under-triage"
    OVER = "over-triage"


#: The least that keeps a line from being under-triaged.
FLOORS = {
    Expected.EMERGENCY: Disposition.URGENT,
    Expected.URGENT: Disposition.URGENT,
    Expected.CLARIFY: Disposition.CLARIFY,
}


def verdict(wanted: Expected, given: Disposition) -> Verdict:
    if wanted in FLOORS and not given.at_least(FLOORS[wanted]):
        return Verdict.UNDER
    if wanted is Expected.EMERGENCY and given is not Disposition.EMERGENCY:
        return Verdict.SHORT
    if wanted is Expected.NO_ALARM and given.at_least(Disposition.URGENT):
        return Verdict.OVER
    return Verdict.RIGHT


def label_key(finding: Finding) -> str:
    """The label's key for a present finding; "" where labels have none. Plain back pain is ``back_pain``."""
    if finding.symptom == "back_pain":
        return "worsening_pain" if _worsening(finding) else "back_pain"
    key = RENAMED.get(finding.symptom, finding.symptom)
    return key if key in LABEL_KEYS else ""


def _worsening(finding: Finding) -> bool:
    high_score = finding.unit == "/10" and finding.value is not None and finding.value >= SEVERE_SCORE
    worse = finding.course is Course.WORSE or finding.severity is Severity.SEVERE
    return worse or high_score or finding.new is True or "new_kind" in finding.marks


def found_keys(result: ScreenResult, label: Label) -> frozenset[str]:
    """Label keys that the screen reports as present.

    An emergency can also be read from findings that are none by themselves: hives and faintness, a stiff neck and
    a headache. Then the disposition says it.
    """
    keys = {label_key(finding) for finding in result.findings.present}
    if label.plain_back_pain and "back_pain" in keys:
        keys.add("worsening_pain")
    if result.decision.disposition is Disposition.EMERGENCY:
        keys.add("emergency")
    return frozenset(keys & set(LABEL_KEYS))


def flagged_keys(result: ScreenResult, label: Label) -> frozenset[str]:
    """Label keys that contradict a label which says that they are not there.

    "No back pain" is contradicted by any back pain but the mild, the unchanged and the better: "it is not worse"
    leaves those. "No fever" is not contradicted by the reading that shows it.
    """
    present = result.findings.present
    keys = set(found_keys(result, label))
    backs = [finding for finding in present if finding.symptom == "back_pain"]
    eased = (Course.BETTER, Course.SAME)
    if any(finding.course not in eased and finding.severity is not Severity.MILD for finding in backs):
        keys.add("worsening_pain")
    if all(_normal_reading(finding) for finding in present if finding.symptom == "fever"):
        keys.discard("fever")
    return frozenset(keys)


def _normal_reading(finding: Finding) -> bool:
    return finding.unit == "F" and finding.value is not None and NO_FEVER[0] <= finding.value < NO_FEVER[1]


def floor(key: str, label: Label) -> Disposition:
    """The least that a present key must be given. Labels do not say whether headache and nausea last."""
    if key in ("headache", "nausea") or (key == "worsening_pain" and label.plain_back_pain):
        return Disposition.CLARIFY
    return Disposition.URGENT


def expected(label: Label) -> Expected:
    """What the label asks of the disposition; "not sure" counts as present."""
    keys = label.present | label.unsure
    if "emergency" in keys and not label.urgent_is_enough:
        return Expected.EMERGENCY
    if any(floor(key, label) is Disposition.URGENT for key in keys):
        return Expected.URGENT
    if keys:
        return Expected.CLARIFY
    return Expected.OPEN if label.optional else Expected.NO_ALARM
