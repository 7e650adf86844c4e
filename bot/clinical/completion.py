"""Answers that complete a finding: since when, better or worse, which temperature, is it new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.clinical.measure.duration import Duration
from bot.clinical.mentions import Reading
from bot.clinical.replies import Answer
from bot.triage.model import Course, Finding, Question, QuestionKind, Sense

_Change = dict[str, object]
#: A "no" to "has it lasted more than a day?": some hours.
_LESS_THAN_A_DAY, _A_DAY = 12.0, 24.0
_LONG = frozenset("while ages forever long days weeks months years awhile".split())
_NO_READING = frozenset("thermometer not broken battery later cannot".split())
#: "Not too bad", "hardly": no yes to "is it worse?".
_HARDLY = frozenset(("not", "hardly", "barely", "scarcely", "almost", "nearly", "no", "nothing", "next"))
_AFFIRMED = ("yes", "little", "confirm")


def complete(
    question: Question, reading: Reading, answer: Answer | None, durations: Sequence[Duration], fahrenheit: float | None
) -> list[Finding] | None:
    """The question's ``about`` findings with the asked attribute; None if the reply does not answer."""
    kind = answer.kind if answer else ""
    change: _Change | None = None
    if question.kind is QuestionKind.DURATION:
        change = _duration(reading, kind, durations)
    elif question.kind is QuestionKind.COURSE:
        change = _course(reading, answer, question.sense)
    elif question.kind is QuestionKind.TEMPERATURE:
        change = _temperature(reading, kind, fahrenheit)
    elif question.kind is QuestionKind.ONSET:
        change = _onset(reading, kind, question.sense)
    if change is None:
        return None
    about = question.about or tuple(Finding(symptom, concept=f"{symptom}.answer") for symptom in question.symptoms)
    text = reading.words.original
    return [replace(item, text=text, start=0, end=len(text), **change) for item in about]  # type: ignore[arg-type]


def _duration(reading: Reading, kind: str, durations: Sequence[Duration]) -> _Change | None:
    texts = {word.text for word in reading.words.items}
    if durations:
        hours = max(duration.hours for duration in durations)
        return {"duration_hours": hours, "persistent": bool(reading.cue("persistent")) and hours >= _A_DAY}
    if _is_gone(reading, kind):
        return {"resolved": True}
    if kind == "unsure":
        return {"uncertain": True}
    if texts & _LONG and not texts & {"not"}:
        return {"persistent": True, "duration_hours": _A_DAY}
    if texts & _LONG or texts & {"just", "recently"}:
        return {"duration_hours": _LESS_THAN_A_DAY}
    if reading.cue("new"):
        # "Since the procedure": how long that is, another question tells.
        return {"new": True, "uncertain": not texts & {"started", "start", "began", "new"}}
    if reading.cue("persistent"):
        return {"persistent": True}
    if kind in _AFFIRMED:
        return {"duration_hours": _A_DAY}
    return {"duration_hours": _LESS_THAN_A_DAY} if kind == "no" else None


def _is_gone(reading: Reading, kind: str) -> bool:
    denied = any(word.text in ("not", "never", "until") for word in reading.words.items)
    return bool(reading.cue("resolved")) and not denied


def _temperature(reading: Reading, kind: str, fahrenheit: float | None) -> _Change | None:
    if fahrenheit is not None:
        return {"value": fahrenheit, "unit": "F", "marks": ()}
    if kind == "well":
        return {"negated": True}
    texts = {word.text for word in reading.words.items}
    return {"uncertain": True} if kind in ("no", "unsure") or texts & _NO_READING else None


def _onset(reading: Reading, kind: str, sense: Sense) -> _Change | None:
    if kind == "unsure":
        return {"uncertain": True}
    old = reading.cue("old")
    new = [cue for cue in reading.cue("new") if not any(item.start <= cue.start < item.end for item in old)]
    items = reading.words.items
    said = [{word.text for word in items[max(0, cue.start - 2) : cue.start]} for cue in new]
    if any(not {"not", "nothing"} & before for before in said):
        return {"new": True}
    if old or reading.cue("same"):
        return {"new": False}
    texts = {word.text for word in items}
    if texts & {"after", "afterwards", "afterward", "since"}:
        return {"new": True}
    if "before" in texts and kind != "no":
        return {"new": False}
    if kind in _AFFIRMED:
        return {"new": sense is Sense.THERE}
    return {"new": sense is not Sense.THERE} if kind == "no" else None


def _course(reading: Reading, answer: Answer | None, sense: Sense) -> _Change | None:
    """The worst that the reply says."""
    kind = answer.kind if answer else ""
    if kind == "unsure":
        return {"uncertain": True}
    if kind in ("worse", "same", "better"):
        return {"course": Course(kind)}
    items = reading.words.items
    denied = {"not", "no", "any", "nothing", "never", "less"}
    worse = [
        cue
        for cue in reading.cue("worse")
        if not denied & {word.text for word in items[max(0, cue.start - 2) : cue.start]}
    ]
    severe = [
        cue for cue in reading.cue("severe") if not denied & {w.text for w in items[max(0, cue.start - 3) : cue.start]}
    ]
    if worse or severe:
        return {"course": Course.WORSE}
    if reading.cue("not_better"):
        return {"course": Course.SAME, "persistent": True}
    if _is_gone(reading, kind):
        return {"course": Course.BETTER, "resolved": True}
    if reading.cue("same") or reading.cue("worse"):
        return {"course": Course.SAME}
    if reading.cue("better"):
        return {"course": Course.BETTER}
    if kind == "well":
        return {"course": Course.BETTER}
    if answer and kind == "little" and items[answer.start].text in _HARDLY:
        return {"course": Course.SAME}
    # A yes or a no leaves open which of the three it means, unless the question named one.
    if kind in _AFFIRMED:
        return {"course": Course.BETTER if sense is Sense.REVERSED else Course.WORSE}
    if kind == "no":
        return {"course": Course.SAME, "persistent": sense is Sense.REVERSED}
    return {"course": Course.SAME} if reading.cue("persistent") or reading.cue("severe") else None
