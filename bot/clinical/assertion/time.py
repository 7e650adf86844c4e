"""What is over: gone since the procedure (resolved), or long past (historical)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from bot.clinical.lexicon.patterns import Match
from bot.clinical.measure.duration import Duration
from bot.clinical.mentions import Mention, Reading
from bot.clinical.text.lemma import lemma
from bot.clinical.text.words import CLAUSE, COMMA, NO_BREAK, SENTENCE, Word

#: What is gone for longer than this, or took longer to go, is history.
_RECENT_HOURS = 72.0
#: "weaker than before the test" compares, it does not date.
_COMPARING = frozenset(("than", "as", "since"))
_OWNERS = frozenset("my his her the your lower low upper mid middle a".split())
#: "Past medical history: seizures, migraine" heads a list.
_HEADINGS = frozenset(("history", "pmh", "pmhx"))
_RELATING = frozenset(("than", "as", "what", "that", "which", "like", "how"))
_YEAR = re.compile(r"^(?:19|20)\d\d$")
#: "Back to normal", "back at work": nothing has come back.
_PLACES = frozenset("to at home in from on work pain ache hurts is and".split())
_UNREAL = frozenset("not never no none nothing if unless until case should would could might will feeling".split())
#: The feeling that comes back ends a numbness.
_SENSES = frozenset((lemma("feeling"), "sensation", "strength", "i", "we"))
#: "It's back and worse", but "it's back and neck pain": then a body part follows.
_JOINED = frozenset(("and", "is"))
_PARTS = ("<neck>", "<leg>", "<arm>", "<foot>", "<head>", "<chest>", "<belly>", "<joint>")
#: Said of what is there, right before a symptom ("I have a fever, had one last year too").
_PRESENT = frozenset("have has is are am got want wants".split())
_PRESENT_LEADS = frozenset("i he she we they it there you".split())
_GOING_ON = frozenset("am is are has have still now currently today tonight again been keep keeps 'm 've".split())
#: "Already before the test", "before it too": what was there then is there now.
_ALSO = frozenset(("too", "already"))
_FORWARD = frozenset(("used", "no", "outgrew", "outgrown", "fixed", "cured", "healed"))
_NEW_SUBJECTS = frozenset("since i my now he she we they his her our".split())
_AFTER = frozenset(("after", "since", "following", "from"))
_STILL = frozenset("now still since start started began begun been keep keeps today currently again".split())


def resolved(reading: Reading) -> set[int]:
    """Mentions that a text says are gone."""
    result: set[int] = set()
    for cue in reading.cue("resolved"):
        if _is_denied(reading, cue.start, cue.end) or _is_back(reading, cue.start) or _compares(reading, cue.start):
            continue
        reached = _before(reading, cue.start, cue.end)
        if reading.words.items[cue.start].text == "used":
            reached = {index for index in reached if not _remains(reading, reading.mentions[index])}
        result |= reached
    return result


def long_over(reading: Reading, index: int, durations: Sequence[Duration]) -> bool:
    """Gone, and after more than three days ("stopped after a few weeks"): history, no news."""
    mention = reading.mentions[index]
    low, high = reading.words.sentence_bounds(mention.start)
    recent = any(low <= cue.start < high for cue in reading.cue("recent"))
    if recent:
        return False
    if reading.has("off_medicine", low, high) and not reading.cue("procedure"):
        return True
    now = any(word.text in ("now", "today") for word in reading.words.items[low:high])
    return not now and any(low <= item.start < high and item.hours > _RECENT_HOURS for item in durations)


def _is_denied(reading: Reading, start: int, end: int) -> bool:
    """ "not gone yet", "hasn't stopped", "once it's gone", "hope it is over now"."""
    items = reading.words.items
    if end < len(items) and items[end].text == "up" and items[end - 1].text in ("ended", "stopped"):
        return True
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
        again = following in _JOINED and not (cue.end + 1 < len(items) and reading.class_at(cue.end + 1, *_PARTS))
        if (following not in _PLACES or again) and not before & _UNREAL and items[cue.start - 1].lemma not in _SENSES:
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
        following = [
            index
            for index, item in enumerate(mentions)
            if end <= item.start <= end + 2
            and item.end <= high
            and not any(items[position].text in ("this", "my") for position in range(end + 1, item.start))
        ]
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
    return cue[0].text in _FORWARD or "over" in {word.text for word in cue[:2]}


def _list_back(reading: Reading, earlier: list[int], stop: int) -> set[int]:
    """The last mention before ``stop`` and those it is listed with."""
    items, mentions = reading.words.items, reading.mentions
    result = {earlier[-1]}
    joined = False
    for this, previous in pairwise(reversed(earlier)):
        between = items[mentions[previous].end : mentions[this].start]
        texts = {word.text for word in (*between, items[mentions[this].start])}
        breaks = [word.brk for word in items[mentions[previous].end : mentions[this].start + 1]]
        if len(between) > 3 or any(brk >= CLAUSE for brk in breaks) or texts & {"is", "i", "my", "it", "but", "now"}:
            break
        joined = joined or bool(texts & {"and", "or"})
        if (not joined and COMMA in breaks) or (not texts and breaks[:1] == [NO_BREAK]):
            break
        result.add(previous)
    return result


def _compares(reading: Reading, position: int) -> bool:
    """ "than before the test", "double what it used to be", "was not there before the test"."""
    items = reading.words.items
    if any(cue.start < position < cue.end for cue in reading.cue("new")):
        return True
    if items[position].text == "back" and items[position - 1].text in _OWNERS:
        # "A pain in my back when I sit" dates nothing.
        return position > 0
    if items[position].text == "used":
        return bool(_RELATING & {word.text for word in items[max(0, position - 2) : position]})
    before = [word.text for word in items[max(0, position - 4) : position]]
    return ("than" in before and items[position].text in ("before", "prior")) or bool(_COMPARING & set(before[-1:]))


def historical(reading: Reading, index: int) -> tuple[bool, bool]:
    """(long past, recent) as far as words of time beside the mention say so."""
    mention = reading.mentions[index]
    low, high = _statement(reading, mention)
    recent = reading.has("recent", low, high)
    if _remains(reading, mention) or _is_now(reading, mention):
        return False, recent
    if _dated_after(reading, mention):
        return True, recent
    items = reading.words.items
    dated = [
        match
        for match in reading.cue("history")
        if (low <= match.start or (match.end == low and items[low - 1].text in _HEADINGS))
        and match.end <= high
        # "The worst headache I ever had", "eyes rolled back in his head": words of the symptom itself date nothing.
        and not _within(mention, match.start, match.end)
        and not _compares(reading, match.start)
        and not _dates_procedure(reading, mention, match)
    ]
    texts = {items[position].text for position in range(low, high) if not _in_resolved(reading, position)}
    if texts & _ALSO and any(items[match.start].text in ("before", "prior") for match in dated):
        # "It did that before the test too": old, and there.
        return False, recent
    if not dated and not any(_YEAR.match(word.text) for word in items[low:high]):
        return _of_an_episode(reading, mention, low, high, texts), recent
    if texts & _STILL or ({"for", "the"} <= texts and "past" in texts):
        return False, recent
    return True, recent


def _statement(reading: Reading, mention: Mention) -> tuple[int, int]:
    """The words around a mention that speak of the same time."""
    items = reading.words.items
    low, high = reading.words.clause_bounds(mention.start)
    for position in range(mention.start, low, -1):
        if items[position].text in ("but", "now", "then") or items[position].brk >= SENTENCE:
            low = position
            break
        if items[position].text in ("this", "these") and (
            items[position].brk >= COMMA
            or items[position - 1].text in ("and", "so")
            or items[position + 1].text == "time"
        ):
            # "Used to have migraines, this headache is different"
            low = position
            break
    for position in range(mention.end, high):
        if items[position].text in ("but", "now", "then") or (
            items[position].text == "and" and position + 1 < high and items[position + 1].text in _NEW_SUBJECTS
        ):
            high = position
            break
    return low, high


def _within(mention: Mention, start: int, end: int) -> bool:
    """The words are the symptom's own; "my back used to hurt" has others between part and sensation."""
    if mention.joined and mention.start < start and end <= mention.end - 1 and not start <= mention.head < end:
        return False
    return start < mention.end and mention.start < end


