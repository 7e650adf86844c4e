"""``action_triage``: advise by the decision of triage, and escalate."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.after_advice import say_after_advice
from actions.answer import COMFORTING, answer, asked_beside, topics
from actions.turn import file, pending_question, say_filed, screen_of, told_to_call
from bot.escalation.model import Origin, Report
from bot.screen import ScreenResult
from bot.services import services
from bot.triage.model import Decision, Disposition, Findings, Question
from bot.wording import SMS

#: Intents of a patient who does not answer the question yet, and what is said before it is asked once more.
DECLINES = {
    "never_mind": "utter_please_answer",
    "start_over": "utter_please_answer",
    "puzzled": "utter_please_answer",
    "one_moment": "utter_one_moment",
}


class ActionTriage(Action):
    """Says what the decision calls for. An unclear answer to a pending question counts as a red flag."""

    def name(self) -> str:
        return "action_triage"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        screen = screen_of(tracker)
        pending = pending_question(tracker)
        declined = DECLINES.get(tracker.latest_message["intent"]["name"])
        decision, unclear = _decide(screen, pending, declined is not None)
        softer = decision.disposition is Disposition.SELF_CARE and told_to_call(tracker)
        events: list[dict[str, Any]] = []
        if decision.disposition.at_least(Disposition.URGENT) or decision.file:
            await _escalate(dispatcher, tracker, screen.findings, decision, unclear)
            events += await _answer_beside(dispatcher, tracker, decision)
            events += _ask_contact(dispatcher, tracker, decision)
        elif softer:
            await _hold_to_advice(dispatcher, tracker, screen.findings, decision)
        elif decision.response:
            dispatcher.utter_message(response=decision.response)
            events += await _answer_beside(dispatcher, tracker, decision)
        elif decision.question is None:
            await _acknowledge(dispatcher, tracker, screen, pending)
        elif declined:
            dispatcher.utter_message(response=declined)
        elif beside := asked_beside(tracker):
            events += await answer(dispatcher, tracker, beside)
        return [
            *events,
            SlotSet("question", decision.question.to_dict() if decision.question else None),
            SlotSet("question_pending", decision.question is not None),
            SlotSet("last_disposition", decision.disposition.value),
        ]


def _decide(screen: ScreenResult, pending: Question | None, declined: bool) -> tuple[Decision, bool]:
    """The screen's decision, or what an answer that nobody can read amounts to. Who does not want to answer, or
    tells something else that helps, is asked once more."""
    decision, findings = screen.decision, screen.findings
    left_open = pending is not None and not findings.answered and decision.disposition is Disposition.CLARIFY
    told = bool(findings.items) or findings.procedure_day is not None
    if pending is None or not left_open or told or declined:
        return decision, False
    unanswered = services().screen.unanswered(pending)
    # Of a question whose silence is not urgent (the day of the procedure) the answer is asked for again.
    red = unanswered.disposition.at_least(Disposition.URGENT)
    return (unanswered, True) if red else (decision, False)


async def _escalate(
    dispatcher: CollectingDispatcher, tracker: Tracker, findings: Findings, decision: Decision, unclear: bool
) -> None:
    note = "answer not understood" if unclear else ""
    escalation = await file(tracker, Report.of(findings, decision, Origin.ACTION, note=note))
    again = told_to_call(tracker)
    for response in decision.advice:
        repeat = again and response == "utter_urgent"
        dispatcher.utter_message(response="utter_urgent_repeat" if repeat else response)
    say_filed(dispatcher, escalation, decision.disposition)


async def _hold_to_advice(
    dispatcher: CollectingDispatcher, tracker: Tracker, findings: Findings, decision: Decision
) -> None:
    """What calls for home care takes no advice back while somebody is told to call."""
    report = Report.of(findings, decision, Origin.ACTION, note="a milder report")
    escalation = await file(tracker, report)
    dispatcher.utter_message(response="utter_noted")
    say_filed(dispatcher, escalation)


async def _answer_beside(
    dispatcher: CollectingDispatcher, tracker: Tracker, decision: Decision
) -> list[dict[str, Any]]:
    """Questions in the message that reports the symptom: after the advice, and never what would soften it."""
    harmless = [topic for topic in topics(tracker) if topic["intent"] not in COMFORTING]
    if not harmless:
        return []
    red = decision.disposition.at_least(Disposition.URGENT)
    if decision.disposition is Disposition.EMERGENCY or (red and tracker.get_latest_input_channel() == SMS):
        dispatcher.utter_message(response="utter_question_later")
        return []
    return await answer(dispatcher, tracker, harmless)


def _ask_contact(dispatcher: CollectingDispatcher, tracker: Tracker, decision: Decision) -> list[dict[str, Any]]:
    """Once, after the advice, and not beside another question. A text message brings its number with it."""
    red = decision.disposition.at_least(Disposition.URGENT)
    known = tracker.get_slot("contact_asked") or tracker.get_latest_input_channel() == SMS
    if not red or known or decision.question is not None or decision.response == "utter_bilingual":
        return []
    dispatcher.utter_message(response="utter_offer_contact")
    return [SlotSet("contact_asked", True)]


async def _acknowledge(
    dispatcher: CollectingDispatcher, tracker: Tracker, screen: ScreenResult, pending: Question | None
) -> None:
    """Words for a report that calls for nothing: an answer that is no red flag, a denial."""
    if screen.findings.correction or (told_to_call(tracker) and pending is None and screen.findings.items):
        # "No fever after all": noted for staff; the advice stays.
        await say_after_advice(dispatcher, tracker, "correct_report")
    elif pending is not None or screen.findings.items:
        dispatcher.utter_message(response="utter_anything_else")
    else:
        # Only the classifier takes it for a symptom: nobody can judge it here, so a person should.
        report = Report(Disposition.ROUTINE, Origin.ACTION, note="may be a symptom; not recognised")
        escalation = await file(tracker, report)
        dispatcher.utter_message(response="utter_routine_other")
        say_filed(dispatcher, escalation, Disposition.ROUTINE)
