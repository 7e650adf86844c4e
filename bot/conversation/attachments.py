"""Photos, recordings and places that come with a message: nobody reads them for the bot, so a person must look."""

from __future__ import annotations

from collections.abc import Sequence

from bot.conversation.intake import Turn
from bot.escalation.model import Origin, Report, filed_response
from bot.records.messages import Reply
from bot.records.texting import media
from bot.services import Services
from bot.triage.model import Disposition

#: Said where nothing can be read; with something to look at, other words say so.
_NOTHING_READ = "utter_empty"


def with_attachments(services: Services, turn: Turn, replies: Sequence[Reply]) -> Sequence[Reply]:
    """The replies, and what has to be said of the attachments, which are filed first.

    Raises:
        StaleTurn, SQLAlchemyError: nothing was filed; the turn must fail.
    """
    kinds = [kind for _, kind in turn.inbound.media if media.may_be_clinical(kind)]
    if not kinds:
        return replies
    places = all(media.is_place(kind) for kind in kinds)
    note = "sent a place" if places else "sent something to look at or listen to"
    report = Report(Disposition.URGENT, Origin.ACTION, note=note)
    channel = turn.inbound.channel
    escalation = services.escalations.file(turn.key, channel, report, turn.message_id)
    if Disposition.worst([Disposition(reply.disposition) for reply in replies]).at_least(Disposition.URGENT):
        return replies
    advice = services.say("utter_location" if places else "utter_media", channel)
    filed = services.say(filed_response(Disposition.URGENT), channel, reference=escalation.id)
    said = [reply for reply in replies if reply.response not in (_NOTHING_READ, "utter_filed_routine")]
    return [advice, filed, *said]
