"""The webhooks that Twilio calls. Without a token they do not exist; without a signature nothing happens."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.inbound import BODY_SECONDS, Answer, BadRequest
from bot.channels.sms.desk import Desk, Hears
from bot.channels.sms.incoming import CHANNEL, IncomingText
from bot.channels.sms.outbound.api import TextApi
from bot.channels.sms.outbound.deliverer import TextDeliverer
from bot.channels.sms.outbound.status import Deliveries
from bot.channels.sms.outgoing import KIND, Caps, Outgoing
from bot.channels.sms.services import TextServices
from bot.channels.sms.signature import HEADER, Verifier, read_form
from bot.channels.sms.twiml import twiml_response
from bot.channels.sms.wishes import Wishes
from bot.settings import Settings

PATH = "/webhooks/sms"
#: 1,600 characters of any script, percent-encoded, and ten media.
MAX_FORM_BYTES = 48 * 1024

Form = dict[str, str]


def public_url(services: TextServices) -> str:
    """The address that Twilio signs; on a machine without a public one, this machine's."""
    return services.settings.public_url or f"http://localhost:{services.settings.port}"


def status_url(services: TextServices) -> str:
    return f"{public_url(services).partition('#')[0].rstrip('/')}{PATH}/status"


def tokens_of(settings: Settings) -> list[str]:
    """The account's token; while it is changed over the new one, then the old one."""
    return [token.strip() for token in str(settings.twilio_auth_token).split(",") if token.strip()]


def sends(settings: Settings) -> bool:
    """Texts can be sent through Twilio's API as well, not only in answer."""
    return bool(tokens_of(settings) and settings.twilio_account_sid and settings.twilio_from)


def text_deliverers(services: TextServices) -> dict[str, TextDeliverer]:
    """What sends texts for the outbox."""
    settings, api = services.settings, None
    if sends(settings):
        api = TextApi(settings.twilio_account_sid, tokens_of(settings)[0], settings.twilio_api_url)
    return {KIND: TextDeliverer(services, api, settings.twilio_from, status_url(services))}


def sms_routes(
    services: TextServices, answer: Answer, hears: Hears, wishes: Wishes, deliveries: Deliveries
) -> list[Route]:
    """The routes; none without ``TWILIO_AUTH_TOKEN``."""
    settings = services.settings
    tokens = tokens_of(settings)
    if not tokens:
        return []
    verifier = Verifier(public_url(services), tokens)
    caps = Caps(settings.texts_per_number, settings.texts_per_day)
    outgoing = Outgoing(services, caps, status_url(services), sends=sends(settings))
    desk = Desk(services, answer, hears, wishes, outgoing)

    def signed(handle: Callable[[Form, Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        async def checked(request: Request) -> Response:
            form = read_form(await _body(request))
            path = request.scope.get("raw_path") or request.scope["path"].encode()
            query = request.scope.get("query_string", b"")
            given = request.headers.getlist(HEADER)
            address = path.decode("latin-1"), query.decode("latin-1")
            if form is None or len(given) != 1 or not verifier.signed(*address, form, given[0]):
                raise BadRequest(403, "signature", "The request is not signed with the account's token")
            return await handle(form, request)

        return checked

    async def incoming(form: Form, request: Request) -> Response:
        text = IncomingText.of(form)
        if text is None:
            raise BadRequest(400, "no_text", "The form tells of no text: MessageSid, From and To are needed")
        return twiml_response(await desk.take(text))

    async def fallback(form: Form, request: Request) -> Response:
        """Twilio got no answer from the other webhook."""
        text = IncomingText.of(form)
        if text is None:
            return twiml_response([(services.say("utter_texts_fallback", CHANNEL).text, "")])
        return twiml_response(await desk.take_later(text))

    async def status(form: Form, request: Request) -> Response:
        await run_in_threadpool(deliveries.take, request.query_params.get("text", ""), form)
        return Response(status_code=204)

    return [
        Route(PATH, signed(incoming), methods=["POST"]),
        Route(f"{PATH}/fallback", signed(fallback), methods=["POST"]),
        Route(f"{PATH}/status", signed(status), methods=["POST"]),
    ]


async def _body(request: Request) -> bytes:
    async def read() -> bytes:
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_FORM_BYTES:
                raise BadRequest(413, "too_large", f"The form is larger than {MAX_FORM_BYTES // 1024} kB")
        return body

    try:
        return await asyncio.wait_for(read(), BODY_SECONDS)
    except asyncio.TimeoutError:
        raise BadRequest(408, "too_slow", "The form did not arrive in time") from None
