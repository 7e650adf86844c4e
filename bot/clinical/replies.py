"""Short answers: what "yes", "nope", "since yesterday", "98.4" or "the same" mean after a question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.clinical.measure.duration import Duration
from bot.clinical.mentions import Reading
from bot.clinical.text.words import COMMA
from bot.triage.model import Course, Finding, Question, QuestionKind

#: Words before the answer itself.
_OPENERS = frozenset(
    "uh um well oh ohh ok okay hmm hm er so actually honestly thankfully luckily thank god and but mm yes no".split()
)
_HEDGES = "uh um well oh ohh ok okay hmm hm er so actually honestly and but mm ah like".split()
#: A pronoun answer ("I do", "it is") must stand alone: "I have a rash" is no yes.
#: Our own questions number their choices, in this order (data/responses/questions.yml).
_CHOICES = {
    QuestionKind.PRESENCE: ("yes", "no", "unsure"),
    QuestionKind.DURATION: ("no", "yes", "unsure"),
    QuestionKind.COURSE: ("worse", "same", "better", "unsure"),
    QuestionKind.ONSET: ("yes", "no", "unsure"),
    QuestionKind.TEMPERATURE: ("unsure",),
}
_PRONOUNS = frozenset(("i", "it", "they", "do", "can"))
#: A "no" to "has it lasted more than a day?": some hours.
_LESS_THAN_A_DAY, _A_DAY = 12.0, 24.0


@dataclass(frozen=True)
class Answer:
    """The yes, no or "not sure" of a reply and where it stands."""

    kind: str
    start: int
    end: int


def find_answer(reading: Reading, question: Question) -> Answer | None:
    """The reply's first yes / no / unsure / a little, if it begins with one or is short; or the choice "2"."""
    items = reading.words.items
    choices = _CHOICES.get(question.kind, ())
    if question.response and len(items) == 1 and items[0].text.isdigit() and 1 <= int(items[0].text) <= len(choices):
        return Answer(choices[int(items[0].text) - 1], 0, 1)
    position = 0
    while position < len(items) and items[position].text in _HEDGES and len(items) > position + 1:
        position += 1
    answer = _at(reading, position)
    if answer is None and len(items) <= 8:
        answer = next((found for index in range(position, len(items)) if (found := _at(reading, index))), None)
    if answer is not None and answer.kind in ("yes", "little"):
        # "Yes, none of that"; "not really, no".
        following = _at(reading, answer.end) if answer.end < len(items) else None
        if following is not None and following.kind == "no" and items[answer.end].text in ("none", "nothing", "no"):
            return Answer("no", answer.start, following.end)
    return answer


def _at(reading: Reading, position: int) -> Answer | None:
    """The longest answer phrase that starts here; on a tie doubt outranks yes, and yes outranks no."""
    items = reading.words.items
    best: Answer | None = None
    for kind, cue_kind in (("unsure", "unsure"), ("no", "none_of"), ("no", "no"), ("little", "little"), ("yes", "yes")):
        for match in reading.cue(cue_kind):
            if match.start != position:
                continue
            alone = match.end >= len(items) or items[match.end].brk >= COMMA
            if items[position].text in _PRONOUNS and not alone and kind == "yes":
                continue
            # "no fever" speaks of the fever, not of the question.
            if match.end < len(items) and not alone and _begins_mention(reading, match.end):
                continue
            if best is None or match.end > best.end:
                best = Answer(kind, match.start, match.end)
    return best


def _begins_mention(reading: Reading, position: int) -> bool:
    items = reading.words.items
    texts = items[position].text
    return any(
        mention.start == position
        or (texts in ("a", "any", "my", "the", "more", "bit", "of") and mention.start == position + 1)
        for mention in reading.mentions
    )


