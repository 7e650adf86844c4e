"""``aftercare check``: loads every part of the content by itself, checks it, and says what was checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from bot.clinic import ClinicError, ClinicProfile
from bot.clinical import LexiconError
from bot.clinical.lexicon.concepts import Lexicon
from bot.content.filled import longest_facts
from bot.content.names import name_problems, never_said, protocol_names
from bot.content.problem import Notice, Problem
from bot.content.responses import longest_sms, response_problems
from bot.content.review import unreviewed
from bot.texting.alphabet import LONGEST
from bot.triage.protocol import Protocol, ProtocolError
from bot.wording import ANSWER, Wording, WordingError

T = TypeVar("T")


@dataclass
class Report:
    """What was checked, and what was found."""

    checked: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)


def lint(code: Path, clinic_file: Path, now: datetime) -> Report:
    """Checks the content.

    Args:
        code: the repository: its data/, and the programs that name responses.
        clinic_file: the clinic's profile.
        now: lengths are held against the year from here on.
    """
    data = code / "data"
    report = Report()
    clinic = _load(report, lambda: ClinicProfile.load(clinic_file))
    protocol = _load(report, lambda: Protocol.load(data / "protocols" / "discogram.yml"))
    lexicon = _load(report, lambda: Lexicon.load(data / "lexicon"))
    wording = _load(report, lambda: Wording.load(data / "responses"))
    advised = {name for _, name in protocol_names(protocol)} if protocol else set()
    if clinic:
        report.checked.append(f"clinic     {clinic.name}, {clinic.office_phone}")
    if protocol:
        rows = f"{len(protocol.criteria)} rows, {len(protocol.questions)} questions"
        report.checked.append(f"protocol   {protocol.procedure} {protocol.version}: {rows}")
    if lexicon:
        report.checked.append(f"lexicon    {len(list((data / 'lexicon').glob('*.yml')))} files")
    if wording:
        report.problems += name_problems(wording, protocol, data, code)
        if unused := never_said(wording, protocol, data, code):
            report.notices.append(
                Notice(f"{len(unused)} of {len(wording.names())} responses never said", tuple(unused))
            )
    if wording and clinic:
        facts = longest_facts(clinic, wording, now)
        report.problems += response_problems(wording, advised, facts, {clinic.office_phone, clinic.after_hours_phone})
        report.checked.append(_responses(wording, longest_sms(wording, facts)))
    report.notices += unreviewed(protocol, data / "lexicon" if lexicon else None, wording, advised)
    return report


def _load(report: Report, load: Callable[[], T]) -> T | None:
    """The part of the content, or None and its problem."""
    try:
        return load()
    except (ClinicError, LexiconError, ProtocolError, WordingError) as error:
        report.problems.append(Problem("", str(error)))
        return None


def _responses(wording: Wording, longest: int) -> str:
    names = wording.names()
    topics = sum(name.startswith(ANSWER) for name in names)
    texts = sum(len(wording.variations(name)) for name in names)
    return f"responses  {len(names)}, {topics} of them topics; {texts} texts, longest SMS {longest} of {LONGEST}"
