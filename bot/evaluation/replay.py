"""Labelled messages go through the clinical screen; each comes back with what is right and wrong about the result."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TextIO, TypeVar

from bot.evaluation.label_keys import Expected, Verdict, expected, flagged_keys, floor, found_keys, verdict
from bot.evaluation.labels import Label
from bot.screen import Screen, ScreenResult
from bot.triage.model import Disposition

T = TypeVar("T")


@dataclass(frozen=True)
class Case:
    """One label and what the screen made of its message."""

    label: Label
    result: ScreenResult

    @property
    def given(self) -> Disposition:
        return self.result.decision.disposition

    @cached_property
    def expected(self) -> Expected:
        return expected(self.label)

    @cached_property
    def found(self) -> frozenset[str]:
        """Label keys that the screen reports as present."""
        return found_keys(self.result, self.label)

    @cached_property
    def missed(self) -> frozenset[str]:
        """Present by the label, not found."""
        return self.label.present - self.found

    @cached_property
    def false_flags(self) -> frozenset[str]:
        """Not there by the label, reported as present."""
        return self.label.named_only & flagged_keys(self.result, self.label)

    @property
    def alarm(self) -> bool:
        """Called urgent or worse."""
        return self.given.at_least(Disposition.URGENT)

    def under_for(self, key: str) -> bool:
        """Given less than this key must be given."""
        return not self.given.at_least(floor(key, self.label))

    @property
    def verdict(self) -> Verdict:
        return verdict(self.expected, self.given)

    @property
    def under(self) -> bool:
        return self.verdict is Verdict.UNDER

    @property
    def over(self) -> bool:
        return self.verdict is Verdict.OVER

    @property
    def emergency_missed(self) -> bool:
        """The label names an emergency and the screen does not call it one."""
        return self.expected is Expected.EMERGENCY and self.given is not Disposition.EMERGENCY

    @property
    def needless_emergency(self) -> bool:
        """Sent to 911 although the label names no emergency."""
        allowed = "emergency" in self.label.present | self.label.unsure | self.label.optional
        return self.given is Disposition.EMERGENCY and not allowed

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong, worst first, in words."""
        found = [
            *(["under-triage"] if self.under else []),
            *(["over-triage"] if self.over else []),
            *(["not called emergency"] if self.emergency_missed and not self.under else []),
            *(["911 without an emergency"] if self.needless_emergency else []),
            *(f"{key} not found" for key in sorted(self.missed)),
            *(f"{key} flagged" for key in sorted(self.false_flags)),
        ]
        return tuple(found)


def replay(labels: list[Label], screen: Screen, progress: Progress | None = None) -> list[Case]:
    """Each message by itself; a reply goes with the question before it."""
    return [Case(label, _run(label, screen)) for label in (progress or Progress(quiet=True)).over(labels)]


def _run(label: Label, screen: Screen) -> ScreenResult:
    question = screen.reader.question_from_text(label.prev) if label.prev else None
    return screen.run(label.text, question)


class Progress:
    """Says how far it is, once it has taken two seconds: one line that rewrites itself, or a line every ten seconds
    where the output is no terminal."""

    def __init__(
        self, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic, quiet: bool = False
    ) -> None:
        self._stream = stream or sys.stderr
        self._clock = clock
        self._quiet = quiet

    def over(self, items: list[T], what: str = "messages") -> Iterable[T]:
        return iter(items) if self._quiet else self._counted(items, what)

    def _counted(self, items: list[T], what: str) -> Iterator[T]:
        terminal = self._stream.isatty()
        due = self._clock() + 2
        shown = False
        for done, item in enumerate(items):
            if self._clock() >= due:
                due = self._clock() + (0.5 if terminal else 10)
                shown = True
                self._show(f"{done:,} of {len(items):,} {what}", terminal)
            yield item
        if shown and terminal:
            self._show(f"{len(items):,} of {len(items):,} {what}\n", terminal)

    def _show(self, text: str, terminal: bool) -> None:
        self._stream.write(f"\r{text}" if terminal else f"{text}\n")
        self._stream.flush()
