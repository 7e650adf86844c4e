"""Which mentions are denied.

A denial reaches what it governs and the list that follows, no further: when in doubt a symptom counts as
reported. The scopes are short on purpose; off-the-shelf ConText scopes took "can't keep anything down" and "Tylenol
isn't touching this headache" for denials.
"""

from __future__ import annotations

import itertools

from bot.clinical.assertion import behind, reversal
from bot.clinical.mentions import Mention, Reading
from bot.clinical.text.words import COMMA, LINE

#: Words between a denial and the first symptom it denies.
_FIRST_REACH = 7
#: Words of a list item that is no symptom we know ("no weight gain, headaches").
_ITEM_REACH = 3
_CONNECTORS = frozenset(("and", "or", "nor", "any", "no", "not"))
#: Before these a list goes on with verbs: "didn't throw up or feel sick".
_ALTERNATIVES = frozenset(("or", "nor"))
#: A symptom before one of these begins a statement of its own: "no fever, headache is terrible".
_FINITE = frozenset("is are was has have keeps hurts started starts been feels comes came won will got gets".split())
_VERBS = frozenset(("be", "feel", "keep", "go", "look"))
_BARE = frozenset(("no", "without", "zero", "minus", "nope"))
#: Of clinicians' notes: any list may follow, whatever we know of its items.
_FORMAL = frozenset(("free", "negative", "neg", "absence", "nor", "neither"))
_LISTING = frozenset(("not", "never", "none", "yet"))
_TAKEN_BACK = frozenset("but though although yet however except still sometimes anymore keep unless".split())
#: Verbs of clinicians' notes that report: "no trauma, presents with weakness".
_REPORTING = frozenset(
    "presents presented presenting complains complaining complained reports reported endorses endorsed admits admitted "
    "describes described notes states has had is was c/o".split()
)
_DOING = frozenset("can could cannot did unable threw puked vomited wet lost had passed fainted".split())
#: Before the part of a statement: "no fever, my whole leg is numb".
_OWNED = frozenset("my his her the whole entire left right both our".split())
_TRAILING = frozenset(("though", "tho", "instead"))
_REACHING = frozenset("go shoot radiate travel run spread move come extend reach in into down to".split())


def denied(reading: Reading) -> tuple[set[int], set[int], set[int]]:
    """Indexes of the mentions that are denied, of those "no longer" there, and of those denied before and there now."""
    negated: set[int] = set()
    over: set[int] = set()
    starts = _starts(reading)
    covered = _covered(reading)
    no_longer = {match.start for match in reading.cue("no_longer")}
    for cue in reading.cue("deny"):
        if (
            behind.closes_item(reading, cue.start)
            or covered[cue.start] >= cue.end - cue.start
            or any(item.start < cue.start < item.end and not item.joined for item in reading.mentions)
            or reversal.is_none(reading, cue)
        ):
            continue
        negated |= _parted(reading, cue.start)
        reached = _forward(reading, cue.start, cue.end, starts)
        negated |= reached
        if cue.start in no_longer:
            over |= reached
    for cue in reading.cue("no_longer"):
        over |= _forward(reading, cue.start, cue.end, starts)
    again = reversal.overturned(reading)
    return (negated | behind.denied_before(reading, covered)) - again, over - again, again


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
    items = reading.words.items
    following = items[position + 1 : position + 3]
    if not any(word.lemma in _REACHING for word in following):
        return set()
    if items[position].text == "nothing" and items[position - 1].lemma == "feel":
        # "I feel nothing in my foot" is the symptom.
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
    wishes = {item.start for item in reading.mentions if _is_wish(reading, item)}
    for start, end in [
        # "Not want to die": the wish is the symptom.
        *((match.start, match.end) for match in reading.cue("not_denial") if match.end - 1 not in wishes),
        *((start, end) for start, end in own if end - start > 1),
    ]:
        for index in range(start, end):
            lengths[index] = max(lengths[index], end - start)
    return lengths


