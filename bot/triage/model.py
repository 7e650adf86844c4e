"""The words every part of Aftercare shares: findings, questions, decisions.

Findings follow ConText (Harkema, Dowling, Thornblade, Chapman, J Biomed Inform 2009;42:839-851):
each mention of a symptom carries negation, temporality, experiencer and uncertainty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import Enum
from typing import Any

#: Symptom keys that other programs depend on, in the order of the clinical brief.
SYMPTOM_KEYS: tuple[str, ...] = (
    *("fever", "chills", "infection_sign", "back_pain", "leg_symptom", "arm_symptom", "headache", "nausea"),
    *("calf", "rash", "steroid_effect", "urinary", "overdose", "other"),
)
#: Keys that mean 911 as soon as one of them is present.
EMERGENCY_KEYS: tuple[str, ...] = (
    *("bladder_bowel", "saddle_numbness", "paralysis", "breathing", "anaphylaxis", "chest_pain"),
    *("neuro", "meningitis", "bleeding", "neck_danger", "self_harm"),
)
ALL_KEYS = frozenset(SYMPTOM_KEYS + EMERGENCY_KEYS)


class Disposition(str, Enum):
    """Where and when the patient should be seen, worst first. Stored by name."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    CLARIFY = "clarify"
    ROUTINE = "routine"
    SELF_CARE = "self_care"
    NONE = "none"

    @property
    def acuity(self) -> int:
        """1 is the most urgent, 6 is no symptom at all."""
        return list(Disposition).index(self) + 1

    def at_least(self, other: Disposition) -> bool:
        """True if this disposition is as urgent as ``other`` or more."""
        return self.acuity <= other.acuity

    @staticmethod
    def worst(dispositions: list[Disposition]) -> Disposition:
        return min(dispositions, key=lambda d: d.acuity, default=Disposition.NONE)


class Course(str, Enum):
    """How a symptom has changed since it began, or since yesterday."""

    BETTER = "better"
    SAME = "same"
    WORSE = "worse"


class Severity(str, Enum):
    MILD = "mild"
    SEVERE = "severe"


@dataclass(frozen=True)
class Finding:
    """What one mention in the patient's text says about one symptom.

    ``start`` and ``end`` are character offsets into the text as the patient wrote it; a finding that an
    answer completes ("since Tuesday" after "since when does your head hurt?") spans the answer.
    """

    symptom: str
    text: str = ""
    start: int = 0
    end: int = 0
    #: Lexicon concept that matched, for example ``leg_symptom.numbness``.
    concept: str = ""
    # Assertion
    negated: bool = False
    #: "what if I get a fever"; together with ``question`` for "is fever normal?".
    hypothetical: bool = False
    question: bool = False
    #: Long past or undated history, before this procedure.
    historical: bool = False
    #: Was there since the procedure or within 72 h, and is gone now.
    resolved: bool = False
    #: "patient" (also when a caregiver writes for them) or "other".
    experiencer: str = "patient"
    uncertain: bool = False
    # Attributes
    course: Course | None = None
    severity: Severity | None = None
    #: Hours since the symptom began, at least this many.
    duration_hours: float | None = None
    #: "won't go away", "constant", "nothing helps", repeated vomiting, "can't keep fluids down".
    persistent: bool = False
    #: True: the text says that it began since the procedure. False: old and unchanged.
    new: bool | None = None
    #: A reading: temperature in °F (``unit`` "F") or a pain score (``unit`` "/10").
    value: float | None = None
    unit: str = ""
    #: Marks of the concept from the lexicon: "postural", "photophobia", "warm", "medicine", "intent", ...
    marks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.symptom not in ALL_KEYS:
            raise ValueError(f"unknown symptom key {self.symptom!r}; known: {', '.join(sorted(ALL_KEYS))}")

    @property
    def present(self) -> bool:
        """Reported as there now, in the patient; an uncertain finding counts as present."""
        denied = self.negated or self.hypothetical or self.historical or self.resolved
        return not denied and self.experiencer == "patient"

    def to_dict(self) -> dict[str, Any]:
        """JSON form: every attribute that says something, always with ``present`` and the assertion."""
        always = {
            "symptom", "text", "start", "end", "negated", "hypothetical", "historical", "experiencer", "uncertain",
        }  # fmt: skip
        result: dict[str, Any] = {"symptom": self.symptom, "present": self.present}
        for item in fields(self):
            value = getattr(self, item.name)
            if item.name in always or value not in (None, False, "", ()) or (item.name == "new" and value is False):
                if isinstance(value, Enum):
                    value = value.value
                result[item.name] = list(value) if isinstance(value, tuple) else value
        return result

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Finding:
        known = {item.name for item in fields(cls)}
        values = {key: value for key, value in data.items() if key in known}
        if values.get("course"):
            values["course"] = Course(values["course"])
        if values.get("severity"):
            values["severity"] = Severity(values["severity"])
        values["marks"] = tuple(values.get("marks", ()))
        return cls(**values)


class QuestionKind(str, Enum):
    """What a triage question asks for."""

    PRESENCE = "presence"
    DURATION = "duration"
    COURSE = "course"
    TEMPERATURE = "temperature"
    PROCEDURE_DAY = "procedure_day"
    #: Is it new since the procedure? Asked only after the advice.
    ONSET = "onset"


class Sense(str, Enum):
    """What a yes to a question says of its symptom."""

    #: "Do you have a fever?": it is there.
    THERE = "there"
    #: "No fever, right?": "right" and "no" both say that it is not there.
    DENIED = "denied"
    #: "Can you walk?", "is it better?", "did you have it before?": a yes is good news, a no is the symptom.
    REVERSED = "reversed"
    #: "Is it gone?": a yes says that it was there and is over.
    OVER = "over"


