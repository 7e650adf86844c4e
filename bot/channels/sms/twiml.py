"""What Twilio is answered: the texts that it sends for us."""

from __future__ import annotations

import re
from collections.abc import Sequence

from starlette.responses import Response
from twilio.twiml.messaging_response import MessagingResponse

#: Not allowed in XML, however it is written.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def twiml(texts: Sequence[tuple[str, str]]) -> str:
    """
    Args:
        texts: words, and the address that Twilio tells of the delivery ("" for none), of each text.
    """
    answer = MessagingResponse()
    for words, callback in texts:
        answer.message(_NOT_XML.sub("", words), **({"status_callback": callback} if callback else {}))
    return str(answer)


def twiml_response(texts: Sequence[tuple[str, str]]) -> Response:
    return Response(twiml(texts), media_type="text/xml")
