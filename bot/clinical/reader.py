"""The clinical reader: a message in, what it says about symptoms out. Pure, thread-safe, never raises."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from bot.clinical import ask, attributes, completion, figures, mentions, replies, subjects
from bot.clinical.assertion import denial, person, questions, spanish, time
from bot.clinical.lexicon.concepts import Concept, Lexicon
from bot.clinical.measure import duration, numbers, pain_score, procedure_day, temperature
from bot.clinical.mentions import Mention, Reading
from bot.clinical.text.lemma import lemma
from bot.clinical.text.normalise import Normaliser
from bot.clinical.text.spelling import Speller
from bot.clinical.text.words import CLAUSE, COMMA, Words
from bot.triage.model import Finding, Findings, Question, QuestionKind

#: Longer texts are read up to here: the limit of a message is far below.
#: Words of a reply in which a bare number is the temperature that a question was about.
SHORT_REPLY = 8
MAX_LENGTH = 10_000
_READING = Concept("fever.reading")
_SCORE = Concept("back_pain.score")
#: Mark of a concept that stands for the pain only where the text names no other complaint ("it's getting worse").
UNNAMED = "unnamed"
#: Mark of words that say that all is well ("normal temperature").
NORMAL = "normal"
_TEMPERATURE = frozenset((lemma("temperature"), "temp"))
_LEVELS = ("lumbar", "thoracic", "cervical")


@dataclass(frozen=True)
class Analysis:
    """A text's words, mentions and cues with what it measures."""

    reading: Reading
    temperatures: Sequence[temperature.Reading]
    durations: Sequence[duration.Duration]
    scores: Sequence[pain_score.Score]
    #: Days since the procedure, when the text tells.
    day: int | None
    asked_day: bool


class ClinicalReader:
    """Reads patients' messages with the words of one lexicon."""

    def __init__(self, lexicon: Lexicon, today: Callable[[], date] = date.today) -> None:
        self._lexicon = lexicon
        self._today = today
        self._body = frozenset(lexicon.parts | lexicon.senses) | figures.PEOPLE
        known = lexicon.known_words | set(lexicon.abbreviations)
        self._normalise = Normaliser(lexicon.abbreviations, Speller(lexicon.spelling, lexicon.ordinary_words, known))

    @classmethod
    def load(cls, folder: Path, today: Callable[[], date] = date.today) -> ClinicalReader:
        """Reads the lexicon.

        Args:
            today: the date that "Monday" is reckoned from.

        Raises:
            LexiconError: the lexicon is wrong; the text names file, line and remedy.
        """
        return cls(Lexicon.load(folder), today)

    def read(self, text: str, question: Question | None = None) -> Findings:
        """All that a message says; with a pending question also what it answers."""
        analysis = self.analyse(text, question)
        items, answered = said(analysis), False
        if question is not None:
            items, answered = self._answer(question, analysis, items)
        reading = analysis.reading
        return Findings(
            tuple(items),
            answered,
            procedure_day=analysis.day,
            procedure_level=next((level for level in _LEVELS if reading.cue(f"level_{level}")), None),
            steroid=_steroid(reading),
            language=spanish.language(reading),
            correction=bool(reading.cue("correction")) and any(item.negated for item in items),
        )

    def analyse(self, text: str, question: Question | None = None) -> Analysis:
        """What :meth:`read` rests on: words, mentions, cues and measures."""
        return self._measured(self._normalise(text[:MAX_LENGTH]), question)

    def _measured(self, words: Words, question: Question | None) -> Analysis:
        counted = numbers.find(words)
        asked_day = question is not None and question.kind is QuestionKind.PROCEDURE_DAY
        # "Do you have a fever?" "I have 101."
        asked_temperature = question is not None and (
            question.kind is QuestionKind.TEMPERATURE or (question.symptoms == ("fever",) and len(words) <= SHORT_REPLY)
        )
        reading = self._find(words)
        temperatures = temperature.find(reading, counted, asked_temperature)
        durations = duration.find(words, counted, self._today())
        asked_score = question is not None and any(item.unit == "/10" for item in question.about)
        scores = pain_score.find(words, counted, asked_score)
        day = procedure_day.find(words, counted, durations, self._today(), asked_day)
        return Analysis(_with_readings(reading, temperatures, scores), temperatures, durations, scores, day, asked_day)

    def question_from_text(self, text: str) -> Question | None:
        """The question that a text asks, for replies to somebody else's words; None if it asks for no symptom."""
        return ask.question_of(*self._statement(text), lambda statement: self._statement(statement)[1])

    def _statement(self, text: str) -> tuple[Reading, list[Finding]]:
        reading = self._find(self._normalise(text[:MAX_LENGTH]))
        reading = replace(reading, mentions=_named(reading.mentions))
        return reading, _assert(reading, ())

    def _find(self, words: Words) -> Reading:
        reading = mentions.find(words, self._lexicon)
        meant = [
            item for item in reading.mentions if not figures.is_figure(reading, item, self._is_ordinary, self._body)
        ]
        return replace(reading, mentions=meant)

    def _is_ordinary(self, word: str) -> bool:
        return word in self._lexicon.ordinary_words and word not in self._lexicon.spelling

    def _answer(self, question: Question, analysis: Analysis, items: list[Finding]) -> tuple[list[Finding], bool]:
        reading = analysis.reading
        answer = replies.find_answer(reading, question)
        if question.kind is QuestionKind.PRESENCE:
            more, answered = replies.presence(question, reading, answer, items, analysis.durations)
            if not answered and not reading.words.questions:
                more = self._meant(question, reading.words)
            return [*more, *items], answered or bool(more)
        if question.kind is QuestionKind.PROCEDURE_DAY:
            return items, analysis.day is not None or (answer is not None and answer.kind == "unsure")
        value = max((reading.fahrenheit for reading in analysis.temperatures), default=None)
        completed = completion.complete(question, reading, answer, analysis.durations, value)
        if completed is None:
            return items, False
        # The reply's own mention of the same symptom is the same thing said again.
        rest = [item for item in items if item.symptom not in {other.symptom for other in completed} or item.value]
        if question.kind is QuestionKind.TEMPERATURE and value is not None:
            rest = [item for item in rest if item.symptom != "fever"]
        return [*completed, *rest], True

    def _meant(self, question: Question, words: Words) -> list[Finding]:
        """What the reply says once it names what was asked about: "it's hot" of a needle site."""
        for symptom in question.symptoms:
            subject = subjects.replaced(words, symptom)
            if subject is not None:
                found = [item for item in said(self._measured(subject, None)) if item.symptom == symptom]
                if found:
                    return found
        return []


