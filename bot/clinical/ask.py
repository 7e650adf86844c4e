"""Somebody's question, as text, turned into the question that a reply answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.clinical.mentions import Reading
from bot.triage.model import Finding, Question, QuestionKind, Sense, Severity

#: Reads a statement: "can you walk?" is understood by what "can not walk" says.
Read = Callable[[str], Sequence[Finding]]

_PROCEDURE_DAY = re.compile(
    r"\b(when (was|is|did|were|had)|(what|which) (day|date)|how (long|many days) (ago|since|has it been|after|out))\b"
)
_TEMPERATURE = re.compile(
    r"\b(what|whats) (is|was|did|does|has|have|be|do|your|the)\b.*\b(temperature|thermometer)\b"
    r"|\bhow (high|hot) (is|was|did|has)\b|\bthermometer\b"
    r"|\b(take|took|taken|check|checked|checking|measure|measured|recheck) (your|the|a) temperature\b"
    r"|\byour temperature (now|right now|today|this morning)\b|^(and |ok |okay |so )*(your |the )temperature$"
)
_NEW = re.compile(
    r"\b(new (since|for you|or|to you)"
    r"|(is|are|was|were) (it|this|that|these|those|they|the|your)\b(?!.*\b(any|there)\b).*\bnew"
    r"|(start|started|begin|began|begun|come on|came on|happen|happened|appear|appeared|notice|noticed) "
    r"(it |this |that |only |right |just )*(before or )?(after|since|following|with) (the|your)"
    r"|(is|was) (it|this|that|the \w+|your \w+) (there |present )?(since|after) (the|your))\b"
)
_OLD = re.compile(
    r"\b((had|have|having|get|got|experienced|felt|there|present) ((it|this|that|these|them|those|already) )?before"
    r"|(had|have|get|got|feel|felt|having|notice|noticed) (the|that|this|these|those) (\w+ ){1,5}before (the|your)"
    r"|something (that )?you (have |had |ve |'ve )?(always |already |usually )?(had|have|get|got|deal|live)"
    r"|(usual|normal|typical|baseline) for you|your (usual|normal|baseline)|same as (usual|before|always)"
    r"|(already|always) (have|had) (it|this|that|the)"
    r"|(start|started|begin|began|there|had (this|it|that|the \w+|your \w+)) before (the|your))\b"
)
_EVER = re.compile(r"\bever\b")
_DURATION = re.compile(
    r"\b(since when|how long|when did|how (many|much) (hours|days|weeks|time)|what time (did|was)"
    r"|when was the (first|last)|(more|longer|over|less) than (a|one|24|two|2) (day|hours|days)|for (more|longer) than"
    r"|when (it|this|that) (started|began))\b"
)
_WORSE = re.compile(r"\b(worse|worsening|worsened|increas\w+|stronger|more painful|went up|gone up|gone? downhill)\b")
_BETTER = re.compile(r"\b(better|improv\w+|easing|eased|settling|lessen\w*|less|decreas\w+|lighter|under control)\b")
_HOW = re.compile(
    r"\b(how (is|are|was|were|has|have|does|do|did) (the|your|that|this|those|these|it)|hows|compared|changed)\b"
)
_ANY = re.compile(r"\bany (?!better|worse|easier|less|more painful)")
_OVER = re.compile(
    r"\b(gone|go away|went away|resolved?|stop|stopped|disappear\w*|clear(ed)?( up)?|pass(ed)?|over|subsided?|let up"
    r"|lift(ed)?|end(ed)?"
    r"|(come|came|gone|went|go|goes|coming|going) (back )?(down|away)"
    r"|(back|return(ed)?) to normal|break|broken?|heal(ed)?"
    r"|w(o|ea)rn? off)$|\b(all )?gone\b|\bgo(ne)? away\b|\bstopped\b|\b(come|gone|went) (back )?down\b|\bresolved\b"
)
_BESIDE = re.compile(r"\b(other than|aside from|apart from|besides|except( for)?|in addition to|outside of)\b")
#: What a question asks to be able to do.
_ABLE = re.compile(
    r"\b(?:(?:are|were|be|been|is|was) (?:you |he |she )?(?:still )?able to|(?:can|could) (?:you|he|she) (?:still )?"
    r"|(?:do|did|have) you (?:still )?(?:manage|managed) to)\s?(?P<can>.+)"
    r"|\b(?:do|does) (?:you|he|she) (?:still )?have (?:a |any |full |good |normal |complete |your )*"
    r"(?P<have>(?:feeling|sensation|control|strength|power)\b.+)"
    r"|(?:\b(?:are|is) (?:you|he|she|your) (?:still )?|^)(?P<doing>(?!feel|do|heal|go|tak|sleep)\w+ing\b.*"
    r"\b(?:ok|okay|normally|normal|fine|alright|right|well|properly|usual)\b.*)"
    r"|\b(?:have|has) (?:you|he|she) (?:already )?(?P<done>(?:peed|urinated|passed|gone|voided|pooped|wet)\b.+)"
    r"|\b(?:trouble|problems?|difficulty|difficulties|issues?|hard time|struggling)(?: with| to| in)? "
    r"(?P<trouble>\w+ing\b.*)"
)
_MANNER = re.compile(
    r"\b(ok|okay|normally|normal|fine|alright|all right|well|properly|easily"
    r"|without (any )?(trouble|problems?|difficulty|issues?)|as usual|like usual|for me|yet"
    r"|right now|now|at all|today|both of)\b"
)
_YOURS = {"your": "my", "you": "i", "yourself": "myself"}
_COPES = re.compile(r"\b(control\w*|manag\w+|tolera\w+|bear\w*|handl\w+|cop(e|ing) with)\b")
#: Things asked about by place alone: "how does the spot on your back look?".
_PLACES = (
    ("<site>", "infection_sign"), ("<foot>", "leg_symptom"), ("<leg>", "leg_symptom"), ("<arm>", "arm_symptom"),
    ("<head>", "headache"), ("<back>", "back_pain"),
)  # fmt: skip
#: Asks for a number from 0 to 10.
_SCORE = re.compile(r"\b(scale|rate|rating|score|out of (10|ten)|(1|0|one|zero) to (10|ten)|what number|pain level)\b")
_GOOD = re.compile(r"\b(ok|okay|fine|good|clean|dry|normal|alright|right|well|healing|clear|better)\b")


def question_of(reading: Reading, findings: Sequence[Finding], read: Read) -> Question | None:
    """The question that this text asks; None if it asks for nothing that a symptom reply could answer.

    Args:
        findings: one for each of the reading's mentions.
        read: understands a statement made of the question's words.
    """
    text, findings = _asked(reading, findings)
    findings = _without_side_matters(text, reading, findings)
    ability = _ABLE.search(text)
    if all(item.symptom == "other" for item in findings) or "yourself" in text:
        # "Sick to your stomach" is what the patient calls sick to my stomach, "hurting yourself" is myself.
        findings = [item for item in read(_as_told(text)) if item.symptom != "other"] or findings
    if not findings and ability is not None and not _TEMPERATURE.search(text):
        lack = read(_lacking(ability))
        sense = Sense.THERE if ability.group("trouble") else Sense.REVERSED
        if lack:
            return _question(QuestionKind.PRESENCE, lack, sense)
    kind, sense = _kind(text, findings, bool(reading.cue("procedure")))
    if kind is QuestionKind.TEMPERATURE:
        findings = [item for item in findings if item.symptom == "fever"] or [Finding("fever", concept="fever.asked")]
    if not findings and kind in (QuestionKind.PRESENCE, QuestionKind.COURSE):
        return _of_place(reading, text)
    if kind is QuestionKind.PRESENCE and findings:
        able = ability is not None and not ability.group("trouble")
        sense, findings = _sense(text, findings, able, reading)
    question = _question(kind, findings, sense)
    if _SCORE.search(text) and kind in (QuestionKind.PRESENCE, QuestionKind.COURSE):
        return replace(question, about=tuple(replace(item, unit="/10") for item in question.about))
    return question


def _question(kind: QuestionKind, findings: Sequence[Finding], sense: Sense) -> Question:
    """The question about these findings, as a yes would report them."""
    others = [item for item in findings if item.symptom != "other"]
    about = tuple(
        Finding(
            item.symptom, item.text, item.start, item.end, item.concept, marks=item.marks,
            severity=None if kind is QuestionKind.COURSE else item.severity,
        )
        for item in others or findings
    )  # fmt: skip
    return Question(kind, tuple(dict.fromkeys(item.symptom for item in about)), about=about, sense=sense)


def _asked(reading: Reading, findings: Sequence[Finding]) -> tuple[str, list[Finding]]:
    """The text that asks and its findings: what stands in sentences without a question mark only leads up to it."""
    items = reading.words.items
    asking = reading.words.questions
    inside = [
        finding
        for mention, finding in zip(reading.mentions, findings, strict=True)
        if items[mention.start].sentence in asking
    ]
    if not asking:
        return " ".join(word.text for word in items), list(findings)
    text = " ".join(word.text for word in items if word.sentence in asking)
    return text, inside or list(findings)


def _without_side_matters(text: str, reading: Reading, findings: list[Finding]) -> list[Finding]:
    """ "Other than the soreness, any fever?" asks for the fever alone."""
    beside = _BESIDE.search(text)
    if beside is None or len(findings) < 2:
        return findings
    words = reading.words
    lead = beside.group().split()
    for index, word in enumerate(words.items):
        if [item.text for item in words.items[index : index + len(lead)]] == lead:
            end = index + len(lead)
            while end < len(words) and not words.items[end].brk and words.items[end].text not in _RESUMES:
                end += 1
            low, high = word.start, words.items[end - 1].end
            return [item for item in findings if not low <= item.start < high] or findings
    return findings


_RESUMES = frozenset("any do have are is did has what".split())


_LACKING = {"can": "i can not", "doing": "i can not", "have": "i have no", "done": "i have not", "trouble": "i can not"}


def _lacking(ability: re.Match[str]) -> str:
    """The statement that the asked ability is missing: "are you able to urinate" → "i can not urinate"."""
    lead, rest = next((lead, ability.group(name)) for name, lead in _LACKING.items() if ability.group(name))
    text = f"{lead} {_as_told(_MANNER.sub(' ', rest))}"
    return text.replace("go to the bathroom", "pee").replace("going to the bathroom", "pee")


def _as_told(text: str) -> str:
    """The question's words as the patient would say them."""
    return " ".join(_YOURS.get(word, word) for word in text.split())


