"""What is said about a mention: course, severity, how long, whether it is new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.clinical.measure import pain_score
from bot.clinical.measure.duration import UNITS, Duration
from bot.clinical.mentions import Mention, Reading
from bot.clinical.text.words import CLAUSE
from bot.triage.model import Course, Finding, Severity

#: A word of strength belongs to mentions this near.
_NEAR = 6
_PAINS = ("back_pain", "headache", "leg_symptom", "arm_symptom", "calf")
#: "The pain I always get" names the pain; it does not say that it lasts.
_USUAL = "back_pain.usual"


def attach(
    reading: Reading, findings: list[Finding], durations: Sequence[Duration], scores: Sequence[pain_score.Score]
) -> list[Finding]:
    """The findings (one per mention, in order) with their attributes."""
    result = list(findings)
    # What makes it milder comes first, so that what makes it worse wins.
    for kind, change, widely in (
        ("mild", {"severity": Severity.MILD}, False),
        ("same", {"course": Course.SAME}, False),
        ("better", {"course": Course.BETTER}, False),
        ("new", {"new": True}, True),
        ("old", {"new": False}, False),
        ("persistent", {"persistent": True}, True),
        ("not_better", {"persistent": True, "course": Course.SAME}, True),
        ("severe", {"severity": Severity.SEVERE}, True),
        ("worse", {"course": Course.WORSE}, True),
    ):
        for cue in reading.cue(kind):
            if kind in ("severe", "worse", "better", "new", "old") and _denied(reading, cue.start):
                continue
            if kind == "severe" and _was(reading, cue.start):
                continue
            if kind == "old" and _of_something_else(reading, cue.start, cue.end):
                continue
            if kind == "persistent" and any(
                item.concept.id == _USUAL and item.start <= cue.start < item.end for item in reading.mentions
            ):
                continue
            if kind == "better" and any(item.start <= cue.start < item.end for item in reading.cue("not_better")):
                continue
            for index in _targets(reading, cue.start, cue.end, widely, _NEAR if kind in ("severe", "mild") else None):
                result[index] = replace(result[index], **change)
    if reading.cue("disabling"):
        result = [replace(item, severity=Severity.SEVERE) if item.symptom == "back_pain" else item for item in result]
    for duration in durations:
        for index in _targets(reading, duration.start, duration.end, True, None):
            known = result[index].duration_hours
            if (duration.explicit or _beside(reading, index, duration)) and (known is None or duration.hours > known):
                result[index] = replace(result[index], duration_hours=duration.hours)
    for score in scores:
        pains = [i for i in _targets(reading, score.start, score.end, True, None) if result[i].symptom in _PAINS]
        for index in pains:
            course = pain_score.trend(reading.words, scores) or result[index].course
            result[index] = replace(result[index], value=score.value, unit="/10", course=course)
    return [_own(reading, index, finding) for index, finding in enumerate(result)]


def _own(reading: Reading, index: int, finding: Finding) -> Finding:
    """What the concept itself says outranks the words around it."""
    concept = reading.mentions[index].concept
    return replace(
        finding,
        severity=concept.severity if finding.severity is None else finding.severity,
        course=concept.course or finding.course,
        persistent=concept.persistent or finding.persistent,
        new=finding.new if concept.new is None else concept.new,
    )


def _beside(reading: Reading, index: int, duration: Duration) -> bool:
    """ "Headache 48 hours", "a two day headache": right beside the mention a length of time needs no other word."""
    mention = reading.mentions[index]
    texts = [word.text for word in reading.words.items[mention.end : duration.start]]
    words = reading.words.items
    if words[duration.start].text in ("last", "past", "this") or words[duration.end - 1].lemma not in UNITS:
        return False
    lead = [word.text for word in words[duration.end : mention.start]]
    after = duration.end <= mention.start and len(lead) <= 4 and all(text in _LENGTH_OF for text in lead)
    return duration.hours >= 1 and (after or (duration.start >= mention.end and all(text in _RANGE for text in texts)))


#: May stand between a complaint and how long it has lasted ("headache, 2 or 3 days").
_RANGE = frozenset("is for like of about or to now a - one two three four 1 2 3 4 5 6 7".split())
#: Between a length of time and its complaint ("three days of this constant headache").
_LENGTH_OF = frozenset("of with a an this the my these constant bad straight nonstop terrible awful".split())


def _denied(reading: Reading, position: int) -> bool:
    """ "not worse", "isn't severe", "not new"."""
    texts = [word.text for word in reading.words.items[max(0, position - 3) : position]]
    return "not" in texts[-2:] or "no" in texts[-1:] or "nothing" in texts[-2:]


def _of_something_else(reading: Reading, start: int, end: int) -> bool:
    """ "Worse than before", "numb when I sit for a long time", "was fine for a while but now my leg is numb"."""
    items = reading.words.items
    return items[start - 1].text in ("than", "worse") or bool(_NOT_ITS_AGE & {word.text for word in items[start:end]})


_NOT_ITS_AGE = frozenset("when whenever while if after okay ok fine good well great sit stand walk drive lie".split())


def _was(reading: Reading, position: int) -> bool:
    """ "The pain was severe at first but is better each morning": how strong it once was."""
    items = reading.words.items
    if not {"was", "were"} & {word.text for word in items[max(0, position - 2) : position]}:
        return False
    denied = [*reading.cue("not_better"), *reading.cue("worse")]
    return not denied and any(
        cue.start > position and items[cue.start].sentence == items[position].sentence for cue in reading.cue("better")
    )


def _targets(reading: Reading, start: int, end: int, widely: bool, near: int | None) -> list[int]:
    """The mentions that words at this place speak of: those of their clause, else the last one before."""
    items, mentions = reading.words.items, reading.mentions
    if not mentions:
        return []
    low, high = reading.words.clause_bounds(start)
    low, high = _within_but(reading, low, high, start)
    inside = [index for index, item in enumerate(mentions) if low <= item.start < high]
    if near is not None:
        inside = [index for index in inside if _distance(mentions[index], start, end) <= near]
    if inside:
        if widely:
            return inside
        return [min(inside, key=lambda index: _distance(mentions[index], start, end))]
    if near is not None and any(low <= item.start < high for item in mentions):
        return []
    earlier = [index for index, item in enumerate(mentions) if item.end <= start]
    if earlier:
        return earlier[-1:]
    following = [index for index, item in enumerate(mentions) if item.start >= end]
    if following and items[mentions[following[0]].start].sentence - items[start].sentence <= 1:
        return following[:1]
    return []


def _within_but(reading: Reading, low: int, high: int, position: int) -> tuple[int, int]:
    """The part of a clause between two "but"."""
    items = reading.words.items
    for index in range(low, high):
        if items[index].text in ("but", "however", "though", "although") and items[index].brk < CLAUSE:
            if index < position:
                low = index
            elif index > position:
                return low, index
    return low, high


def _distance(mention: Mention, start: int, end: int) -> int:
    if mention.end <= start:
        return start - mention.end
    if mention.start >= end:
        return mention.start - end
    return 0
