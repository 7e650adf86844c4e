"""The ASGI app: doors, console, health and metrics around one Agent. Nothing imports it but the server."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.channels.description import description_route
from bot.channels.headers import SecurityHeaders, security_headers
from bot.channels.inbound import BadRequest
from bot.channels.limits import Limits, Pace
from bot.channels.refusals import refusal_handlers
from bot.channels.rest import rest_routes
from bot.channels.sms import Deliveries, Wishes, sms_routes, text_deliverers
from bot.channels.website import Website
from bot.console import console_routes
from bot.conversation.heartbeat import INTERVAL_SECONDS as HEARTBEAT_SECONDS
from bot.conversation.heartbeat import Heartbeat
from bot.conversation.listening import Listener
from bot.conversation.readiness import Readiness
from bot.conversation.recovery.spool import Spool
from bot.conversation.recovery.sweep import Sweep
from bot.conversation.reply import TurnReply
from bot.conversation.turn import Conversations
from bot.escalation import outbox
from bot.escalation.dispatcher import Deliverer, Dispatcher
from bot.escalation.rounds import Rounds
from bot.gauges import StoredFigures
from bot.privacy.daily import DailyPurge
from bot.privacy.forget import NoConversation, StillOpen
from bot.privacy.forget import forget as forget_conversation
from bot.privacy.purge import Retention
from bot.rasa_agent.runner import AgentRunner
from bot.rasa_agent.training import find_model
from bot.records.changes import Changes
from bot.records.messages import Inbound
from bot.records.schema import SchemaKeeper
from bot.services import Services, install


def create_app(services: Services, agent: AgentRunner | None = None) -> Starlette:
    """Builds the app; opens nothing until it starts.

    Args:
        agent: the Agent to ask; by default one that loads the trained model.
    """
    install(services)
    settings = services.settings
    agent = agent or AgentRunner(find_model, settings.action_endpoint)
    spool = Spool(settings.spool_file)
    conversations = Conversations(services, agent, spool)
    listener = Listener(services, spool)
    wishes = Wishes(services, listener.reads_red)
    deliveries = Deliveries(services)
    sweep = Sweep(services, spool, wishes.take_spooled)
    schema = SchemaKeeper(services.database)
    daily = DailyPurge(services.database, Retention.of(settings), services.now)
    readiness = Readiness(services, agent)
    limits = Limits(settings.rate_conversation, settings.rate_address, settings.rate_new)
    figures = StoredFigures(services.database, services.now)
    changes = Changes(services.database)
    woken = threading.Event()
    deliverers: dict[str, Deliverer] = {outbox.NOTIFY: services.notifier, **text_deliverers(services)}
    dispatcher = Dispatcher(services.database, services.now, deliverers, settings.delivery_tries, woken.set)
    outgoing = Rounds("outgoing", [services.ladder.run_once, dispatcher.run_once, deliveries.run_once], woken)
    heartbeat = Heartbeat(services.database, readiness.problems, services.now)
    beats = Rounds("heartbeat", [heartbeat.beat], interval=HEARTBEAT_SECONDS)

    async def answer(inbound: Inbound, client: str = "") -> TurnReply:
        pace, wait = limits.pace(inbound.conversation_id, client)
        with limits.under_way(inbound.conversation_id) as crowded:
            if (crowded or pace is Pace.FLOOD) and await run_in_threadpool(conversations.may_refuse, inbound):
                raise BadRequest(429, "too_many", "Too many messages", retry_after=wait or 1)
            inbound = replace(inbound, hurried=crowded or pace is not Pace.STEADY)
            return await conversations.answer(inbound)

    def forget(conversation_id: str) -> bool:
        if spool.holds(conversation_id):
            # It would come back; and what waits there may be a red flag.
            return False
        try:
            forget_conversation(services.database, conversation_id, "patient", services.now())
        except NoConversation:
            pass  # Nothing was written yet.
        except StillOpen:
            return False
        return True

    def facts() -> dict[str, str]:
        return services.clinic.facts(services.now())

    async def healthz(request: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def readyz(request: Request) -> Response:
        problems = await run_in_threadpool(readiness.problems)
        if problems:
            return JSONResponse({"status": "not ready", "problems": problems}, status_code=503)
        return JSONResponse({"status": "ready"})

    async def metrics(request: Request) -> Response:
        return Response(generate_latest() + await run_in_threadpool(figures.text), media_type=CONTENT_TYPE_LATEST)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        agent.start()
        schema.start()
        sweep.start()
        changes.start()
        outgoing.start()
        if settings.retention_daily:
            daily.start()
        beats.start()
        yield
        beats.stop()
        heartbeat.leave()
        changes.stop()
        sweep.stop()
        schema.stop()
        daily.stop()
        await run_in_threadpool(conversations.close)
        outgoing.stop()
        dispatcher.drain()
        agent.stop()
        services.database.dispose()

    secure = settings.public_url.startswith("https://")
    key = str(settings.secret_key)
    website = Website(
        database=services.database,
        changes=changes,
        answer=answer,
        forget=forget,
        facts=facts,
        limits=limits,
        secret_key=key,
        secure=secure,
        allowed_origins=settings.allowed_origins,
    )
    return Starlette(
        routes=[
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/metrics", metrics),
            description_route(),
            *rest_routes(answer, str(settings.api_token), key, open_to_all=settings.dev),
            *sms_routes(services, answer, listener, wishes, deliveries),
            *console_routes(services, changes, secure=secure),
            *website.routes(),
        ],
        middleware=[
            Middleware(SecurityHeaders, https=secure),
            Middleware(
                CORSMiddleware,
                allow_origins=settings.allowed_origins,
                allow_methods=["GET", "POST"],
                allow_headers=["authorization", "content-type", "last-event-id"],
                expose_headers=["retry-after"],
            ),
        ],
        exception_handlers=refusal_handlers(services.say, security_headers(secure)),
        lifespan=lifespan,
    )
