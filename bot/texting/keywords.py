"""Opting out, opting in and asking for help by text: only where the whole message means it.

"STOP" and "please quit texting me" are wishes; "the bleeding won't stop" and "cancel my appointment" are not. A
message that says both ("stop texting me, my leg is numb") is two: the wish counts, and the rest is read as any other.
"""

from __future__ import annotations

import re
from enum import Enum

from bot.texting.phrases import Phrases, words_of


class Keyword(str, Enum):
    STOP = "stop"
    START = "start"
    HELP = "help"


#: Words that carriers know, alone in a message. Their commonest typos are taken for them.
WORDS = {
    **dict.fromkeys(
        ("stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "opt out"),
        Keyword.STOP,
    ),
    **dict.fromkeys(("start", "unstop"), Keyword.START),
    **dict.fromkeys(("help", "info"), Keyword.HELP),
}
_TYPOS = {
    "stpo": "stop", "sotp": "stop", "tsop": "stop", "stopp": "stop", "sstop": "stop", "sttop": "stop",
    "stoop": "stop", "stp": "stop", "stahp": "stop", "s top": "stop", "st op": "stop", "s t o p": "stop",
    "stop stop": "stop", "stop stop stop": "stop", "stopal": "stopall", "stopit": "stop",
    "unsubcribe": "unsubscribe", "unsuscribe": "unsubscribe", "unsubscibe": "unsubscribe", "unsub": "unsubscribe",
    "unsubscrib": "unsubscribe", "un subscribe": "unsubscribe", "unsubscribed": "unsubscribe",
    "cancle": "cancel", "cancell": "cancel", "canel": "cancel", "qiut": "quit", "quitt": "quit",
    "optot": "optout", "opt uot": "opt out", "revok": "revoke", "alto": "stop", "parar": "stop", "pare": "stop",
}  # fmt: skip
#: Beside a keyword they change nothing.
_COURTESY = (
    "please", "thanks", "thank you", "thx", "ok", "okay", "hi", "hello", "hey", "sorry", "kindly", "just", "now",
    "today", "right now", "at once", "immediately", "asap", "already", "right away",
)  # fmt: skip

_SPELLINGS = {
    "pls": "please", "plz": "please", "plse": "please", "plez": "please", "u": "you", "ur": "your", "yall": "you",
    "txt": "text", "txts": "texts", "txting": "texting", "txtin": "texting", "textin": "texting", "texing": "texting",
    "msg": "message", "msgs": "messages", "mssg": "message", "mssgs": "messages", "msging": "messaging",
    "stpo": "stop", "sotp": "stop", "stp": "stop", "stopp": "stop", "dnt": "dont", "wont": "wont", "wanna": "want to",
    "gonna": "going to", "sms": "texts", "smses": "texts", "im": "i am", "id": "i would", "ive": "i have",
    "cant": "can not", "couldnt": "could not", "thankyou": "thank you", "thnx": "thanks", "ty": "thanks",
    "tx": "thanks", "dis": "this", "dese": "these", "fone": "phone", "ph": "phone", "cell": "phone", "mobile": "phone",
    "2": "to", "4": "for", "mssgng": "messaging", "sendin": "sending", "massages": "messages", "massage": "message",
}  # fmt: skip
_LISTS = {
    "STOPPING": ("stop", "quit", "cease", "end", "cancel", "discontinue", "halt", "suspend", "turn off"),
    "TEXTING": (
        "texting", "messaging", "contacting", "sending [me] (TEXTS|anything|stuff|things)", "writing [to]", "sending",
        "bothering", "spamming", "harassing", "bugging", "pestering", "blowing up", "with THE TEXTS",
    ),
    "TEXT": ("text", "message", "contact", "write [to]", "send TEXTS to", "send [me] [THE] TEXTS [to]", "bother", "spam"),
    "THE": ("the", "these", "those", "your", "any [more]", "all [of] [the|these|your]", "more", "such", "this", "my", "further"),
    "TEXTS": (
        "[automated|automatic|robot|bot|unwanted|annoying|stupid] "
        "(text messages|text message|text|texts|messages|message|texting|messaging|notifications|alerts|reminders|updates|spam)",
    ),
    "ME": ("me", "us", "this (number|phone)", "my (phone|number|phone number)", "to (me|us|this number|this phone|my phone|my number)"),
    "LIST": (
        "[THE] [text|texting|messaging|message|contact|mailing|call] (list|lists|database|system|program|service|contacts|texts|messages)",
    ),
    "WISH": (
        "i (want|wish|would like|need|like) [you] to", "(can|could|will|would) you", "i am asking you to", "you (need|have) to",
        "i said [to]", "i told you to", "how (do|can) i", "(can|may|could) i", "let me", "i am (going|trying) to", "how to", "do",
        "i would rather", "i ask you to", "i (choose|decided|have decided) to",
    ),
    "NOT": ("dont", "do not", "never", "not", "no longer", "please dont"),
}  # fmt: skip
_OPTING_OUT = (
    "[WISH] [please|kindly|just] STOPPING TEXTING [ME]",
    "[WISH] [please|kindly|just] (STOPPING|no) [more] [sending|receiving|getting] [me] [THE] TEXTS [to|for|from] [ME|you|your (clinic|office)]",
    "[WISH] [please|kindly|just] STOPPING [all|this|your|THE] (subscription|consent|contact|communication|communications|spam)",
    "(stop|quit) (it|this|that)",
    "[you (should|must)] NOT TEXT [ME]",
    "NOT (ever|keep) (TEXT|TEXTING) [ME]",
    "NOT send [me] (anything|TEXTS|these|those|stuff|any|any more|more) [to] [ME]",
    "(no|not) more [of] [THE] (TEXTS|texting|messaging)",
    "i (NOT|would not) (want|wish|need|care|like|consent|agree) [to] [get|receive|have|be sent|see|getting|receiving] "
    "[THE] (TEXTS|these|those|any of these|this) [on] [from you|from this number|to (my|this) (phone|number)|ME]",
    "i (NOT) (want|wish|need) (you to TEXT|to be TEXTED|to be contacted|you TEXTING|to hear from) [ME|you|this number]",
    "[WISH] [please|kindly|just] (take|remove|delete|drop|scratch|get|pull) [me|us|ME] (off|from|out of) LIST",
    "[WISH] [please|kindly|just] (remove|delete|erase|lose|forget|unlist|take off) (my|this) (number|phone number|phone)",
    "[WISH] [please|kindly|just] (remove|unlist) me",
    "[WISH] [please|kindly|just] (unsubscribe|opt out|optout|opt me out|opt us out|sign me off|take me off|remove me) "
    "[me|us|my number|this number|of|from] [of|from] [this|it|LIST|THE TEXTS|TEXTS|texting|all]",
    "i (opt out|am opting out|unsubscribe|am unsubscribing|am done with THE TEXTS)",
    "[i] (revoke|withdraw|cancel|end) [my] (consent|permission|subscription|authorization) [to] [be texted|TEXTS|TEXT ME]",
    "leave (me|us) alone",
    "enough [with] THE TEXTS",
    "(go away|buzz off)",
    "wrong (number|person) (stop|STOPPING TEXTING [ME]|NOT TEXT ME|remove me)",
    "turn (off|THE TEXTS off|texts off|messages off) [THE TEXTS]",
    "unsubscribe stop", "stop unsubscribe", "stop all", "cancel all", "quit all",
    "(no mas|no mas) (mensajes|textos)", "(ya )?no me (mande|manden|envie|envien|escriban|escriba) [mas] [mensajes|textos]",
    "(deje|dejen|deja) de (mandarme|enviarme|escribirme) [mensajes|textos]", "(cancelar|alto|parar) [mensajes|textos]",
)  # fmt: skip
_BESIDE = (
    *_COURTESY,
    "[for] the last time", "again", "any more", "anymore", "any longer", "from now on", "ever", "ever again",
    "thanks so much", "sir", "everyone", "people", "guys", "you guys", "and", "so", "really", "seriously", "for real",
    "at all", "forever", "for good", "at this number", "on this (number|phone)", "i [have] asked you (before|already)",
    "(this is|you have) the wrong (number|person)", "wrong (number|person)", "i am not interested", "not interested",
    "i am not [a|your] patient", "i NOT know (you|who this is)", "who is this", "yes", "no", "its annoying",
    "it is annoying", "your texts are annoying", "i am serious", "this instant", "por favor", "gracias", "then",
    "if you do not mind", "i do not (want|need) (them|it|this)", "i dont (want|need) (them|it|this)", "i am fine",
    "i get too many", "too many (texts|messages)", "to me", "here", "i beg you", "with it", "completely",
)  # fmt: skip
_LISTS["TEXTED"] = ("texted", "messaged", "contacted", "bothered")

_STOPPING = Phrases(_OPTING_OUT, _LISTS, _BESIDE, _SPELLINGS)
_STARTING = Phrases(
    (
        "[WISH] [please|kindly|just] (start|resume|restart) (texting|messaging|texts|messages|the texts|sending [me] texts) [me] [again]",
        "[WISH] [please|kindly|just] (text|message) me again",
        "[WISH] [please|kindly|just] (opt in|opt me in|opt me back in|subscribe|resubscribe|sign me up) [again]",
    ),
    _LISTS,
    _COURTESY,
    _SPELLINGS,
)


def keyword_of(text: str) -> Keyword | None:
    """The wish that is all that the message says; None for every other message."""
    alone = keyword_alone(text)
    if alone is not None:
        return alone
    if _STOPPING.are_all_of(text):
        return Keyword.STOP
    return Keyword.START if _STARTING.are_all_of(text) else None


def keyword_alone(text: str) -> Keyword | None:
    """A keyword that carriers know too, alone or with "please" and the like beside it."""
    words = [_SPELLINGS.get(word, word) if word in ("pls", "plz", "plse", "thankyou", "ty") else word for word in words_of(text)]
    said = " ".join(words)
    if said in _TYPOS or said in WORDS:
        return WORDS[_TYPOS.get(said, said)]
    for courtesy in _COURTESY:
        said = re.sub(rf"^{courtesy} | {courtesy}$", "", said)
    known = WORDS.get(_TYPOS.get(said, said))
    # "help please" and "please help" are cries, not keywords.
    return known if known is not Keyword.HELP else None


def opt_out_within(text: str) -> str:
    """The part of a longer message that asks for no more texts in so many words, else "".

    A bare "stop" is no such part: "my nose bleeds, it won't. stop. at all" says something else.
    """
    for clause in re.split(r"[.!?;,\n]+|\b(?:and|but|because|since)\b", text):
        if len(words_of(clause)) >= 2 and keyword_alone(clause) is None and _names_texts(clause):
            if _STOPPING.are_all_of(clause):
                return clause.strip()
    return ""


def _names_texts(clause: str) -> bool:
    """It is about texts, not "stop it" or "leave me alone", which may be about anything in a longer message."""
    return re.search(r"te?xt|mess?age|msg|sms|unsub|opt|list|contact|number", clause.casefold()) is not None
