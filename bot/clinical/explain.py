"""Why the reader understood a message as it did: the words behind every finding.

Nothing is decided here. The reader's own steps run again without one cue at a time; what then changes came from
that cue, and as far as it changes is the cue's scope. What no cue explains, a single word or the form of the
sentence does. Some milliseconds a message: for `aftercare triage --explain`, not for the conversation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace

from bot.clinical.lexicon.patterns import Match
from bot.clinical.mentions import Mention, Reading
from bot.clinical.reader import Analysis, ClinicalReader, said
from bot.triage.model import Finding, Findings, Question

#: What words around a mention can say of it.
ASSERTIONS = ("negated", "hypothetical", "question", "historical", "resolved", "experiencer", "uncertain")
ATTRIBUTES = ("course", "severity", "duration_hours", "persistent", "new", "value", "marks")
#: Longer texts are explained by their cues alone.
_MOST_WORDS = 120


@dataclass(frozen=True)
class Reason:
    """Where one property of a finding comes from."""

    name: str
    value: object
    #: Name of the cue ("deny"), "measure", "concept", "word", or "answer".
    origin: str
    #: The words that say so; empty where the form of the sentence does.
    words: str = ""
    #: All that the same cue reaches, from its first word to the last one reached.
    scope: str = ""


@dataclass(frozen=True)
class Explanation:
    finding: Finding
    reasons: tuple[Reason, ...]


def explain(reader: ClinicalReader, text: str, question: Question | None = None) -> tuple[Findings, list[Explanation]]:
    """What a message says, as :meth:`ClinicalReader.read` gives it, and the reasons for every finding."""
    findings = reader.read(text, question)
    analysis = reader.analyse(text, question)
    plain = said(analysis)
    changes = list(_without_one_cue(analysis, plain))
    result = []
    for finding in findings.items:
        index = next((i for i, item in enumerate(plain) if item == finding), None)
        if index is None:
            result.append(Explanation(finding, tuple(_of_answer(finding, question))))
        else:
            result.append(Explanation(finding, tuple(_reasons(analysis, plain, index, changes))))
    return findings, result


def _without_one_cue(analysis: Analysis, plain: Sequence[Finding]) -> Iterator[tuple[str, Match | None, list[Finding]]]:
    """For every cue its kind, its place and the findings without it; then those without a kind altogether."""
    reading = analysis.reading
    for kind, matches in reading.cues.items():
        for match in matches:
            # All that ends or begins elsewhere in the same words says the same.
            rest = [item for item in matches if not (item.start <= match.start < item.end)]
            yield kind, match, said(replace(analysis, reading=_with(reading, kind, rest)))
    for kind in reading.cues:
        yield kind, None, said(replace(analysis, reading=_with(reading, kind, [])))


def _with(reading: Reading, kind: str, matches: list[Match]) -> Reading:
    starts = {**reading.starts, kind: frozenset(match.start for match in matches)}
    return replace(reading, cues={**reading.cues, kind: matches}, starts=starts)


def _reasons(
    analysis: Analysis,
    plain: Sequence[Finding],
    index: int,
    changes: Sequence[tuple[str, Match | None, list[Finding]]],
) -> Iterator[Reason]:
    finding, reading = plain[index], analysis.reading
    for name in (*ASSERTIONS, *ATTRIBUTES):
        value = getattr(finding, name)
        if value in _DEFAULTS[name]:
            continue
        changed = [change for change in changes if getattr(change[2][index], name) != value]
        single = [
            (kind, match, [i for i, item in enumerate(other) if getattr(item, name) != getattr(plain[i], name)])
            for kind, match, other in changed
            if match is not None
        ]
        if name in ("value", "duration_hours") and (words := _measured(analysis, finding, name)):
            yield Reason(name, value, "measure", words)
        elif single:
            kind, match, reached = single[0]
            yield Reason(name, value, kind, _words(reading, match.start, match.end), _scope(reading, match, reached))
        elif changed:
            kind = changed[0][0]
            low, high = reading.words.sentence_bounds(reading.mentions[index].start)
            near = [item for item in reading.cue(kind) if low <= item.start < high] or reading.cue(kind)
            said_in = dict.fromkeys(_words(reading, match.start, match.end) for match in near)
            yield Reason(name, value, kind, " … ".join(said_in))
        elif name in ATTRIBUTES:
            yield Reason(name, value, "concept", finding.text)
        else:
            yield _of_word(analysis, index, name, value)


def _of_word(analysis: Analysis, index: int, name: str, value: object) -> Reason:
    """The word without which the property would not be there; else the form of the sentence."""
    reading = analysis.reading
    mention = reading.mentions[index]
    items = reading.words.items
    low, high = reading.words.sentence_bounds(mention.start)
    # "Fever? No.": the next sentence may hold it.
    after = reading.words.sentence_bounds(high)[1] if high < len(items) else high
    for position in range(low, after) if len(items) <= _MOST_WORDS else ():
        if any(item.start <= position < item.end for item in reading.mentions):
            continue
        neutral = items[position]._replace(text="…", lemma="…")
        words = replace(reading.words, items=[*items[:position], neutral, *items[position + 1 :]])
        classes = [*reading.classes[:position], [], *reading.classes[position + 1 :]]
        cues = {
            kind: [match for match in matches if not match.start <= position < match.end]
            for kind, matches in reading.cues.items()
        }
        other = said(replace(analysis, reading=replace(reading, words=words, classes=classes, cues=cues)))
        if getattr(other[index], name) != value:
            return Reason(name, value, "word", _words(reading, position, position + 1))
    return Reason(name, value, "sentence", _words(reading, low, high))


def _of_answer(finding: Finding, question: Question | None) -> Iterator[Reason]:
    """A finding that the reply gives to the question."""
    kind = f"{question.kind.value}, {question.sense.value}" if question else ""
    known = {field.name: field.default for field in fields(Finding)}
    told = [name for name in (*ASSERTIONS, *ATTRIBUTES) if getattr(finding, name) != known[name]]
    for name in told or ["present"]:
        yield Reason(name, getattr(finding, name), "answer", finding.text, kind)


def _measured(analysis: Analysis, finding: Finding, name: str) -> str:
    """The words of the number behind a reading, a score or a length of time."""
    reading = analysis.reading
    if name == "duration_hours":
        spans = [(item.start, item.end) for item in analysis.durations if item.hours == finding.duration_hours]
    elif finding.unit == "F":
        spans = [(item.start, item.end) for item in analysis.temperatures if item.fahrenheit == finding.value]
    else:
        spans = [(item.start, item.end) for item in analysis.scores if item.value == finding.value]
    return _words(reading, *spans[0]) if spans else ""


def _words(reading: Reading, start: int, end: int) -> str:
    items = reading.words.items
    return reading.words.original[items[start].start : items[end - 1].end]


def _scope(reading: Reading, match: Match, reached: Sequence[int]) -> str:
    mentions: list[Mention] = [reading.mentions[index] for index in reached]
    start = min([match.start, *(item.start for item in mentions)])
    end = max([match.end, *(item.end for item in mentions)])
    return _words(reading, start, end)


_DEFAULTS: dict[str, tuple[object, ...]] = {
    name: ("patient",) if name == "experiencer" else (None, False, ()) for name in (*ASSERTIONS, *ATTRIBUTES)
}
