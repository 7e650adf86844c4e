"""Reports kept apart from questions about a symptom in general and from what might happen."""

from __future__ import annotations

import re
from itertools import pairwise

from bot.clinical.mentions import Mention, Reading
from bot.clinical.text.lemma import lemma
from bot.clinical.text.words import CLAUSE, COMMA, LINE

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
_VERBS_ASKING = frozenset("be do can could will would should shall may might have to".split())
_AUXILIARIES = frozenset(("can", "could", "do", "did", "may", "might", "shall"))
_SCARCELY = frozenset(("barely", "hardly", "only", "scarcely", "never", "no"))
_PAST = frozenset("lasted started began came kept keeps".split())
_PERFECT = frozenset("lasted been started begun gone come kept".split())
_STUBBORN = (["will", "not"], ["does", "not"], ["do", "not"], ["did", "not"])
#: After "what can I do for back pain?": the writer has tried, or cannot.
_TRIED = frozenset("not hardly barely scarcely tried took taken been had suffering struggling".split())
_TELLING = frozenset("told said says advised instructed asked".split())
_BEING = frozenset(("have", "feel", "keep", "be", "still", "not"))
_OBJECTS = frozenset(("a", "the", "my", "this", "that", "it"))
_NOW = frozenset("now still already today since mine".split())
#: Between words of what may come and a symptom: then it has come.
_BEFORE_NOW = _NOW | frozenset("but because caused made given left these".split())
#: "Why do I get ...", "how do I stop throwing up" ask about what the writer has.
_CAUSES = (("why",), ("how", "come"), ("what", "causes"), ("what", "makes"), ("what", "is", "causing"))
_ENDS = frozenset(("stop", "end", "calm"))
#: "Could the dye cause a fever?" asks ahead; "be causing the ..." does not.
_CAUSING = frozenset(map(lemma, ("cause", "give", "make", "trigger", "leave")))
#: A reading to the tenth is the writer's own; these are the thresholds of instructions.
_TENTHS = re.compile(r"^(?:3[5-9]|4[0-2]|9[5-9]|10[0-7])\.\d$")
_THRESHOLDS = frozenset("100.4 100.5 101.5 101.0 100.0 38.0 38.5 37.8 37.5 38.3 98.6 99.9".split())
_LIMITS = frozenset("over above below under than exceeds reaches hits until least".split())
#: "Call your doctor for fever", "as needed for nausea": said by somebody who has it, they report.
_WRITER = frozenset("i we my me am".split())
_TOLD = frozenset(
    "call calling contact notify phone ring page return see seek as prn p take use please give should".split()
)
_GOING = frozenset(
    "goes get gets got becomes start starts begin begins come comes develop have feel wake faint pass lose happen end "
    "tomorrow later".split()
)


def hypothetical(reading: Reading, index: int) -> tuple[bool, bool]:
    """(hypothetical, question) of one mention."""
    mention = reading.mentions[index]
    start, end = reading.words.sentence_bounds(mention.start)
    asked = _asks(reading, start, end)
    if _reported(reading, mention, end) or _has_lasted(reading, mention, start, end):
        return False, False
    if asked and _measured(reading, start, end):
        return False, False
    if _lies_ahead(reading, mention, start, end):
        return True, asked
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


def _reported(reading: Reading, mention: Mention, end: int) -> bool:
    """The same sentence or the next one says that the writer has it: "... and now I have one", "I mean mine"."""
    items = reading.words.items
    last = items[mention.start].sentence + 1
    return any(
        cue.start >= mention.end
        and items[cue.start].sentence <= last
        and not any(word.text in ("if", "not", "never", "do") for word in items[max(0, cue.start - 2) : cue.start])
        for cue in reading.cue("own_report")
    )


def _has_lasted(reading: Reading, mention: Mention, start: int, end: int) -> bool:
    """ "Should I worry about a headache that's lasted three days?", and no instruction for one."""
    texts = [word.text for word in reading.words.items[mention.end : min(end, mention.end + 4)]]
    if texts[:1] not in (["that"], ["which"]) or reading.has("condition", start, mention.start):
        return False
    return bool(_PAST & set(texts[1:3]) or _PERFECT & set(texts[2:]) or texts[1:3] in _STUBBORN)


