"""What is said about staff: on the list is not read, and who was told to call is told again."""

import pytest

from bot.escalation.model import filed_response, unread_response
from bot.triage.model import Disposition
from tests.responses.test_all_responses import CHANNELS, FACTS, WORDING


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("disposition", [Disposition.EMERGENCY, Disposition.URGENT, Disposition.ROUTINE])
def test_every_reply_that_files_says_that_nobody_may_have_read_it(disposition: Disposition, channel: str) -> None:
    text = WORDING.say(filed_response(disposition), channel, FACTS).text
    assert FACTS["reference"] in text
    assert "Nobody may have read it yet" in text
    if disposition.at_least(Disposition.URGENT):
        assert "call" in text.split("read it yet")[1]


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("disposition", [Disposition.EMERGENCY, Disposition.URGENT, Disposition.ROUTINE])
def test_who_waits_for_nobody_is_told_to_call(disposition: Disposition, channel: str) -> None:
    text = WORDING.say(unread_response(disposition), channel, FACTS).text
    number = {Disposition.EMERGENCY: "911", Disposition.ROUTINE: FACTS["office_phone"]}.get(disposition, FACTS["phone"])
    assert number in text[:110]
    assert "Nobody at the clinic has confirmed" in text or "nobody there has confirmed" in text
