"""What is over: gone since the procedure (resolved), or long past (historical)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from bot.clinical.measure.duration import Duration
from bot.clinical.mentions import Reading
from bot.clinical.text.lemma import lemma
from bot.clinical.text.words import CLAUSE, COMMA, NO_BREAK, SENTENCE, Word

#: What is gone for longer than this, or took longer to go, is history.
_RECENT_HOURS = 72.0
#: "weaker than before the test" compares, it does not date.
_COMPARING = frozenset(("than", "as", "since"))
_YEAR = re.compile(r"^(?:19|20)\d\d$")
#: "Back to normal", "back at work": nothing has come back.
_PLACES = frozenset("to at home in from on work pain ache hurts is and".split())
_UNREAL = frozenset("not never no none nothing if unless until case should would could might will feeling".split())
#: The feeling that comes back ends a numbness.
_SENSES = frozenset((lemma("feeling"), "sensation", "strength", "i", "we"))
_STILL = frozenset("now still since start started began begun been keep keeps today currently again".split())


def resolved(reading: Reading) -> set[int]:
    """Mentions that a text says are gone."""
    result: set[int] = set()
    for cue in reading.cue("resolved"):
        if _is_denied(reading, cue.start, cue.end) or _is_back(reading, cue.start):
            continue
        result |= _before(reading, cue.start, cue.end)
    return result


def long_over(reading: Reading, index: int, durations: Sequence[Duration]) -> bool:
    """Gone, and after more than three days ("stopped after a few weeks"): history, no news."""
    mention = reading.mentions[index]
    low, high = reading.words.sentence_bounds(mention.start)
    recent = any(low <= cue.start < high for cue in reading.cue("recent"))
    now = any(word.text in ("now", "today") for word in reading.words.items[low:high])
    return not recent and not now and any(low <= item.start < high and item.hours > _RECENT_HOURS for item in durations)


def _is_denied(reading: Reading, start: int, end: int) -> bool:
    """ "not gone yet", "hasn't stopped", "once it's gone", "hope it is over now"."""
    items = reading.words.items
    low, _ = reading.words.clause_bounds(start)
    texts = [word.text for word in items[max(low, start - 4) : start]]
    if any(
        text in ("not", "never", "until", "once", "hope", "hoping", "if", "when", "will", "should", "hasnt")
        for text in texts
    ):
        return items[start].text != "not" or "never" in texts
    return any(
        match.start <= start < match.end and match.end - match.start >= end - start
        for match in (*reading.cue("persistent"), *reading.cue("not_better"))
    )


def _is_back(reading: Reading, position: int) -> bool:
    """What was gone is there again: "then up again", "now it's back"; not "back at work" or "if it comes back"."""
    items = reading.words.items
    for cue in reading.cue("recurs"):
        if abs(items[cue.start].sentence - items[position].sentence) > 1:
            continue
        following = items[cue.end].text if cue.end < len(items) and items[cue.end].brk == NO_BREAK else ""
        before = {word.text for word in items[max(0, cue.start - 4) : cue.start]}
        if following not in _PLACES and not before & _UNREAL and items[cue.start - 1].lemma not in _SENSES:
            return True
    return False


def _before(reading: Reading, start: int, end: int) -> set[int]:
    """The mention, or list of mentions, that a cue at this place speaks of."""
    items, mentions = reading.words.items, reading.mentions
    low, high = reading.words.clause_bounds(start)
    inside = [index for index, item in enumerate(mentions) if item.start <= start < item.end]
    if inside:
        # "my fever broke": the cue begins with the symptom and says more; a cue within the symptom's words does not.
        return {index for index in inside if mentions[index].end < end}
    texts = [word.text for word in items[low:start]]
    if "but" in texts:
        low += len(texts) - texts[::-1].index("but")
    earlier = [index for index, item in enumerate(mentions) if low <= item.start and item.end <= start]
    if not earlier:
        following = [index for index, item in enumerate(mentions) if end <= item.start <= end + 2 and item.end <= high]
        if following and _ahead_of(items[start:end]):
            return set(following)
        earlier = [index for index, item in enumerate(mentions) if item.end <= start]
        if not earlier:
            return set()
        if "all" in texts or "both" in texts or "they" in texts or "these" in texts or items[start].brk == CLAUSE:
            sentence = items[mentions[earlier[-1]].start].sentence
            return {index for index in earlier if items[mentions[index].start].sentence == sentence}
    return _list_back(reading, earlier, start)


def _ahead_of(cue: Sequence[Word]) -> bool:
    """ "used to vomit", "no more chills", "I'm over the nausea": the cue stands before the symptom."""
    return cue[0].text in ("used", "no") or "over" in {word.text for word in cue[:2]}


def _list_back(reading: Reading, earlier: list[int], stop: int) -> set[int]:
    """The last mention before ``stop`` and those it is listed with."""
    items, mentions = reading.words.items, reading.mentions
    result = {earlier[-1]}
    joined = False
    for this, previous in pairwise(reversed(earlier)):
        between = items[mentions[previous].end : mentions[this].start]
        texts = {word.text for word in between}
        breaks = [word.brk for word in items[mentions[previous].end : mentions[this].start + 1]]
        if len(between) > 3 or any(brk >= CLAUSE for brk in breaks) or texts & {"is", "i", "my", "it", "but", "now"}:
            break
        joined = joined or bool(texts & {"and", "or"})
        if (not joined and COMMA in breaks) or (not texts and breaks[:1] == [NO_BREAK]):
            break
        result.add(previous)
    return result


def _compares(reading: Reading, position: int) -> bool:
    """ "than before the test", "worse than it did before the test"."""
    items = reading.words.items
    before = [word.text for word in items[max(0, position - 4) : position]]
    return ("than" in before and items[position].text in ("before", "prior")) or bool(_COMPARING & set(before[-1:]))


def historical(reading: Reading, index: int) -> tuple[bool, bool]:
    """(long past, recent) as far as words of time beside the mention say so."""
    mention = reading.mentions[index]
    items = reading.words.items
    low, high = reading.words.clause_bounds(mention.start)
    for position in range(mention.start, low, -1):
        if items[position].text in ("but", "now", "then") or items[position].brk >= SENTENCE:
            low = position
            break
    for position in range(mention.end, high):
        if items[position].text in ("but", "now", "then") or (
            items[position].text == "and" and position + 1 < high and items[position + 1].text in ("i", "my", "now")
        ):
            high = position
            break
    recent = reading.has("recent", low, high)
    texts = {word.text for word in items[low:high]}
    past = any(
        low <= match.start
        and match.end <= high
        # "The worst headache I ever had", "eyes rolled back in his head": words of the symptom itself date nothing.
        and not (match.start < mention.end and mention.start < match.end)
        and not _compares(reading, match.start)
        for match in reading.cue("history")
    )
    if not past and not any(_YEAR.match(word.text) for word in items[low:high]):
        return False, recent
    if texts & _STILL or ({"for", "the"} <= texts and "past" in texts):
        return False, recent
    return True, recent