def _lies_ahead(reading: Reading, mention: Mention, start: int, end: int) -> bool:
    """ "Scared I'll faint", "should I expect my back pain to get worse", "could the dye make my throat swell?"."""
    items = reading.words.items
    for cue in reading.cue("ahead"):
        if not start <= cue.start < mention.start:
            continue
        texts = {word.text for word in items[cue.start : mention.head + 1]}
        after = {word.text for word in items[mention.end : end]}
        following = items[cue.end].text if cue.end < end else ""
        if items[cue.end - 1].text in ("causing", "making", "giving", "the") or (
            items[mention.start - 1].text in ("the", "this", "these") and items[cue.end - 1].lemma in _CAUSING
        ):
            # "Could a disc be causing the tingling in my foot?"
            continue
        if texts & _BEFORE_NOW or after & _NOW or (following in ("not", "never") and items[cue.end - 1].text != "not"):
            continue
        if reading.words.crosses(cue.start, mention.start + 1, CLAUSE):
            continue
        return True
    return False


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
        if items[start].brk in (COMMA, LINE) and start < position:
            following = items[start + 1].text
            if items[start].text == "well" or (
                items[start].text in ("there", "it") and following in ("is", "are", "looks", "has")
            ):
                # "if this is an infection what do I do, there is pus"
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
        before = {word.text for word in items[clause : mention.start]}
        if items[cue.start].text in _TOLD and _WRITER & before and not _TELLING & before:
            # "I am calling for chills", "I take it as needed for my headaches"
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
    if first + 1 < end and items[first + 1].text in _SCARCELY and text in ("can", "could"):
        # So does "can barely feel the floor".
        return False
    marked = items[first].sentence in reading.words.questions
    if text in ("when", "where") and not marked and first + 1 < end and items[first + 1].lemma not in _VERBS_ASKING:
        # "where they poked me is hot", "when I stand my leg goes numb"
        return False
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
    if own or _there(reading, mention, start, end) or _of_writer(reading, mention, start, end):
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
    return not any(
        a == "i" and b in ("have", "feel", "am", "get", "keep", "still") and c != "to"
        for a, b, c in zip(after, after[1:], [*after[2:], ""], strict=False)
    )


def _of_writer(reading: Reading, mention: Mention, start: int, end: int) -> bool:
    """ "Why do I get chills every evening?", "how do I stop throwing up?"."""
    items = reading.words.items
    while start < mention.start and items[start].text in _OPENERS:
        start += 1
    texts = [word.text for word in items[start : mention.start + 1]]
    if any(tuple(texts[: len(lead)]) == lead for lead in _CAUSES):
        return bool({"i", "me", "my"} & set(texts))
    if texts[:1] == ["how"] and "i" in texts and _ENDS & set(texts):
        return items[mention.start].text.endswith("ing") or "the" in texts
    following = [word.text for word in items[end : end + 4]]
    return texts[:1] == ["what"] and "i" in texts and following[:1] == ["i"] and bool(_TRIED & set(following))


def _measured(reading: Reading, start: int, end: int) -> bool:
    """ "Is 102.3 a fever?", "what do I take for a fever of 100.8?": nobody asks in general about tenths."""
    items = reading.words.items
    return any(
        _TENTHS.match(items[position].text)
        and items[position].text not in _THRESHOLDS
        and not _LIMITS & {word.text for word in items[max(start, position - 3) : position]}
        for position in range(start, end)
    )


def _there(reading: Reading, mention: Mention, start: int, end: int) -> bool:
    """A question about what is there: "for me to still be sick", "that the site is leaking", "... It looks bad."."""
    items = reading.words.items
    texts = [word.text for word in items[start:end]]
    if {"still", "now", "already", "mine"} & set(texts) or ("since" in texts[1:]):
        return True
    pairs = set(pairwise(texts))
    if pairs & {("for", "me"), ("has", "been"), ("have", "been")}:
        return True
    if any(first == "that" and second in ("the", "there", "his", "her") for first, second in pairs):
        return True
    following = [word.text for word in items[end : end + 2]]
    return bool(following) and (following[0] == "mine" or (following[0] == "it" and following[1:] != ["would"]))