def _in_resolved(reading: Reading, position: int) -> bool:
    return any(match.start <= position < match.end for match in reading.cue("resolved"))


def _remains(reading: Reading, mention: Mention) -> bool:
    """ "... and it never went away", "now it's worse": said behind the mention, in its sentence or the next."""
    items = reading.words.items
    sentence = items[mention.start].sentence
    return any(
        match.start >= mention.end and items[match.start].sentence - sentence <= 1 for match in reading.cue("remains")
    )


def _is_now(reading: Reading, mention: Mention) -> bool:
    """ "I have a fever, had one last year too": a present verb right before it, the date in another part."""
    items = reading.words.items
    low = max(0, mention.start - 3)
    for position in range(mention.start, low, -1):
        if items[position].brk >= COMMA:
            low = position
            break
    verbs = [position for position in range(low, mention.start + 1) if items[position].text in _PRESENT]
    if not verbs or items[verbs[-1] - 1].text not in _PRESENT_LEADS or not verbs[-1]:
        return False
    following = next((p for p in range(mention.end, len(items)) if items[p].brk >= COMMA), len(items))
    return not reading.has("history", low, following)


def _dated_after(reading: Reading, mention: Mention) -> bool:
    """ "I could hardly walk. That was two years ago."."""
    items = reading.words.items
    _, end = reading.words.sentence_bounds(mention.start)
    if end + 1 >= len(items) or items[end].text not in ("that", "this") or items[end + 1].text != "was":
        return False
    _, last = reading.words.sentence_bounds(end)
    return reading.has("history", end, last) or any(_YEAR.match(word.text) for word in items[end:last])


def _dates_procedure(reading: Reading, mention: Mention, cue: Match) -> bool:
    """ "My discogram was a month ago and my leg is numb": the cue dates what stands right before it."""
    if reading.words.items[cue.end - 1].text not in ("ago", "back", "earlier"):
        return False
    if mention.end <= cue.start:
        between = {word.text for word in reading.words.items[mention.end : cue.start]}
        if between & _AFTER:
            return True
    before = [match.end for match in reading.cue("procedure") if match.end <= cue.start]
    return bool(before) and not (mention.end <= cue.start and mention.end > max(before))


def _of_an_episode(reading: Reading, mention: Mention, low: int, high: int, texts: set[str]) -> bool:
    """ "Shaky when I took Lyrica; it stopped within a month": a stretch of time whose end is told."""
    ended = any(match.start >= mention.end for kind in ("resolved", "off_medicine") for match in reading.cue(kind))
    return (
        (ended or bool(reading.cue("well")))
        and not texts & _GOING_ON
        and any(
            low <= match.start and match.end <= high and not _within(mention, match.start, match.end)
            for match in reading.cue("episode")
        )
    )
