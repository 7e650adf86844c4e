"""Which mentions are denied.

A denial reaches what it governs and the list that follows, no further: when in doubt a symptom counts as
reported. The scopes are short on purpose; off-the-shelf ConText scopes took "can't keep anything down" and "Tylenol
isn't touching this headache" for denials.
"""

from __future__ import annotations

from bot.clinical.mentions import Reading
from bot.clinical.text.words import CLAUSE, COMMA, LINE, SENTENCE

#: Words between a denial and the first symptom it denies.
_FIRST_REACH = 7
#: Words of a list item that is no symptom we know ("no weight gain, headaches").
_ITEM_REACH = 3
_CONNECTORS = frozenset(("and", "or", "nor", "any", "no", "not"))
#: A symptom before one of these begins a statement of its own: "no fever, headache is terrible".
_FINITE = frozenset("is are was has have keeps hurts started starts been feels comes came won will got gets".split())
_VERBS = frozenset(("be", "feel", "keep", "go", "look"))
_BARE = frozenset(("no", "without", "zero", "minus", "nope"))
_LONE = frozenset(("no", "nope", "none", "nah", "nada", "negative", "never", "zero", "nil", "naw", "not"))


def denied(reading: Reading) -> tuple[set[int], set[int]]:
    """Indexes of the mentions that are denied, and of those that are "no longer" there."""
    negated: set[int] = set()
    over: set[int] = set()
    starts = _starts(reading)
    covered = _covered(reading)
    no_longer = {match.start for match in reading.cue("no_longer")}
    for cue in reading.cue("deny"):
        if (
            _closes_item(reading, cue.start)
            or covered[cue.start]
            or any(item.start < cue.start < item.end for item in reading.mentions)
        ):
            continue
        reached = _forward(reading, cue.start, cue.end, starts)
        negated |= reached
        if cue.start in no_longer:
            over |= reached
    for cue in reading.cue("no_longer"):
        over |= _forward(reading, cue.start, cue.end, starts)
    return negated | _backward(reading, starts), over


def _closes_item(reading: Reading, position: int) -> bool:
    """ "fever no chills yes": the answer follows each symptom."""
    items = reading.words.items
    if items[position].text not in _LONE or items[position].brk or not any(m.end == position for m in reading.mentions):
        return False
    ends = [mention.end for mention in reading.mentions if mention.start == position + 1]
    return any(end < len(items) and items[end].text in ("yes", "yeah", "yep", "no", "none") for end in ends)


def _starts(reading: Reading) -> dict[int, set[int]]:
    """Word index → mentions that begin there."""
    starts: dict[int, set[int]] = {}
    for index, mention in enumerate(reading.mentions):
        starts.setdefault(mention.start, set()).add(index)
    return starts


def _covered(reading: Reading) -> list[bool]:
    """Words that look like a denial and are none ("not only", "won't stop"), or belong to a symptom ("can't feel")."""
    flags = [False] * len(reading.words)
    for match in reading.cue("not_denial"):
        for index in range(match.start, match.end):
            flags[index] = True
    for mention in reading.mentions:
        if mention.end - mention.start > 1 and mention.concept.id.count(".") and mention.head == mention.end - 1:
            for index in range(mention.start, mention.end):
                flags[index] = True
    return flags


def _forward(reading: Reading, start: int, end: int, starts: dict[int, set[int]]) -> set[int]:
    """The mentions that a denial before them reaches."""
    items = reading.words.items
    # "no" governs nouns; "not", "never", "no longer" also verbs ("no longer have").
    bare = items[start].text in _BARE and end == start + 1
    result: set[int] = set()
    position, skipped, unknown = end, 0, 0
    while position < len(items):
        word = items[position]
        if word.brk >= LINE or (word.brk == COMMA and position == end):
            break
        if result and position in starts and word.text not in _CONNECTORS and reading.begins("stop", position):
            break
        if position in starts:
            group = starts[position]
            finish = max(reading.mentions[index].end for index in group)
            if result and finish < len(items) and items[finish].text in _FINITE and items[finish].brk == 0:
                break
            if bare and any(item.lemma in _VERBS for item in items[position : finish - 1]):
                # "no my leg is numb": a sentence of its own.
                break
            result |= group
            # Mentions inside this one ("numbness in my leg or foot") share its fate.
            result |= {
                index for index, item in enumerate(reading.mentions) if position <= item.start and item.end <= finish
            }
            position, skipped, unknown = finish, 0, 0
            continue
        if result and reading.class_at(position, "<back>", "<leg>", "<foot>", "<arm>", "<neck>", "<head>"):
            position += 1
            continue
        if not _passes(reading, position, bare, bool(result)):
            listed = bare or items[start].lemma.startswith(("den", "not", "never"))
            unknown += 1
            if (
                not listed
                or unknown > _ITEM_REACH
                or reading.begins("lack", position)
                or reading.begins("stop", position)
            ):
                break
            if not result and not (bare or items[start].lemma.startswith("den")):
                break
        elif not result:
            skipped += 1
            if skipped > _FIRST_REACH:
                break
        elif word.brk == COMMA or word.text in _CONNECTORS:
            unknown = 0
        position += 1
    return result


def _passes(reading: Reading, position: int, bare: bool, listing: bool) -> bool:
    """True for words that may stand between a denial and a symptom."""
    text = reading.words.items[position].text
    if text in _CONNECTORS:
        return True
    if listing and reading.begins("stop", position):
        return False
    if reading.begins("filler", position):
        return True
    return not bare and not listing and reading.begins("filler_verb", position)


def _backward(reading: Reading, starts: dict[int, set[int]]) -> set[int]:
    """ "Fever? no", "chills: none", "nausea denied"."""
    items = reading.words.items
    result: set[int] = set()
    for cue in reading.cue("deny_after"):
        result |= {
            index
            for index, mention in enumerate(reading.mentions)
            if mention.end <= cue.start <= mention.end + 2
            and not reading.words.crosses(mention.start, cue.start, CLAUSE)
        }
    for position, word in enumerate(items):
        if word.text not in _LONE or position == 0:
            continue
        following = items[position + 1] if position + 1 < len(items) else None
        if following is not None and following.brk == 0 and following.text not in ("but", "just", "though", "at"):
            if not _closes_item(reading, position):
                continue
            following = None
        if word.brk == SENTENCE:
            if items[position - 1].sentence in reading.words.questions:
                low, high = reading.words.sentence_bounds(position - 1)
                if high - low <= 8:
                    result |= {i for i, item in enumerate(reading.mentions) if low <= item.start and item.end <= high}
            continue
        result |= {
            index
            for index, item in enumerate(reading.mentions)
            if item.end == position and (word.brk != COMMA or following is None or following.brk >= LINE)
        }
    return result
