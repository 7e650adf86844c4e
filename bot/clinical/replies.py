"""Short answers: what "yes", "nope", "just the first one" or "not a drop" mean after "do you have ...?"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.clinical import choice
from bot.clinical.choice import NEGATIONS
from bot.clinical.measure.duration import Duration
from bot.clinical.mentions import Reading
from bot.clinical.text.words import COMMA
from bot.triage.model import Course, Finding, Question, QuestionKind, Sense, Severity

#: Words before the answer itself.
_HEDGES = frozenset("uh um well oh ohh ok okay hmm hm er so actually honestly and but mm ah like".split())
#: Our own questions number their choices, in this order (data/responses/questions.yml).
_CHOICES = {
    QuestionKind.PRESENCE: ("yes", "no", "unsure"),
    QuestionKind.DURATION: ("no", "yes", "unsure"),
    QuestionKind.COURSE: ("worse", "same", "better", "unsure"),
    QuestionKind.ONSET: ("yes", "no", "unsure"),
    QuestionKind.TEMPERATURE: ("unsure",),
}
#: A pronoun answer ("I do", "it is") must stand alone: "I have a rash" is no yes.
_PRONOUNS = frozenset(("i", "it", "they", "he", "she", "we", "do", "can", "that", "still", "everything", "feel", "be"))
#: Cues by answer, on a tie the first: doubt outranks yes, and yes outranks no.
_CUES = (
    ("unsure", "unsure"), ("no", "none_of"), ("confirm", "confirm"), ("little", "little"), ("yes", "yes"),
    ("no", "no"), ("well", "well"),
)  # fmt: skip
#: A reply up to this many words may hold its answer anywhere.
_SHORT = 8
_RESERVES = frozenset("but though although however only barely just except until maybe perhaps possibly".split())
#: "Is it gone?" "Mostly": not all of it.
_PARTIAL = frozenset(
    "only just mostly mainly sometimes some partly more most usually occasionally kind probably".split()
)
_DENYING = ("none", "nothing", "no", "neither")
_PARTS = ("<leg>", "<foot>", "<calf>", "<arm>", "<joint>", "<back>", "<neck>", "<head>", "<face>", "<site>", "<saddle>")
#: Where a place says that the symptom is there, the parts that can have it; else any.
_OWN_PARTS = {"leg_symptom": ("<leg>", "<foot>", "<calf>", "<joint>"), "arm_symptom": ("<arm>",)}


@dataclass(frozen=True)
class Answer:
    """The yes, no or "not sure" of a reply and where it stands."""

    kind: str
    start: int
    end: int


def find_answer(reading: Reading, question: Question) -> Answer | None:
    """The reply's first yes / no / unsure / a little, if it begins with one or is short; or the choice "2".
    None where there is none, or the patient does not want to answer."""
    items = reading.words.items
    if reading.cue("declines"):
        # "Never mind" is no "never".
        return None
    choices = _CHOICES.get(question.kind, ())
    if question.response and len(items) == 1 and items[0].text.isdigit() and 1 <= int(items[0].text) <= len(choices):
        return Answer(choices[int(items[0].text) - 1], 0, 1)
    position = 0
    answer = _at(reading, position)
    while answer is None and position < len(items) and items[position].text in _HEDGES and len(items) > position + 1:
        position += 1
        answer = _at(reading, position)
    if answer is None:
        # "I always run cold but no": the answer may also come last.
        tail = range(position, len(items)) if len(items) <= _SHORT else range(max(0, len(items) - 2), len(items))
        answer = next((found for index in tail if (found := _at(reading, index))), None)
    reverse = question.sense in (Sense.REVERSED, Sense.OVER)
    if answer is None:
        # "My breathing is fine, I sang on Sunday."
        return _well(reading, 0, next((index for index in range(1, len(items)) if items[index].brk), 0))
    if len(items) > 2 and items[-2].text in ("so", "but", "then") and (last := _at(reading, len(items) - 1)):
        # "Only when I laugh, so no."
        return last
    if answer.kind == "no" and reverse and (well := _well(reading, answer.end, len(items))) is not None:
        # "Is your breathing okay?" "No, it's fine."
        return well
    if answer.kind == "confirm" and question.sense is Sense.THERE and items[answer.end - 1].text in _DENYING:
        # "Yeah no."
        return Answer("no", answer.start, answer.end)
    following = _at(reading, answer.end) if answer.end < len(items) else None
    if following is None:
        return answer
    denial = following.kind in ("no", "none_of") and items[answer.end].text in _DENYING
    if answer.kind in ("yes", "little", "confirm") and denial:
        # "Yes, none of that"; "not really, no"; "right, none"; but "looks okay?" "yep, nothing to see".
        return Answer("well" if reverse else "no", answer.start, following.end)
    if answer.kind == "no" and following.kind == "yes" and items[answer.end].text in ("yes", "yeah", "yep"):
        # "No, yeah, I did."
        return following
    return answer


def _well(reading: Reading, start: int, end: int) -> Answer | None:
    """The words between these that say that all is well."""
    return next((found for index in range(start, end) if (found := _at(reading, index)) and found.kind == "well"), None)


def _at(reading: Reading, position: int) -> Answer | None:
    """The longest answer phrase that starts here."""
    items = reading.words.items
    best: Answer | None = None
    for kind, cue_kind in _CUES:
        for match in reading.cue(cue_kind):
            if match.start != position:
                continue
            alone = match.end >= len(items) or items[match.end].brk >= COMMA
            if items[position].lemma in _PRONOUNS and not alone and kind in ("yes", "no", "well"):
                continue
            if kind == "confirm" and not alone:
                continue
            # "no fever" speaks of the fever, not of the question.
            if match.end < len(items) and not alone and _begins_mention(reading, match.end):
                continue
            if kind == "well" and _is_denied(reading, position):
                return Answer("yes", match.start, match.end)
            if best is None or match.end > best.end:
                best = Answer(kind, match.start, match.end)
    return best


def _is_denied(reading: Reading, position: int) -> bool:
    """ "Not really okay", and not "no, it's okay"."""
    items = reading.words.items
    low = next((index for index in range(position, 0, -1) if items[index].brk), 0)
    return bool(NEGATIONS & {word.text for word in items[max(low, position - 3) : position]})


def _begins_mention(reading: Reading, position: int) -> bool:
    items = reading.words.items
    texts = items[position].text
    return any(
        mention.start == position
        or (texts in ("a", "any", "my", "the", "more", "bit", "of") and mention.start == position + 1)
        for mention in reading.mentions
    )


def presence(
    question: Question, reading: Reading, answer: Answer | None, own: Sequence[Finding], durations: Sequence[Duration]
) -> tuple[list[Finding], bool]:
    """Findings of the asked symptoms, and whether the question was answered.

    Args:
        own: what the reply itself names.
    """
    words = reading.words
    asked = question.about or tuple(Finding(symptom, concept=f"{symptom}.answer") for symptom in question.symptoms)
    symptoms = {finding.symptom for finding in asked}
    named = [finding for finding in own if finding.symptom in symptoms]
    chosen = choice.chosen(reading, question)
    if chosen is not None:
        state = {finding.symptom: finding.symptom in chosen for finding in asked}
        span = words.original, 0, len(words.original)
        return [_as(asked, key, "present" if there else "negated", span) for key, there in state.items()], True
    parts = tuple(part for symptom in symptoms for part in _OWN_PARTS.get(symptom, _PARTS))
    meant = _meaning(question.sense, reading, answer, durations, bool(own), parts)
    if meant is None:
        return [], bool(named)
    if named and meant != "negated" and not (meant in ("present", "uncertain") and _says_more(asked, named)):
        return [], True
    if meant != "negated":
        named = []
    given = {finding.symptom for finding in named}
    start, end = 0, len(words.original)
    if answer is not None:
        start, end = words.items[answer.start].start, words.items[answer.end - 1].end
    span = words.original[start:end], start, end
    missing = dict.fromkeys(finding.symptom for finding in asked if finding.symptom not in given)
    result = [_as(asked, symptom, meant, span) for symptom in missing]
    if meant in ("present", "uncertain"):
        result = [_described(finding, reading, durations) for finding in result]
    return result, True


def _says_more(asked: Sequence[Finding], named: Sequence[Finding]) -> bool:
    """ "Sick, any vomiting?" "A bit, but I haven't vomited": of what was asked about only a part is denied."""
    denied = {item.concept for item in named}
    return all(item.negated for item in named) and not {item.concept for item in asked} <= denied


def _as(asked: Sequence[Finding], symptom: str, state: str, span: tuple[str, int, int]) -> Finding:
    base = next(finding for finding in asked if finding.symptom == symptom)
    text, start, end = span
    return replace(
        base, text=text, start=start, end=end, negated=state == "negated", resolved=state == "resolved",
        uncertain=state == "uncertain", hypothetical=False, question=False,
    )  # fmt: skip


def _described(finding: Finding, reading: Reading, durations: Sequence[Duration]) -> Finding:
    """What the rest of the reply says of it: "yes, for three days", "still, and worse"."""
    hours = max((item.hours for item in durations), default=None)
    return replace(
        finding,
        duration_hours=hours if hours is not None else finding.duration_hours,
        persistent=finding.persistent or bool(reading.cue("persistent")),
        course=Course.WORSE if reading.cue("worse") else finding.course,
        severity=Severity.SEVERE if reading.cue("severe") else finding.severity,
    )


def _meaning(
    sense: Sense,
    reading: Reading,
    answer: Answer | None,
    durations: Sequence[Duration],
    other: bool,
    parts: tuple[str, ...],
) -> str | None:
    """ "present", "negated", "resolved", "uncertain"; None if the reply does not tell.

    Args:
        other: the reply names symptoms of its own.
        parts: body parts whose naming alone affirms the symptom.
    """
    kind = answer.kind if answer else ""
    if kind == "unsure":
        return "uncertain"
    if _is_over(reading) and kind not in ("no", "little"):
        return "resolved"
    opening = [word.text for word in reading.words.items[:1]]
    if sense is Sense.REVERSED and kind in ("", "confirm") and opening == ["not"]:
        # "Can you move your toes?" "Not on the left."
        return "present"
    if not answer:
        return "present" if not other and _implies(reading, durations, parts) else None
    reserved = _is_reserved(reading, answer)
    if sense in (Sense.REVERSED, Sense.OVER):
        if kind != "well" and reading.words.items[answer.start].text in _PARTIAL:
            kind = "little"
        if kind in ("yes", "well", "confirm"):
            good = "resolved" if sense is Sense.OVER else "negated"
            worse = reading.cue("worse") or _text(reading, answer) in _STANDING
            return "uncertain" if reserved else "present" if worse else good
        return "uncertain" if kind == "little" and sense is Sense.REVERSED else "present"
    if sense is Sense.DENIED and kind in ("yes", "confirm"):
        agreed = kind == "confirm" or reading.words.items[-1].text in ("right", "correct", "true")
        bare = answer.end == len(reading.words) and answer.end - answer.start == 1
        return "negated" if agreed else "uncertain" if bare else "present"
    if kind in ("no", "well"):
        return "uncertain" if reserved and not other and _admits(reading, answer, parts) else "negated"
    return "present"


#: "Is it gone?": these say that it is still there.
_STANDING = frozenset(("same", "still", "no change", "no better", "still there", "still do", "still have", "still am"))


def _text(reading: Reading, answer: Answer) -> str:
    return " ".join(word.text for word in reading.words.items[answer.start : answer.end])


def _is_over(reading: Reading) -> bool:
    """ "Gone", "it stopped", and not "not gone yet"."""
    items = reading.words.items
    for cue in reading.cue("resolved"):
        before = {word.text for word in items[max(0, cue.start - 3) : cue.start]}
        if not before & {*NEGATIONS, "until", "almost", "nearly", "wish", "hope", "when", "if"}:
            return items[cue.start].text not in ("used",)
    return False


def _is_reserved(reading: Reading, answer: Answer) -> bool:
    """ "Yes, but only a few drops", "no, just in my toes"."""
    return any(word.text in _RESERVES for word in reading.words.items[answer.end :])


def _admits(reading: Reading, answer: Answer, parts: tuple[str, ...]) -> bool:
    """After "no, just": an amount or a place, and no other complaint ("no, just tired")."""
    items = reading.words.items
    lead = next(index for index in range(answer.end, len(items)) if items[index].text in _RESERVES)
    for index in range(lead, len(items)):
        amount = _at(reading, index)
        if amount is not None and amount.kind in ("little", "yes"):
            return amount.end >= len(items) or items[amount.end].brk >= COMMA or _is_place(reading, amount.end, parts)
    return any(_is_place(reading, index, parts) for index in range(lead, len(items)))


_PLACING = frozenset("in on at my the left right around down".split())


def _is_place(reading: Reading, index: int, parts: tuple[str, ...]) -> bool:
    """ "in my left toes" begins here, or a body part."""
    items = reading.words.items
    while index < len(items) and items[index].text in _PLACING:
        index += 1
    sided = index < len(items) and items[index - 1].text in ("left", "right") and items[index].text in ("one", "side")
    return sided or (index < len(items) and reading.class_at(index, *parts))


_ASKING = frozenset("can do does did will would should may might could is are".split())
_WHEN = frozenset("when whenever while after if only just since mostly".split())


def _implies(reading: Reading, durations: Sequence[Duration], parts: tuple[str, ...]) -> bool:
    """A statement without yes or no that only makes sense if it is there: "since Monday", "my left toes", "worse"."""
    items = reading.words.items
    if items and items[0].text in _WHEN:
        # "When I sit down", and not "when can I drive?".
        return not (reading.words.questions or {word.text for word in items[1:2]} & _ASKING)
    if not items or reading.words.questions or reading.cue("procedure") or len(items) > 12:
        return False
    if NEGATIONS & {word.text for word in items}:
        return bool(reading.cue("not_better") or reading.cue("persistent"))
    told = any(reading.cue(kind) for kind in ("persistent", "worse", "severe", "same", "new", "not_better", "better"))
    place = any(_is_place(reading, index, parts) for index in range(len(items)))
    return bool(durations) or told or place
