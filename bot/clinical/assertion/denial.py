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
_LIST = frozenset(("and", "or", "any", "a", "the"))
#: Words that may follow a statement at its end ("never came at all").
_CLOSERS = frozenset("at so yet though tho however thankfully luckily either and but anymore thank which for".split())
#: Words of a question that a lone "no" may answer as a whole.
_QUESTION_LENGTH = 8
_VERBS = frozenset(("be", "feel", "keep", "go", "look"))
_BARE = frozenset(("no", "without", "zero", "minus", "nope"))
_REACHING = frozenset("go shoot radiate travel run spread move come extend reach in into down to".split())
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
            or covered[cue.start] >= cue.end - cue.start
            or any(item.start < cue.start < item.end and not item.joined for item in reading.mentions)
        ):
            continue
        negated |= _parted(reading, cue.start)
        reached = _forward(reading, cue.start, cue.end, starts)
        negated |= reached
        if cue.start in no_longer:
            over |= reached
    for cue in reading.cue("no_longer"):
        over |= _forward(reading, cue.start, cue.end, starts)
    return negated | _backward(reading, covered), over


def _closes_item(reading: Reading, position: int) -> bool:
    """ "fever no chills yes": the answer follows each symptom."""
    items = reading.words.items
    if items[position].text not in _LONE or items[position].brk or not any(m.end == position for m in reading.mentions):
        return False
    ends = [mention.end for mention in reading.mentions if mention.start == position + 1]
    return any(end < len(items) and items[end].text in ("yes", "yeah", "yep", "no", "none") for end in ends)


def _starts(reading: Reading) -> dict[int, set[int]]:
    """Word index → mentions that begin there, or have their sensation there ("my legs don't tingle")."""
    starts: dict[int, set[int]] = {}
    for index, mention in enumerate(reading.mentions):
        starts.setdefault(mention.start, set()).add(index)
        if mention.joined:
            starts.setdefault(mention.head, set()).add(index)
    return starts


def _parted(reading: Reading, position: int) -> set[int]:
    """The pains that a denial keeps from a body part: "the pain doesn't go down my leg", "not in my leg"."""
    following = reading.words.items[position + 1 : position + 3]
    if not any(word.lemma in _REACHING for word in following):
        return set()
    return {index for index, item in enumerate(reading.mentions) if item.joined and item.head < position < item.end - 1}


def _covered(reading: Reading) -> list[int]:
    """For each word the length of the longest phrase around it that looks like a denial and is none.

    "Not only", "won't stop", or a symptom in itself ("can't feel").
    """
    lengths = [0] * len(reading.words)
    own = [
        (item.head if item.joined else item.start, item.end)
        for item in reading.mentions
        # Between a sensation and the body part behind it a denial counts.
        if not item.joined or item.head > item.start
    ]
    for start, end in [
        *((match.start, match.end) for match in reading.cue("not_denial")),
        *((start, end) for start, end in own if end - start > 1),
    ]:
        for index in range(start, end):
            lengths[index] = max(lengths[index], end - start)
    return lengths


def _forward(reading: Reading, start: int, end: int, starts: dict[int, set[int]]) -> set[int]:
    """The mentions that a denial before them reaches."""
    items = reading.words.items
    # "no" governs nouns; "not", "never", "no longer" also verbs ("no longer have").
    bare = items[start].text in _BARE and end == start + 1
    result: set[int] = set()
    position, skipped, unknown = end, 0, 0
    while position < len(items):
        word = items[position]
        if (word.brk >= LINE and (result or not _heads_list(reading, position))) or (
            word.brk == COMMA and position == end
        ):
            break
        if result and position in starts and word.text not in _CONNECTORS and reading.begins("stop", position):
            break
        if position in starts:
            group = starts[position]
            finish = max(reading.mentions[index].end for index in group)
            if result and finish < len(items) and items[finish].text in _FINITE and items[finish].brk == 0:
                break
            heads = max(reading.mentions[index].head for index in group)
            if bare and any(item.lemma in _VERBS for item in items[position:heads]):
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
            listed = bare or items[start].lemma.startswith(("den", "not", "never", "none"))
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


