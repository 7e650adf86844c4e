"""The OpenAPI description of our HTTP routes, as it is served. ``openapi.yml`` is its one source."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

FILE = Path(__file__).resolve().parent / "openapi.yml"


def description() -> dict[str, Any]:
    read: dict[str, Any] = YAML(typ="safe", pure=True).load(FILE.read_text(encoding="utf-8"))
    return read


def description_route() -> Route:
    document = description()

    async def openapi(request: Request) -> Response:
        return JSONResponse(document)

    return Route("/openapi.json", openapi)
