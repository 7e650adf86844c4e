"""Somebody's question, as text, turned into the question that a reply answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.clinical.mentions import Reading
from bot.triage.model import Finding, Question, QuestionKind

#: Words that tell what a question asks for, the most telling kind first.
_KINDS: tuple[tuple[QuestionKind, tuple[str, ...]], ...] = (
    (
        QuestionKind.PROCEDURE_DAY,
        ("when was your", "when was the", "when did you have", "what day was", "which day was", "how many days since"),
    ),
    (
        QuestionKind.ONSET,
        ("new since", "since the procedure or", "after the procedure or", "is it new", "is this new"),
    ),
    (
        QuestionKind.DURATION,
        (
            "since when",
            "how long",
            "when did",
            "more than a day",
            "longer than a day",
            "how many hours",
            "how many days",
        ),
    ),
    (QuestionKind.COURSE, ("worse", "same or better", "compared", "how is", "how are", "hows", "getting better")),
    (
        QuestionKind.TEMPERATURE,
        ("your temperature now", "is your temp", "was your temp", "take your temp", "how high", "thermometer"),
    ),
)


def question_of(reading: Reading, findings: Sequence[Finding]) -> Question | None:
    """The question that this text asks; None if it asks for nothing that a symptom reply could answer."""
    texts = " ".join(word.text for word in reading.words.items)
    about = tuple(
        replace(
            item,
            negated=False,
            hypothetical=False,
            question=False,
            historical=False,
            resolved=False,
            uncertain=False,
            experiencer="patient",
            course=None,
            persistent=False,
            duration_hours=None,
            new=None,
        )
        for item in findings
        if item.symptom != "other" or not any(other.symptom != "other" for other in findings)
    )
    symptoms = tuple(dict.fromkeys(item.symptom for item in about))
    for kind, phrases in _KINDS:
        if any(phrase in texts for phrase in phrases):
            if kind is QuestionKind.PROCEDURE_DAY and not reading.cue("procedure"):
                continue
            if kind is QuestionKind.TEMPERATURE:
                about = about or (Finding("fever", concept="fever.asked"),)
                symptoms = symptoms or ("fever",)
            elif (kind is QuestionKind.COURSE and "worse" not in texts and not symptoms) or (
                not symptoms and kind is not QuestionKind.PROCEDURE_DAY
            ):
                continue
            return Question(kind, symptoms, about=about)
    if not symptoms:
        return None
    return Question(QuestionKind.PRESENCE, symptoms, about=about)