def _forward(reading: Reading, start: int, end: int, starts: dict[int, set[int]]) -> set[int]:
    """The mentions that a denial before them reaches."""
    items = reading.words.items
    # "no" governs nouns; "not", "never", "no longer" also verbs ("no longer have").
    lone = end == start + 1
    without = items[start].text == "without"
    bare = items[start].text in _BARE and lone
    formal = items[start].lemma.startswith("den") or items[start].text in _FORMAL
    listed = bare or formal or items[start].text in _LISTING
    result: set[int] = set()
    position, skipped, unknown = end, 0, 0
    # "Without my brace my leg ...": what follows an item we do not know without a joint is no item of the list.
    loose = parted = option = False
    while position < len(items):
        word = items[position]
        parted = parted or word.brk == COMMA
        if word.brk == COMMA and word.text in _REPORTING:
            break
        if (word.brk >= LINE and (result or not _heads_list(reading, position))) or (
            word.brk == COMMA and position == end
        ):
            break
        if result and position in starts and word.text not in _CONNECTORS and reading.begins("stop", position):
            break
        if position in starts:
            group = starts[position]
            finish = max(reading.mentions[index].end for index in group)
            if (result or unknown) and not formal and _states_itself(reading, position, finish):
                break
            heads = max(reading.mentions[index].head for index in group)
            # "No redness where the needle went in": the verb is the place's.
            own = itertools.takewhile(lambda item: item.text != "where", items[position:heads])
            verbal = any(item.lemma in _VERBS for item in own)
            if (bare and verbal and (parted or not without)) or (without and loose and not parted):
                # "no my leg is numb": a sentence of its own.
                break
            result |= {index for index in group if not _is_elsewhere(reading, reading.mentions[index])}
            # Mentions inside this one ("numbness in my leg or foot") share its fate.
            shared = {index for index, item in enumerate(reading.mentions) if _shares(reading, item, position, finish)}
            result |= shared
            finish = max([finish, *(reading.mentions[index].end for index in shared)])
            position, skipped, unknown, option = finish, 0, 0, False
            continue
        option = word.text in _ALTERNATIVES or (option and reading.begins("filler_verb", position))
        if result and reading.class_at(position, "<back>", "<leg>", "<foot>", "<arm>", "<neck>", "<head>"):
            position += 1
            continue
        if not option and not _passes(reading, position, bare and not without, bool(result)):
            unknown += 1
            loose = True
            if (
                not listed
                or unknown > _ITEM_REACH
                or (reading.begins("lack", position) and not formal)
                or reading.begins("stop", position)
            ):
                break
            if not result and not (bare or formal):
                break
        elif not result:
            skipped += 1
            if skipped > _FIRST_REACH:
                break
        elif word.brk == COMMA or word.text in _CONNECTORS:
            unknown = 0
        if word.text in _CONNECTORS:
            loose = False
        position += 1
    return result


def _shares(reading: Reading, item: Mention, position: int, finish: int) -> bool:
    """The mention lies within the words of a denied one, and not behind a contrast: "no pain, only numbness in ..."."""
    return (
        position <= item.start < finish
        and (item.end <= finish or not item.joined)
        and not _is_elsewhere(reading, item)
        and not any(reading.begins("contrast", index) for index in range(position, item.start))
    )


def _is_elsewhere(reading: Reading, item: Mention) -> bool:
    """ "No swelling, just redness around the hole": behind the contrast the same is there after all."""
    first = item.head if item.joined else item.start
    # Behind the contrast stand at least the symptom and its place.
    if not any(reading.begins("contrast", index) for index in range(first + 1, item.end - 2)):
        return False
    return not any(first < other.start and other.end <= item.end for other in reading.mentions)


def _is_wish(reading: Reading, item: Mention) -> bool:
    """A wish to die that "not" can deny: nothing that follows takes the denial back."""
    following = reading.words.items[item.end :]
    return item.concept.symptom == "self_harm" and not _TAKEN_BACK & {word.text for word in following}


def _rest(reading: Reading, start: int) -> list[str]:
    """The words from here to the end of the clause."""
    return [word.text for word in reading.words.items[start : reading.words.clause_bounds(max(0, start - 1))[1]]]


def _states_itself(reading: Reading, position: int, finish: int) -> bool:
    """The item of a list is a report: "no fever, headache is terrible", "..., fever 101", "..., chills though"."""
    items = reading.words.items
    if finish < len(items) and items[finish].brk == 0 and items[finish].text in _FINITE:
        return True
    if items[position].brk == 0 and items[position - 1].brk == COMMA and items[position - 1].text in _DOING:
        # "..., did throw up"
        return True
    begin = position - (items[position].brk == 0 and items[position - 1].text in _OWNED)
    if items[begin].brk == 0 and begin > 0 and items[begin - 1].text in _OWNED:
        begin -= 1
    if items[begin].brk != COMMA or items[begin].text in _CONNECTORS:
        return False
    if any(word.text in _FINITE for word in items[position + 1 : finish]):
        # "..., leg is numb"
        return True
    first, rest = items[position].text, _rest(reading, finish)
    if not _ALTERNATIVES & set(rest) and (
        first in _DOING
        or (first.endswith("ing") and finish > position + 1)
        or (begin < position and any(m.start == position and m.joined and m.head > position for m in reading.mentions))
        or (rest[:1] in (["since"], ["twice"]) and rest[1:2] not in (["the"], ["my"], ["then"], ["surgery"]))
    ):
        # "..., can't pee", "..., running a fever", "..., my thigh burns", "..., chills since noon"
        return True
    end = next((index for index in range(finish, len(items)) if items[index].brk >= COMMA), len(items))
    texts = [word.text for word in items[finish:end]]
    if not texts:
        return False
    return texts[0][0].isdigit() or (texts[-1] in _TRAILING and not _ALTERNATIVES & set(texts))


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
