"""Where a text speaks of a symptom: whole phrases, and body part + sensation within a clause."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from bot.clinical.lexicon.concepts import FIGURE, Concept, Cue, Lexicon
from bot.clinical.lexicon.patterns import Match
from bot.clinical.text.words import CLAUSE, COMMA, LINE, Words

#: A sensation belongs to a body part at most this far away; see ``_cost``.
_REACH = 9
#: "numbness in my foot": a preposition brings them nearer.
_BONUS = 3
#: Words from the start of a list of body parts to a sensation that may still be its own.
_WIDEST = 30
_TOWARDS = frozenset(
    "in on of down to into from at along around through under inside near over across behind up by between".split()
)
_JOINS = frozenset(("and", "or", "my", "the", "both", "his", "her", "left", "right", "also", "in", "a", "even"))
_ONWARD = frozenset(("down", "into", "through", "to"))
_SUBJECTS = frozenset(("i", "it", "he", "she", "they", "we", "but"))
_AGAIN = frozenset(("it", "they"))
_LIKENING = frozenset(("like", "if", "though"))
#: Words that end the reach of a part: what follows speaks of something else.
_SUBJECT_COST, _COMMA_COST, _BARE_FORWARD_COST = 6, 3, 3


#: "come back", "call me back": takes the word away from the body parts.
_NOT_A_PART = "<not_part>"


#: They say that a part is worse or somehow wrong, which another word of the message may say better.
_VAGUE = ("<worsening>", "<amiss>")
#: A complaint's own pain stands at most this far behind it; these words make it one more complaint.
_OWN = 4
_BESIDE = frozenset("and with plus but or also then in my i a some".split())

#: Mentions of one concept beyond this many say nothing new.
_MOST = 12


class Mention(NamedTuple):
    """One place that names a concept: the words ``start`` to ``end`` (exclusive)."""

    start: int
    end: int
    concept: Concept
    #: Index of the word that carries the symptom itself (the sensation of a composition).
    head: int
    #: Joined of a body part and a sensation: what stands between the two is not part of the symptom.
    joined: bool = False


@dataclass(frozen=True)
class Reading:
    """All that the lexicon finds in a text."""

    words: Words
    mentions: list[Mention]
    cues: dict[str, list[Match]]
    classes: list[list[tuple[int, str]]]
    starts: dict[str, frozenset[int]] = field(default_factory=dict)

    def cue(self, kind: str) -> list[Match]:
        return self.cues.get(kind, [])

    def begins(self, kind: str, position: int) -> bool:
        """True if a cue of this kind starts at this word."""
        return position in self.starts.get(kind, ())

    def has(self, kind: str, start: int, end: int) -> bool:
        """True if a cue of this kind lies within the words ``start`` to ``end`` (exclusive)."""
        return any(start <= match.start and match.end <= end for match in self.cue(kind))

    def class_at(self, index: int, *names: str) -> bool:
        return any(name in names for _, name in self.classes[index])


def find(words: Words, lexicon: Lexicon) -> Reading:
    """Mentions and cues of a text, in order."""
    classes = lexicon.classes.find(words)
    phrases: list[Match] = []
    figures: list[Match] = []
    cues: dict[str, list[Match]] = {}
    for match in lexicon.phrases.find(words, classes):
        if match.payload is FIGURE:
            figures.append(match)
        elif isinstance(match.payload, Cue):
            cues.setdefault(match.payload.kind, []).append(match)
        else:
            phrases.append(match)
    taken = [False] * len(words)
    mentions: list[Mention] = []
    # The longest phrase wins; shorter ones inside it say nothing more. A figure of speech outranks its equals.
    phrases = sorted(
        [*figures, *phrases], key=lambda item: (item.start - item.end, item.payload is not FIGURE, item.start)
    )
    mentions += _claim([match for match in phrases if match.payload is FIGURE or not match.payload.fallback], taken)
    composed = _compose(words, lexicon, classes, taken, mentions)
    for mention in composed:
        taken[mention.head] = True
    mentions += composed
    mentions += _claim([match for match in phrases if match.payload is not FIGURE and match.payload.fallback], taken)
    mentions.sort(key=lambda item: (item.start, item.end))
    starts = {kind: frozenset(match.start for match in found) for kind, found in cues.items()}
    return Reading(words, _distinct(mentions), cues, classes, starts)


def _claim(phrases: Sequence[Match], taken: list[bool]) -> list[Mention]:
    """The phrases whose first or last word no longer one has taken."""
    result = []
    for match in phrases:
        inside = taken[match.start : match.end]
        if (match.payload is not FIGURE and (inside[0] or inside[-1])) or sum(inside) * 2 > len(inside):
            continue
        for index in range(match.start, match.end):
            taken[index] = True
        if match.payload is not FIGURE:
            result.append(Mention(match.start, match.end, match.payload, match.end - 1))
    return result


def _distinct(mentions: list[Mention]) -> list[Mention]:
    """One mention per concept and overlap, and no more of one concept than any patient writes."""
    result: list[Mention] = []
    ends: dict[str, int] = {}
    counts: dict[str, int] = {}
    for mention in mentions:
        name = mention.concept.id
        if mention.start < ends.get(name, 0) or counts.get(name, 0) >= _MOST:
            continue
        ends[name] = mention.end
        counts[name] = counts.get(name, 0) + 1
        result.append(mention)
    return result


class _Span(NamedTuple):
    start: int
    end: int
    name: str


def _compose(
    words: Words,
    lexicon: Lexicon,
    classes: list[list[tuple[int, str]]],
    taken: list[bool],
    named: Sequence[Mention],
) -> list[Mention]:
    senses = _spans(classes, lexicon.senses, taken)
    if not senses:
        return []
    parts = _spans(classes, lexicon.parts | {_NOT_A_PART}, [False] * len(words))
    groups = _groups(words, [part for part in parts if part.name != _NOT_A_PART])
    starts = [group[0].start for group in groups]
    ends = {item.end: item for item in named}
    spoken = {item.concept.symptom for item in named}
    result: list[Mention] = []
    vague: list[Mention] = []
    for sense in senses:
        # Groups stand in order: only those around the sensation can be near enough.
        low = bisect_left(starts, sense.start - _WIDEST)
        high = bisect_right(starts, sense.end + _WIDEST)
        best = min(((_cost(words, sense, groups[order]), order) for order in range(low, high)), default=(_REACH + 1, 0))
        if best[0] > _REACH:
            concept = lexicon.compositions.get(("<nowhere>", sense.name))
            if concept is not None and not _is_own_pain(words, ends, sense):
                result.append(Mention(sense.start, sense.end, concept, sense.start))
            continue
        for part in [part for group in _onward(words, groups, best[1], sense) for part in group]:
            concept = lexicon.compositions.get((part.name, sense.name))
            if concept is not None and not any(
                item.concept is concept and item.head == sense.start for item in result[-8:]
            ):
                start, end = min(part.start, sense.start), max(part.end, sense.end)
                found = Mention(start, end, concept, sense.start, joined=True)
                (vague if sense.name in _VAGUE else result).append(found)
    spoken |= {item.concept.symptom for item in result}
    return result + [item for item in vague if item.concept.symptom not in spoken]


def _is_own_pain(words: Words, ends: Mapping[int, Mention], sense: _Span) -> bool:
    """ "My heartburn is killing me": the pain is the complaint's own, not one more."""
    for end in range(sense.start, sense.start - _OWN - 1, -1):
        complaint = ends.get(end)
        if complaint is None or complaint.concept.symptom != "other" or complaint.concept.marks:
            continue
        between = {word.text for word in words.items[end : sense.start]}
        return not between & _BESIDE and not words.crosses(complaint.start, sense.end, COMMA)
    return False


