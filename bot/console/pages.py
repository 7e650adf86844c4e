"""What the console's pages share: the services they use, their templates, and how a page is sent."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import Response
from starlette.templating import Jinja2Templates

from bot.escalation.service import EscalationService
from bot.records.database import Database
from bot.settings import Settings

FOLDER = Path(__file__).resolve().parent


class ConsoleServices(Protocol):
    """What the console wants of the composition root."""

    @property
    def settings(self) -> Settings: ...

    @property
    def database(self) -> Database: ...

    @property
    def escalations(self) -> EscalationService: ...

    @property
    def clinic(self) -> Any: ...

    def now(self) -> datetime: ...


def make_templates() -> Jinja2Templates:
    """Templates that escape everything and fail on a name that they are not given."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return Jinja2Templates(env=environment)


def send_page(
    templates: Jinja2Templates, request: Request, name: str, context: dict[str, Any], status: int = 200
) -> Response:
    """Renders a page that no cache may keep: it shows what patients wrote."""
    headers = {"Cache-Control": "no-store"}
    return templates.TemplateResponse(request, name, context, status_code=status, headers=headers)