@dataclass(frozen=True)
class Question:
    """A question that the bot has asked and that waits for its answer. Stored with the conversation."""

    kind: QuestionKind
    symptoms: tuple[str, ...] = ()
    #: Name of the response that asks it; empty when the question is somebody else's text.
    response: str = ""
    #: The findings that the answer completes.
    about: tuple[Finding, ...] = ()
    #: How many symptom questions in a row, this one included.
    asked: int = 1
    #: It followed a general question ("is fever normal?"): "no" or silence files nothing.
    general: bool = False
    #: It followed advice to call: the answer is noted, nothing is withdrawn, and silence files nothing more.
    after_advice: bool = False
    #: Our own questions are put plainly; somebody else's may be put the other way round.
    sense: Sense = Sense.THERE

    def to_dict(self) -> dict[str, Any]:
        data = {item.name: getattr(self, item.name) for item in fields(self)}
        about = [finding.to_dict() for finding in self.about]
        enums = {"kind": self.kind.value, "sense": self.sense.value}
        return {**data, **enums, "symptoms": list(self.symptoms), "about": about}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Question:
        about = tuple(Finding.from_dict(item) for item in data.get("about", ()))
        enums = {"kind": QuestionKind(data["kind"]), "sense": Sense(data.get("sense", Sense.THERE.value))}
        return cls(**{**data, **enums, "symptoms": tuple(data.get("symptoms", ())), "about": about})


@dataclass(frozen=True)
class Findings:
    """All that one message says."""

    items: tuple[Finding, ...] = ()
    #: The pending question was answered, if only by "not sure".
    answered: bool = False
    #: Whole days since the procedure (0 is the day itself), when this message says it.
    procedure_day: int | None = None
    #: "lumbar", "thoracic" or "cervical", when this message says it.
    procedure_level: str | None = None
    #: True when this message says that a steroid was given.
    steroid: bool | None = None
    #: ISO 639-1 language of the message as far as the screen can tell: "en", "es", or "und".
    language: str = "en"
    #: "typo, I meant I DON'T have a fever": recorded for staff, withdraws nothing.
    correction: bool = False

    @property
    def present(self) -> tuple[Finding, ...]:
        return tuple(item for item in self.items if item.present)

    def to_dict(self) -> dict[str, Any]:
        data = {item.name: getattr(self, item.name) for item in fields(self) if item.name != "items"}
        return {"items": [item.to_dict() for item in self.items], **data}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Findings:
        values = {item.name: data[item.name] for item in fields(cls) if item.name in data and item.name != "items"}
        return cls(items=tuple(Finding.from_dict(item) for item in data.get("items", ())), **values)


@dataclass(frozen=True)
class Encounter:
    """What is known about this patient's episode beyond the message at hand."""

    days_since_procedure: int | None = None
    procedure_level: str | None = None
    steroid: bool | None = None
    #: What was reported before and still counts: together with this message it may mean more.
    earlier: tuple[Finding, ...] = ()

    def learn(self, findings: Findings) -> Encounter:
        """This encounter with what the message adds to it."""
        result = self
        if findings.procedure_day is not None:
            result = replace(result, days_since_procedure=findings.procedure_day)
        if findings.procedure_level is not None:
            result = replace(result, procedure_level=findings.procedure_level)
        if findings.steroid is not None:
            result = replace(result, steroid=findings.steroid)
        return result


@dataclass(frozen=True)
class FiredCriterion:
    """One line of the protocol that held, with its evidence."""

    #: Id in the protocol, for example ``fever.reading_high``.
    id: str
    disposition: Disposition
    symptom: str
    #: Name of the response that gives this criterion's advice.
    response: str
    #: The patient's words.
    evidence: str = ""
    source: str = ""

    def to_dict(self) -> dict[str, Any]:
        data = {item.name: getattr(self, item.name) for item in fields(self)}
        return {**data, "disposition": self.disposition.value}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> FiredCriterion:
        return cls(**{**data, "disposition": Disposition(data["disposition"])})


@dataclass(frozen=True)
class Decision:
    """The outcome of triage for one message; replayable from the protocol's version and hash."""

    disposition: Disposition = Disposition.NONE
    #: Worst first.
    criteria: tuple[FiredCriterion, ...] = ()
    #: The next question, if one is due. It never delays advice: with ``urgent`` it comes after it.
    question: Question | None = None
    #: Name of the response with the advice of the worst criterion; empty when there is nothing to say.
    response: str = ""
    #: Filed for staff although it is below urgent (an uncovered symptom, a resolved red flag).
    file: bool = False
    protocol_version: str = ""
    protocol_hash: str = field(default="")

    @property
    def advice(self) -> tuple[str, ...]:
        """Names of the responses to give: the worst criterion's, and beside it the one for another language."""
        languages = (item.response for item in self.criteria if item.id.startswith("language."))
        return tuple(dict.fromkeys(name for name in (self.response, *languages) if name))

    def to_dict(self) -> dict[str, Any]:
        return {
            "disposition": self.disposition.value,
            "criteria": [item.to_dict() for item in self.criteria],
            "question": self.question.to_dict() if self.question else None,
            "response": self.response,
            "file": self.file,
            "protocol_version": self.protocol_version,
            "protocol_hash": self.protocol_hash,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Decision:
        question = data.get("question")
        return cls(
            disposition=Disposition(data["disposition"]),
            criteria=tuple(FiredCriterion.from_dict(item) for item in data.get("criteria", ())),
            question=Question.from_dict(question) if question else None,
            response=data.get("response", ""),
            file=data.get("file", False),
            protocol_version=data.get("protocol_version", ""),
            protocol_hash=data.get("protocol_hash", ""),
        )