def _onward(words: Words, groups: list[list[_Span]], first: int, sense: _Span) -> list[list[_Span]]:
    """The group of parts and, for a pain, those that it goes on to: "in my lower back, then down my leg"."""
    result = [groups[first]]
    if sense.name not in ("<pain>", "<shooting>", "<sharp>", "<numb>", "<tingle>"):
        return result
    for group in groups[first + 1 :]:
        between = words.items[result[-1][-1].end : group[0].start]
        texts = {word.text for word in between}
        if (
            len(between) > 6
            or not texts & _ONWARD
            or texts & _SUBJECTS
            or words.crosses(result[-1][-1].start, group[0].end, CLAUSE)
        ):
            break
        result.append(group)
    return result


def _spans(classes: list[list[tuple[int, str]]], names: set[str], taken: list[bool]) -> list[_Span]:
    """Non-overlapping spans of these classes, the longest first at each place."""
    result: list[_Span] = []
    free = 0
    for start, entries in enumerate(classes):
        if start < free or taken[start]:
            continue
        fitting = [(end, name) for end, name in entries if name in names]
        if fitting:
            longest = max(end for end, _ in fitting)
            result += [_Span(start, end, name) for end, name in fitting if end == longest]
            free = longest
    return result


def _groups(words: Words, parts: list[_Span]) -> list[list[_Span]]:
    """Parts that are listed together: "hands and feet", "my back, legs"."""
    groups: list[list[_Span]] = []
    for part in parts:
        if groups:
            last = groups[-1][-1]
            between = words.items[last.end : part.start]
            joined = len(between) <= 3 and all(word.text in _JOINS for word in between)
            listed = any(word.text in ("and", "or") for word in between) or words.items[part.start].brk == COMMA
            listed = listed or not between
            if last.start == part.start or (joined and listed and not words.crosses(last.start, part.end, LINE)):
                groups[-1].append(part)
                continue
        groups.append([part])
    return groups


def _new_subject(words: Words, position: int, part_end: int) -> bool:
    """A subject of its own; not the part itself once more ("my leg, it is numb", "feels like it is dead")."""
    text = words.items[position].text
    if text not in _SUBJECTS:
        return False
    return text not in _AGAIN or (position != part_end and words.items[position - 1].text not in _LIKENING)


def _cost(words: Words, sense: _Span, group: list[_Span]) -> int:
    """How far a sensation lies from a group of parts; grammar makes some ways longer than others."""
    start, end = group[0].start, group[-1].end
    if start <= sense.start < end:
        return 0
    low, high = (end, sense.start) if end <= sense.start else (sense.end, start)
    if high - low > _REACH + _BONUS:
        return _REACH + 1
    items = words.items[low : high + 1] if high < len(words) else words.items[low:high]
    if any(word.brk >= CLAUSE for word in items):
        return _REACH + 1
    cost = high - low
    between = words.items[low:high]
    cost += _COMMA_COST * sum(word.brk == COMMA for word in items)
    if any(_new_subject(words, position, end) for position in range(low, high)):
        cost += _SUBJECT_COST
    forward = start >= sense.end
    if forward and between:
        lists = [word.text for word in between if word.text not in _JOINS]
        if not any(word.text in _TOWARDS for word in between) and lists:
            cost += _BARE_FORWARD_COST
        elif between[0].text in _TOWARDS:
            cost -= _BONUS
        elif any(word.text in _TOWARDS for word in between):
            cost -= 2
    return cost