def _kind(text: str, findings: Sequence[Finding], procedure: bool) -> tuple[QuestionKind, Sense]:
    """What kind of answer the text asks for."""
    if procedure and not findings and _PROCEDURE_DAY.search(text):
        return QuestionKind.PROCEDURE_DAY, Sense.THERE
    if _TEMPERATURE.search(text):
        return QuestionKind.TEMPERATURE, Sense.THERE
    if not _EVER.search(text):
        if _NEW.search(text):
            return QuestionKind.ONSET, Sense.THERE
        if _OLD.search(text):
            return QuestionKind.ONSET, Sense.REVERSED
    if _DURATION.search(text):
        return QuestionKind.DURATION, Sense.THERE
    if _WORSE.search(text) or (_HOW.search(text) and not _ANY.search(text)):
        return QuestionKind.COURSE, Sense.THERE
    if _BETTER.search(text) and not _ANY.search(text):
        return QuestionKind.COURSE, Sense.REVERSED
    return QuestionKind.PRESENCE, Sense.THERE


def _sense(text: str, findings: Sequence[Finding], able: bool, reading: Reading) -> tuple[Sense, Sequence[Finding]]:
    """What a yes means, and what it is about."""
    if all(item.concept == "fever.normal" for item in findings):
        return Sense.REVERSED, [Finding("fever", concept="fever.asked")]
    denied = [item for item in findings if item.negated]
    if _COPES.search(text) and all(item.symptom in ("back_pain", "headache", "nausea") for item in findings):
        return Sense.REVERSED, [replace(item, severity=Severity.SEVERE) for item in findings]
    if denied and able and len(denied) == len(findings):
        # "Can you walk without pain?"
        return Sense.REVERSED, findings
    if denied and not re.match(r"((ok|okay|and|so|um) )*(do|did|have|has|are|is|were|was|would) not\b", text):
        return Sense.DENIED, denied
    named = " ".join(item.text.lower() for item in findings)
    lasting = reading.cue("persistent") or reading.cue("not_better")
    postural = any("postural" in item.marks for item in findings)
    over = _OVER.search(text)
    is_over = over is not None and over.group() not in named and not lasting and not postural
    if is_over or any(item.resolved for item in findings):
        return Sense.OVER, findings
    return Sense.THERE, findings


def _of_place(reading: Reading, text: str) -> Question | None:
    """ "How does the needle site look?", "are your legs ok?": a question for whatever may be wrong there."""
    if re.search(r"\btemperature\b", text) and _GOOD.search(text):
        return _question(QuestionKind.PRESENCE, [Finding("fever", concept="fever.asked")], Sense.REVERSED)
    for name, symptom in _PLACES:
        if any(reading.class_at(index, name) for index in range(len(reading.words))):
            kind = QuestionKind.COURSE if symptom == "back_pain" else QuestionKind.PRESENCE
            good = _GOOD.search(text) and not _HOW.search(text)
            sense = Sense.REVERSED if good else Sense.THERE
            return _question(kind, [Finding(symptom, concept=f"{symptom}.asked")], sense)
    return None
