"""``action_triage``: advise by the decision of triage, and escalate."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import answer_of, asked_beside
from actions.turn import file, pending_question, screen_of
from bot.escalation.model import Origin, Report, filed_response
from bot.screen import ScreenResult
from bot.services import services
from bot.triage.model import Decision, Disposition, Findings, Question


class ActionTriage(Action):
    """Says what the decision calls for. An unclear answer to a pending question counts as a red flag."""

    def name(self) -> str:
        return "action_triage"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        screen = screen_of(tracker)
        pending = pending_question(tracker)
        decision, unclear = _decide(screen, pending)
        if decision.disposition.at_least(Disposition.URGENT) or decision.file:
            await _escalate(dispatcher, tracker, screen.findings, decision, unclear)
        elif decision.response:
            dispatcher.utter_message(response=decision.response)
        elif decision.question is None:
            await _acknowledge(dispatcher, tracker, screen, pending)
        elif topic := asked_beside(tracker):
            # Only before a question: beside advice, an answer about what is common would take the edge off it.
            dispatcher.utter_message(response=answer_of(topic))
        return [
            SlotSet("question", decision.question.to_dict() if decision.question else None),
            SlotSet("question_pending", decision.question is not None),
            SlotSet("last_disposition", decision.disposition.value),
        ]


def _decide(screen: ScreenResult, pending: Question | None) -> tuple[Decision, bool]:
    """The screen's decision, or what an answer that nobody can read amounts to."""
    decision = screen.decision
    left_open = pending is not None and not screen.findings.answered and decision.disposition is Disposition.CLARIFY
    if pending is None or not left_open or screen.findings.items:
        return decision, False
    return services().screen.unanswered(pending), True


async def _escalate(
    dispatcher: CollectingDispatcher, tracker: Tracker, findings: Findings, decision: Decision, unclear: bool
) -> None:
    note = "answer not understood" if unclear else ""
    escalation = await file(tracker, Report.of(findings, decision, Origin.ACTION, note=note))
    for response in decision.advice:
        dispatcher.utter_message(response=response)
    if escalation is None:
        return
    dispatcher.utter_message(response=filed_response(decision.disposition), reference=escalation.id)


async def _acknowledge(
    dispatcher: CollectingDispatcher, tracker: Tracker, screen: ScreenResult, pending: Question | None
) -> None:
    """Words for a report that calls for nothing: an answer that is no red flag, a denial."""
    if pending is not None or screen.findings.items:
        dispatcher.utter_message(response="utter_anything_else")
    else:
        # Only the classifier takes it for a symptom: nobody can judge it here, so a person should.
        report = Report(Disposition.ROUTINE, Origin.ACTION, note="may be a symptom; not recognised")
        escalation = await file(tracker, report)
        dispatcher.utter_message(response="utter_routine_other")
        if escalation is not None:
            dispatcher.utter_message(response="utter_filed_routine", reference=escalation.id)