def _heads_list(reading: Reading, position: int) -> bool:
    """ "None of the following: fever, chills"."""
    items = reading.words.items
    return ":" in reading.words.flat[items[position - 1].end : items[position].start]


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


def _backward(reading: Reading, covered: list[int]) -> set[int]:
    """ "Fever? no", "chills: none", "nausea denied", "the headache never came"."""
    items, mentions = reading.words.items, reading.mentions
    result: set[int] = set()
    for cue in reading.cue("deny_after"):
        if max(covered[cue.start : cue.end]) >= cue.end - cue.start:
            continue
        result |= {
            index
            for index, mention in enumerate(mentions)
            if mention.end <= cue.start <= mention.end + 2
            and not reading.words.crosses(mention.start, cue.start, CLAUSE)
        }
    for cue in reading.cue("deny_back"):
        if covered[cue.start] <= cue.end - cue.start and _rests(reading, cue.end):
            result |= _named_before(reading, cue.start)
    for cue in reading.cue("no"):
        # "Fever? Not that I know of."
        if cue.end - cue.start > 1 and items[cue.start].brk == SENTENCE and cue.start:
            result |= _asked_before(reading, cue.start)
    for position, word in enumerate(items):
        if word.text not in _LONE or position == 0:
            continue
        following = items[position + 1] if position + 1 < len(items) else None
        if following is not None and following.brk == 0 and following.text not in ("but", "just", "though", "at"):
            again = following.text in ("to", "and") and position + 2 < len(items)
            if not _closes_item(reading, position) and not (
                again and items[position + 2].text in (*_LONE, "all", "both", "everything")
            ):
                continue
            following = None
        if word.brk == SENTENCE:
            result |= _asked_before(reading, position)
            continue
        direct = {
            index
            for index, item in enumerate(mentions)
            if item.end == position and (word.brk != COMMA or following is None or following.brk >= LINE)
        }
        if direct and (word.brk >= LINE or word.text == "none"):
            direct |= _listed(reading, position)
        result |= direct
    return result


def _rests(reading: Reading, end: int) -> bool:
    """The words before ``end`` close their statement: "never came back" and "I don't have one good leg" go on."""
    items = reading.words.items
    return end >= len(items) or items[end].brk > 0 or items[end].text in _CLOSERS


def _asked_before(reading: Reading, position: int) -> set[int]:
    """The mentions of a short question right before this word."""
    if reading.words.items[position - 1].sentence not in reading.words.questions:
        return set()
    low, high = reading.words.sentence_bounds(position - 1)
    if high - low > _QUESTION_LENGTH:
        return set()
    return {i for i, item in enumerate(reading.mentions) if low <= item.start and item.end <= high}


def _named_before(reading: Reading, position: int) -> set[int]:
    """The last mention before this word in its sentence, or the one before, and what is listed with it."""
    items = reading.words.items
    before = [item for item in reading.mentions if item.end <= position]
    if not before or items[position].sentence - items[before[-1].start].sentence > 1:
        return set()
    last = before[-1].end
    if any(word.text in ("now", "still") for word in items[last:position]):
        return set()
    return _listed(reading, last)


def _listed(reading: Reading, position: int) -> set[int]:
    """The mention that ends at this word and those listed before it."""
    items = reading.words.items
    result: set[int] = set()
    start = position
    for index in range(len(reading.mentions) - 1, -1, -1):
        mention = reading.mentions[index]
        if mention.end > position:
            continue
        between = items[mention.end : start]
        if len(between) > 2 or any(word.text not in _LIST for word in between):
            break
        if result and any(word.brk >= CLAUSE for word in items[mention.end : start + 1]):
            break
        result.add(index)
        start = min(start, mention.start)
    return result