def said(analysis: Analysis) -> list[Finding]:
    """The findings of a text taken by itself."""
    reading = analysis.reading
    items = _assert(reading, analysis.durations)
    items = attributes.attach(reading, items, analysis.durations, analysis.scores)
    items = _with_values(reading, items, analysis.temperatures)
    if analysis.day is not None and not analysis.asked_day:
        items = _since_procedure(items, analysis.day)
    return items


def _with_readings(
    reading: Reading, temperatures: Sequence[temperature.Reading], scores: Sequence[pain_score.Score]
) -> Reading:
    """Temperatures and pain scores that no named symptom claims become mentions of their own."""
    found = list(reading.mentions)
    for item in temperatures:
        # "a temp of 98.6" is a reading and no fever; "a fever of 99.5" is both.
        found = [
            m
            for m in found
            if not (m.start >= item.start and m.end <= item.end)
            and not (_touch(reading, m, item) and _only_temperature(reading, m))
        ]
        if not any(m.concept.symptom == "fever" and _touch(reading, m, item) for m in found):
            found.append(Mention(item.start, item.end, _READING, item.start))
    scored = ("back_pain", "headache", "leg_symptom", "arm_symptom", "calf", "chest_pain")
    if scores and not any(item.concept.symptom in scored or _scored_beside(reading, item, scores[0]) for item in found):
        found.append(Mention(scores[0].start, scores[0].end, _SCORE, scores[0].start))
    found = _named(found)
    found.sort(key=lambda item: (item.start, item.end))
    return replace(reading, mentions=found)


def _scored_beside(reading: Reading, mention: Mention, score: pain_score.Score) -> bool:
    """A complaint of some other part of the body that the score is given for ("tooth pain is a 9")."""
    low, high = min(mention.start, score.start), max(mention.end, score.end)
    other = mention.concept.symptom == "other" and not mention.concept.marks
    return other and not reading.words.crosses(low, high, CLAUSE)


def _named(found: list[Mention]) -> list[Mention]:
    """Without the unnamed complaint ("it's getting worse") where another is named."""
    return [item for item in found if UNNAMED not in item.concept.marks] or found