def presence(
    question: Question, answer: Answer | None, own: Sequence[Finding], span: tuple[str, int, int]
) -> tuple[list[Finding], bool]:
    """Findings of the asked symptoms and whether the question was answered.

    Args:
        own: what the reply itself names.
        span: the answer's text, start and end.
    """
    asked = question.symptoms or tuple(finding.symptom for finding in question.about)
    named = [finding for finding in own if finding.symptom in asked]
    if answer is None:
        return [], bool(named)
    if named and answer.kind != "no":
        return [], True
    given = {finding.symptom for finding in named}
    text, start, end = span
    result = []
    for symptom in dict.fromkeys(asked):
        if symptom in given:
            continue
        about = next((finding for finding in question.about if finding.symptom == symptom), None)
        base = about or Finding(symptom, concept=f"{symptom}.answer")
        result.append(
            replace(
                base, text=text, start=start, end=end, negated=answer.kind == "no",
                uncertain=answer.kind == "unsure", hypothetical=False, question=False,
            )
        )  # fmt: skip
    return result, True


def complete(
    question: Question, reading: Reading, answer: Answer | None, durations: Sequence[Duration], fahrenheit: float | None
) -> list[Finding] | None:
    """The question's ``about`` findings with the asked attribute; None if the reply does not answer."""
    kind = answer.kind if answer else ""
    change: dict[str, object] | None = None
    if question.kind is QuestionKind.DURATION:
        if durations:
            hours = max(duration.hours for duration in durations)
            change = {"duration_hours": hours, "persistent": bool(reading.cue("persistent")) and hours >= _A_DAY}
        elif reading.cue("resolved") or (
            kind == "no"
            and reading.has("no", 0, len(reading.words))
            and "gone" in (word.text for word in reading.words.items)
        ):
            change = {"resolved": True}
        elif kind == "unsure":
            change = {"uncertain": True}
        elif reading.cue("persistent"):
            change = {"persistent": True}
        elif kind == "yes":
            change = {"duration_hours": _A_DAY}
        elif kind == "no" or reading.cue("new"):
            change = {"duration_hours": _LESS_THAN_A_DAY}
    elif question.kind is QuestionKind.COURSE:
        change = _course(reading, kind)
    elif question.kind is QuestionKind.TEMPERATURE:
        if fahrenheit is not None:
            change = {"value": fahrenheit, "unit": "F"}
        elif kind in ("no", "unsure") or {"thermometer", "not"} & {word.text for word in reading.words.items}:
            change = {"uncertain": True}
    elif question.kind is QuestionKind.ONSET:
        if reading.cue("old") or reading.cue("same") or kind == "no":
            change = {"new": False}
        if (
            reading.cue("new")
            and not any(cue.start <= new.start < cue.end for cue in reading.cue("old") for new in reading.cue("new"))
        ) or kind == "yes":
            change = {"new": True}
        if kind == "unsure":
            change = {"uncertain": True}
    if change is None:
        return None
    about = question.about or tuple(Finding(symptom, concept=f"{symptom}.answer") for symptom in question.symptoms)
    words = reading.words
    end = len(words.original)
    return [
        replace(item, text=words.original, start=0, end=end, **change)  # type: ignore[arg-type]
        for item in about
    ]


def _course(reading: Reading, kind: str) -> dict[str, object] | None:
    """The worst that the reply says."""
    if kind == "unsure":
        return {"uncertain": True}
    if kind in ("worse", "same", "better"):
        return {"course": Course(kind)}
    denied = {"not", "no", "any"}
    items = reading.words.items
    worse = [
        cue
        for cue in reading.cue("worse")
        if not denied & {word.text for word in items[max(0, cue.start - 2) : cue.start]}
    ]
    if worse:
        return {"course": Course.WORSE}
    if reading.cue("severe"):
        return {"course": Course.WORSE}
    if reading.cue("same") or reading.cue("not_better") or reading.cue("worse"):
        return {"course": Course.SAME}
    if reading.cue("resolved"):
        return {"course": Course.BETTER, "resolved": True}
    if reading.cue("better"):
        return {"course": Course.BETTER}
    # A yes or a no leaves open which of the three it means, unless the question was "is it worse?".
    return {"course": Course.WORSE} if kind == "yes" else {"course": Course.SAME} if kind == "no" else None
