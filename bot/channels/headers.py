"""Headers of every response: what browsers may do with our pages, and that nothing is kept."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ALWAYS = {
    "content-security-policy": "default-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'self'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}
_YEAR_SECONDS = 365 * 24 * 3600


def security_headers(https: bool) -> dict[str, str]:
    """
    Args:
        https: patients reach us over HTTPS, so browsers may insist on it.
    """
    return {**_ALWAYS, **({"strict-transport-security": f"max-age={_YEAR_SECONDS}"} if https else {})}


class SecurityHeaders:
    """Adds them to every response; one that a response brings itself stays."""

    def __init__(self, app: ASGIApp, https: bool = False) -> None:
        self.app = app
        self._headers = [(name.encode(), value.encode()) for name, value in security_headers(https).items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = list(message.get("headers", ()))
                names = {name.lower() for name, _ in own}
                message["headers"] = own + [header for header in self._headers if header[0] not in names]
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)
