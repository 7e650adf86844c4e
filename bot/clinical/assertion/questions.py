"""Reports kept apart from questions about a symptom in general and from what might happen."""

from __future__ import annotations

from itertools import pairwise

from bot.clinical.mentions import Mention, Reading
from bot.clinical.text.words import CLAUSE, LINE

_ASKING = frozenset(
    "what whats how why when where which who whose is are was were am can could do does did should would will "
    "may might has have any".split()
)
_OPENERS = frozenset(
    "and but so ok okay hi hello hey well um uh also please doctor doc just thanks yes no like oh great btw question "
    "morning good quick".split()
)
#: First words of a request for information that carries no question mark.
_REQUESTS = frozenset("kindly tell explain know wondering curious".split())
#: "Like fever or chills?" asks what was meant.
_ECHO = frozenset(("like", "such", "meaning"))
#: What a person says of the body they have: a question with these is about a symptom that is there.
_OWN = frozenset("my this mine these".split())
_HAVING = frozenset("have had having feel felt feeling be am 'm got get getting keep started notice noticed".split())
_SUBJECTS = frozenset("i you we it he she they this that the a my people patients everyone everybody anyone".split())
#: These also begin statements ("have a fever"): a question only with its mark or its subject behind them.
_MARKED_ONLY = frozenset("have has had any am was were may might will would does did do whose".split())
_AUXILIARIES = frozenset(("can", "could", "do", "did", "may", "might", "shall"))
_BEING = frozenset(("have", "feel", "keep", "be", "still", "not"))
_OBJECTS = frozenset(("a", "the", "my", "this", "that", "it"))
_GOING = frozenset("goes get gets got becomes start starts begin begins come comes develop have feel".split())


def hypothetical(reading: Reading, index: int) -> tuple[bool, bool]:
    """(hypothetical, question) of one mention."""
    mention = reading.mentions[index]
    start, end = reading.words.sentence_bounds(mention.start)
    asked = _asks(reading, start, end)
    if asked and _general(reading, mention, start, end):
        return True, True
    clause = _clause_start(reading, mention.start)
    if _under(reading, mention, "condition", clause):
        return True, asked or reading.words.items[start].text == "what"
    if _under(reading, mention, "hypothetical", clause):
        what_if = any(
            reading.words.items[match.start].text == "what"
            for match in reading.cue("hypothetical")
            if clause <= match.start <= mention.start
        )
        return True, asked or what_if
    return False, False


def _clause_start(reading: Reading, position: int) -> int:
    """Where the words that may govern this one begin: a break, or a new "but I ..."."""
    items = reading.words.items
    start = position
    while start > 0 and items[start].brk < CLAUSE:
        if (
            items[start].text in ("but", "now", "because", "since", "so")
            and items[start].brk <= LINE
            and start < position
        ):
            break
        if (
            start + 1 < position
            and items[start].text in ("and", "then")
            and items[start + 1].text in ("i", "my", "now")
        ):
            break
        start -= 1
    return start


def _under(reading: Reading, mention: Mention, kind: str, clause: int) -> bool:
    """A cue of this kind stands before the mention and nothing between them says that it is there."""
    items = reading.words.items
    for cue in reading.cue(kind):
        if not clause <= cue.start < mention.start or cue.end > mention.start:
            continue
        if items[cue.start].text in ("if", "whether") and _in_doubt(reading, cue.start):
            continue
        between = range(cue.end, mention.start)
        if any(items[position].brk >= CLAUSE for position in between):
            continue
        texts = [items[position].text for position in between]
        own = kind == "hypothetical" and any(text in _OWN or text in ("i", "me") for text in texts)
        there = items[cue.start].text != "what" or any(text in ("am", "be", "'m", "can", "still") for text in texts)
        if own and there:
            # "worried about my headache": it is there. "What if my leg goes numb" is not.
            continue
        if any(text in ("now", "because", "but") for text in texts):
            continue
        return True
    return False


def _in_doubt(reading: Reading, position: int) -> bool:
    """ "not sure if", "don't know whether", "wonder if", "as if": doubt, no condition."""
    before = [item.text for item in reading.words.items[max(0, position - 3) : position]]
    return bool(
        {"sure", "know", "certain", "wonder", "wondering", "tell", "see", "check"} & set(before)
        or before[-1:] == ["as"]
    )


def _asks(reading: Reading, start: int, end: int) -> bool:
    """The sentence is a question or asks for information, by its first word."""
    items = reading.words.items
    first = start
    if items[first].text in _ECHO and items[first].sentence in reading.words.questions:
        return True
    while first < end - 1 and items[first].text in _OPENERS:
        first += 1
    text = items[first].text
    if text in _REQUESTS or reading.has("ask", start, end):
        return True
    if text not in _ASKING:
        return False
    if (
        first + 1 < end
        and items[first + 1].text == "not"
        and not (first + 2 < end and items[first + 2].text in _SUBJECTS)
    ):
        # "can't feel my leg" leaves out its "I".
        return False
    marked = items[first].sentence in reading.words.questions
    if text in _MARKED_ONLY:
        # "had the test and a fever" reports; "have you ever had a fever" asks.
        subjects = _SUBJECTS - _OBJECTS if text in ("have", "has", "had", "any") else _SUBJECTS
        return marked or (first + 1 < end and items[first + 1].text in subjects)
    return True


def _general(reading: Reading, mention: Mention, start: int, end: int) -> bool:
    """True unless the question is about the writer's own body ("is it normal that I can't feel my leg?")."""
    items = reading.words.items
    texts = [word.text for word in items[start:end]]
    first = next((text for text in texts if text not in _OPENERS), "")
    own = [position for position in range(start, mention.end) if items[position].text in _OWN]
    if first in ("what", "if") and "if" in texts[:3]:
        # "what if my leg goes numb?" looks ahead; "what if my leg is numb?" does not.
        return any(items[position].text in _GOING for position in range(start, mention.end)) or not own
    if own:
        return False
    if any(text in ("am", "'m") for text in texts) and first not in ("am",) and items[mention.start - 1].lemma != "for":
        return False
    for position in range(start, mention.start):
        if items[position].text != "i":
            continue
        following = [item.text for item in items[position + 1 : mention.start + 1]]
        before = items[position - 1].text if position > start else ""
        if before in ("will", "should", "would") or (before in _AUXILIARIES and not _BEING & set(following[:1])):
            # "can I take something for a fever?" asks in general; "could I have an infection?" does not.
            continue
        if "if" in [item.text for item in items[start:position]]:
            return not any(text in ("am", "'m", "can", "still", "already") for text in following[:2])
        if following and (
            following[0] in _HAVING or following[0] in ("can", "could", "still", "just", "not", "keep", "'ve")
        ):
            return False
    # "... that I have", "... and I can't walk" after the mention
    after = [item.text for item in items[mention.end : end]]
    return not any(a == "i" and b in ("have", "feel", "am", "get", "keep", "still") for a, b in pairwise(after))
