"""What an escalation rests on, shown in the patient's own words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

#: Parts of a text in order, each with True where it is to be highlighted.
Parts = tuple[tuple[str, bool], ...]
#: Characters that a list has room for.
EXCERPT = 160
#: Of those, characters before the first highlight.
BEFORE = 50


def held_messages(findings: Iterable[Mapping[str, Any]]) -> list[int]:
    """Ids of the messages that these come from, oldest first."""
    return sorted({item["message_id"] for item in findings if item.get("message_id") is not None})


def highlight(text: str, findings: Sequence[Mapping[str, Any]]) -> Parts:
    """The text in parts, marked where findings are. Overlapping findings give one mark; an offset that does
    not fit the text gives none."""
    spans = sorted((item.get("start", 0), item.get("end", 0)) for item in findings)
    parts: list[tuple[str, bool]] = []
    done = 0
    for start, end in spans:
        if end <= done or not 0 <= start < end <= len(text):
            continue
        start = max(start, done)
        parts += [(text[done:start], False), (text[start:end], True)]
        done = end
    parts.append((text[done:], False))
    return tuple(part for part in parts if part[0])


def excerpt(text: str, findings: Sequence[Mapping[str, Any]]) -> Parts:
    """The part of the text around its first highlight, as much as a list has room for."""
    starts = [start for item in findings if 0 <= (start := item.get("start", 0)) < item.get("end", 0) <= len(text)]
    begin = max(0, min(starts, default=0) - BEFORE)
    begin = text.find(" ", begin) + 1 if begin else 0
    cut = text[begin : begin + EXCERPT]
    moved = [{"start": item.get("start", 0) - begin, "end": item.get("end", 0) - begin} for item in findings]
    moved = [{"start": item["start"], "end": min(item["end"], len(cut))} for item in moved]
    parts = highlight(cut, moved)
    before = (("… ", False),) if begin else ()
    after = ((" …", False),) if begin + EXCERPT < len(text) else ()
    return (*before, *parts, *after)
