"""What a patient's message brought beside words: fetched from the texting service when somebody asks for it."""

from __future__ import annotations

from urllib.parse import urlsplit

import requests
from starlette.responses import Response

from bot.console import trail
from bot.console.access import Page, Refused, Visit
from bot.console.pages import ConsoleServices
from bot.console.people.roles import Role
from bot.records.texting import media
from bot.settings import Settings

MAX_BYTES = 25 * 1024 * 1024
TIMEOUT_SECONDS = 15
#: Shown in the browser; everything else is saved as a file, so that nothing of a patient's runs as a page of ours.
SHOWN = ("image/jpeg", "image/png", "image/gif", "image/webp", "audio/", "video/")
TWILIO = ".twilio.com"


class Attachments:
    def __init__(self, services: ConsoleServices) -> None:
        self._services = services

    def routes(self) -> list[Page]:
        return [Page("attachment", "GET", "/staff/media/{medium}", self._show, least=Role.NURSE)]

    def _show(self, visit: Visit) -> Response:
        name = visit.path("medium")
        number = int(name) if name.isascii() and name.isdigit() and len(name) < 10 else 0
        with self._services.database.read() as connection:
            medium = media.find(connection, number)
        if medium is None:
            raise Refused(404, "There is no such attachment.")
        # Whoever asks for it is written down before it is shown.
        with self._services.database.write() as connection:
            trail.note(connection, visit.account.name, "attachment.viewed", f"message/{medium.message_id}", visit.now)
        content = fetch_media(self._services.settings, medium.url)
        kind = medium.content_type.split(";")[0].strip().lower()
        shown = any(kind.startswith(item) for item in SHOWN)
        headers = {
            "content-disposition": f'{"inline" if shown else "attachment"}; filename="attachment-{medium.id}"',
            "content-security-policy": "default-src 'none'; sandbox",
        }
        return Response(content, media_type=kind if shown else "application/octet-stream", headers=headers)


def fetch_media(settings: Settings, url: str) -> bytes:
    """What is at the address, with the account's token: Twilio keeps it, and may ask who wants it.

    Raises:
        Refused: it is no address of the texting service, is gone, or is too large.
    """
    parts, api = urlsplit(url), urlsplit(settings.twilio_api_url)
    twilios = parts.scheme == "https" and (parts.hostname or "").endswith(TWILIO)
    if not twilios and (parts.scheme, parts.netloc) != (api.scheme, api.netloc):
        raise Refused(404, "This attachment is not with the texting service.")
    token = str(settings.twilio_auth_token).split(",")[0].strip()
    who = (settings.twilio_account_sid, token) if settings.twilio_account_sid else None
    try:
        with requests.get(url, auth=who, stream=True, timeout=TIMEOUT_SECONDS) as answer:
            if answer.status_code != 200:
                raise Refused(502, f"The texting service does not give it out (status {answer.status_code}).")
            content = b""
            for chunk in answer.iter_content(64 * 1024):
                content += chunk
                if len(content) > MAX_BYTES:
                    raise Refused(502, "It is too large to be shown here.")
            return content
    except requests.RequestException:
        raise Refused(502, "The texting service cannot be reached. Try again.") from None
