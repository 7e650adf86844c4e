"""The interlock: no reply may be less urgent than the clinical screen of the message.

It needs neither Rasa nor the model. Whatever it replaces is thrown away whole.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from enum import Enum

from bot.escalation.model import filed_response
from bot.records.messages import Reply
from bot.screen import ScreenResult
from bot.services import Services
from bot.triage.model import Decision, Disposition, Encounter, Findings, FiredCriterion, Question

log = logging.getLogger(__name__)

#: ``say(response, channel, **facts)`` of the services.
Say = Callable[..., Reply]

EMERGENCY_NUMBER = "911"


class Reason(str, Enum):
    """Why the interlock answered in Rasa's place; counted apart."""

    LOADING = "loading"
    FAILURE = "failure"
    DISAGREEMENT = "disagreement"


def screen_text(services: Services, text: str, question: Question | None, encounter: Encounter) -> ScreenResult:
    """The clinical screen; a message that it cannot read counts as urgent."""
    try:
        return services.screen.run(text, question, encounter)
    except Exception as error:
        log.error("screen failed", extra={"error": type(error).__name__})
        return broken_screen()


def broken_screen() -> ScreenResult:
    """What stands in for the screen when it raised: an unread message may hold anything."""
    criterion = FiredCriterion("screen.failed", Disposition.URGENT, "other", "utter_urgent", source="G")
    decision = Decision(Disposition.URGENT, (criterion,), response="utter_urgent")
    return ScreenResult(Findings(language="und"), decision)


def judge(screen: ScreenResult, replies: Sequence[Reply], question: Question | None, stored: bool, phone: str) -> str:
    """Holds a reply against the screen: the objection to it, empty when it may be sent as it is.

    Args:
        question: the question that this reply leaves pending.
        stored: an escalation holds the message.
        phone: the clinic's number of the hour, as patients read it.
    """
    given = Disposition.worst([Disposition(reply.disposition) for reply in replies])
    needed = screen.decision.disposition
    words = "\n".join(reply.text for reply in replies)
    red = given.at_least(Disposition.URGENT)
    if not words.strip():
        return "empty"
    if needed is Disposition.CLARIFY and not red and (question is None or given is not Disposition.CLARIFY):
        return "question not asked"
    if needed is not Disposition.CLARIFY and not given.at_least(needed):
        return "less urgent than the screen"
    if given is Disposition.EMERGENCY and EMERGENCY_NUMBER not in words:
        return "no emergency number"
    if given is Disposition.URGENT and phone not in words:
        return "no phone number"
    if (red or needed.at_least(Disposition.URGENT)) and not stored:
        return "not stored"
    return ""


def must_file(screen: ScreenResult, pending: Question | None) -> bool:
    """Whether a safe reply comes with an escalation: a red flag, or a triage question left open."""
    needed = screen.decision.disposition
    return needed.at_least(Disposition.CLARIFY) or (pending is not None and not pending.general)


def safe_replies(say: Say, channel: str, screen: ScreenResult, *, reference: str | None, filing: bool) -> list[Reply]:
    """The reply in Rasa's place: the screen's advice, and plainly whether staff will see it.

    Args:
        reference: of the stored escalation; None when nothing is stored.
        filing: an escalation was due. Without a ``reference`` the reply then says that it failed.
    """
    if not filing:
        return [say("utter_safe_reply", channel)]
    decision = screen.decision
    red = decision.disposition.at_least(Disposition.URGENT)
    advice = [say(name, channel) for name in (decision.advice if red else ("utter_urgent",))]
    if reference is None:
        return [*advice, say("utter_not_filed", channel)]
    filed = filed_response(Disposition.worst([decision.disposition, Disposition.URGENT]))
    return [*advice, say(filed, channel, reference=reference)]
