"""Denials that stand behind what they deny: "Fever? no", "chills: none", "the headache never came"."""

from __future__ import annotations

from bot.clinical.mentions import Reading
from bot.clinical.text.words import CLAUSE, COMMA, LINE, SENTENCE

_LONE = frozenset(
    ("no", "nope", "none", "nah", "nada", "negative", "never", "zero", "nil", "naw", "not", "neither", "neg")
)
_LIST = frozenset(("and", "or", "any", "a", "the"))
#: Words that may follow a statement at its end ("never came at all").
_CLOSERS = frozenset("at so yet though tho however thankfully luckily either and but anymore thank which for".split())
#: Words of a question that a lone "no" may answer as a whole.
_QUESTION_LENGTH = 8


def closes_item(reading: Reading, position: int) -> bool:
    """ "fever no chills yes": the answer follows each symptom."""
    items = reading.words.items
    if items[position].text not in _LONE or items[position].brk or not any(m.end == position for m in reading.mentions):
        return False
    ends = [mention.end for mention in reading.mentions if mention.start == position + 1]
    return any(end < len(items) and items[end].text in ("yes", "yeah", "yep", "no", "none") for end in ends)


def denied_before(reading: Reading, covered: list[int]) -> set[int]:
    """ "Fever? no", "chills: none", "nausea denied", "the headache never came"."""
    items, mentions = reading.words.items, reading.mentions
    result: set[int] = set()
    for cue in reading.cue("deny_after"):
        if max(covered[cue.start : cue.end]) >= cue.end - cue.start or _opens(reading, cue.start):
            continue
        if items[cue.start].text in _LONE and not _rests(reading, cue.end):
            # "Nausea, zero appetite": it counts what follows.
            continue
        near = {
            index
            for index, mention in enumerate(mentions)
            if (
                mention.end <= cue.start <= mention.end + 2
                or (mention.joined and mention.head < cue.start < mention.end)
            )
            and not reading.words.crosses(mention.start, cue.start, CLAUSE)
        }
        result |= near
        for index in near:
            result |= _joined(reading, index)
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
            if not closes_item(reading, position) and not (
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


def _opens(reading: Reading, position: int) -> bool:
    """ "Fever, negative for chills": the denial speaks of what follows it."""
    items = reading.words.items
    return items[position].brk >= COMMA and any(
        cue.start == position
        and cue.end < len(items)
        and items[cue.end].brk == 0
        and (reading.begins("filler", cue.end) or any(item.start == cue.end for item in reading.mentions))
        for cue in reading.cue("deny")
    )


def _joined(reading: Reading, last: int) -> set[int]:
    """The mentions that an "and" or "or" joins with this one: "fever and chills absent"."""
    items, mentions = reading.words.items, reading.mentions
    result: set[int] = set()
    for index in range(last - 1, -1, -1):
        between = items[mentions[index].end : mentions[last].start]
        texts = [word.text for word in between]
        if not texts or any(text not in _LIST for text in texts) or not {"and", "or"} & set(texts):
            break
        result.add(index)
        last = index
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