def _touch(reading: Reading, mention: Mention, item: temperature.Reading) -> bool:
    """The number stands beside the mention, at most a few words away ("a fever of about 102")."""
    near = mention.start - 1 <= item.end and item.start <= mention.end + 3
    return near and not reading.words.crosses(min(mention.start, item.start), max(mention.end, item.end), COMMA)


def _only_temperature(reading: Reading, mention: Mention) -> bool:
    lemmas = {word.lemma for word in reading.words.items[mention.start : mention.end]}
    return (
        mention.concept.symptom == "fever"
        and not lemmas & {"fever", "feverish", "febril"}
        and bool(lemmas & _TEMPERATURE)
    )


def _assert(reading: Reading, durations: Sequence[duration.Duration]) -> list[Finding]:
    """One finding per mention, with what the words around it assert."""
    negated, over, again = denial.denied(reading)
    negated |= spanish.denied(reading)
    gone = time.resolved(reading)
    others = person.others(reading)
    result: list[Finding] = []
    for index, mention in enumerate(reading.mentions):
        concept = mention.concept
        hypothetical, question = questions.hypothetical(reading, index)
        past, recent = time.historical(reading, index)
        if concept.symptom == "self_harm" or (concept is _SCORE and hypothetical and not question):
            # Counts also when passive, hedged or only thought of; so does "I'd give it a nine out of ten".
            hypothetical = question = False
        resolved = (index in gone or index in over) and not hypothetical
        past = (past and not recent and index not in again) or (resolved and time.long_over(reading, index, durations))
        first, last = reading.words.items[mention.start], reading.words.items[mention.end - 1]
        result.append(
            Finding(
                concept.symptom,
                reading.words.original[first.start : last.end],
                first.start,
                last.end,
                concept.id,
                negated=(index in negated and index not in over) or NORMAL in concept.marks,
                hypothetical=hypothetical,
                question=question,
                historical=past and not hypothetical,
                resolved=resolved and not past,
                experiencer="other" if others[index] else "patient",
                uncertain=_uncertain(reading, mention),
                marks=tuple(mark for mark in concept.marks if mark not in (UNNAMED, NORMAL)),
            )
        )
    return result


def _uncertain(reading: Reading, mention: Mention) -> bool:
    """ "Maybe a fever"; and "my leg tingles, maybe it did before": in doubt it is not old."""
    low, _ = reading.words.clause_bounds(mention.start)
    first, last = reading.words.sentence_bounds(mention.start)
    if reading.has("uncertain", first, last) and (
        reading.has("old", first, last) or reading.has("history", first, last)
    ):
        return True
    return any(
        low <= cue.start and cue.end <= mention.start and mention.start - cue.end <= 5
        for cue in reading.cue("uncertain")
    )


def _with_values(reading: Reading, items: list[Finding], temperatures: Sequence[temperature.Reading]) -> list[Finding]:
    """Fever findings with their readings and the mark of a fever medicine."""
    medicine = bool(reading.cue("medicine"))
    result: list[Finding] = []
    for mention, finding in zip(reading.mentions, items, strict=True):
        if finding.symptom == "fever":
            values = [item.fahrenheit for item in temperatures if _touch(reading, mention, item)]
            if values:
                named = ("named",) if mention.concept is not _READING and finding.concept == "fever.word" else ()
                finding = replace(finding, value=max(values), unit="F", marks=(*finding.marks, *named))
            if medicine:
                finding = replace(finding, marks=(*finding.marks, "medicine"))
        result.append(finding)
    return result


def _since_procedure(items: list[Finding], day: int) -> list[Finding]:
    """ "A headache since the procedure on Monday" has lasted as many days as the procedure is ago."""
    return [
        replace(item, duration_hours=day * 24.0) if item.new and item.duration_hours is None and day else item
        for item in items
    ]


def _steroid(reading: Reading) -> bool | None:
    """True when the message says that a steroid was given; a question or a denial says nothing."""
    items = reading.words.items
    for cue in reading.cue("steroid"):
        low, _ = reading.words.clause_bounds(cue.start)
        texts = {word.text for word in items[low : cue.start]}
        if (
            texts & {"not", "no", "if", "did", "do", "does", "was", "without"}
            and items[cue.start].sentence in reading.words.questions
        ):
            continue
        if texts & {"not", "no", "if", "without"}:
            continue
        return True
    return None
