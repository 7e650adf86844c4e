"""A text as Twilio tells of it."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.channels.inbound import MAX_NAME, clean_text
from bot.records.texting.media import PLACE

CHANNEL = "sms"
MAX_MEDIA = 10
_SID = re.compile(r"[A-Za-z0-9_-]{1,64}")
#: "(2/3)" at the beginning or the end. No more than five parts: "(7/10)" is how much it hurts.
_PART_MARK = re.compile(r"^\s*[(\[]?([1-5])/([2-5])[)\]:]\s*|\s*[(\[]([1-5])/([2-5])[)\]]\s*$")


@dataclass(frozen=True)
class IncomingText:
    sid: str
    #: Who wrote, and to which of our numbers; "whatsapp:+1..." for that network.
    sender: str
    to: str
    body: str
    #: (address, content type); a place has the address ``geo:latitude,longitude``.
    media: tuple[tuple[str, str], ...] = ()
    #: Which keyword Twilio has taken and answered itself: "STOP", "START", "HELP" or "".
    service_took: str = ""

    @classmethod
    def of(cls, form: Mapping[str, str]) -> IncomingText | None:
        """None for a form that tells of no text."""
        sid, sender, to = (form.get(name, "").strip() for name in ("MessageSid", "From", "To"))
        sid = sid or form.get("SmsSid", "").strip()
        names = (sender, to)
        if not _SID.fullmatch(sid) or not all(name and len(name) <= MAX_NAME and name.isprintable() for name in names):
            return None
        return cls(sid, sender, to, clean_text(form.get("Body", "")), _media(form), form.get("OptOutType", "").upper())

    def conversation_id(self, secret_key: str) -> str:
        """Ours for this number of theirs: 128 bits that nobody can work out without the secret key."""
        names = f"{CHANNEL}\0{self.to}\0{self.sender}"
        return hmac.new(secret_key.encode(), names.encode(), hashlib.sha256).hexdigest()[:32]


def part_of(text: str) -> tuple[int, int, str] | None:
    """Of a text that phones have cut up: which part of how many it is, and its words. None for a whole one."""
    match = _PART_MARK.search(text)
    if match is None:
        return None
    number, count = (int(group) for group in match.groups() if group)
    return (number, count, (text[: match.start()] + text[match.end() :]).strip()) if number <= count else None


def _media(form: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    count = form.get("NumMedia", "0")
    number = min(int(count), MAX_MEDIA) if count.isascii() and count.isdigit() and len(count) < 4 else 0
    found = [
        (form[f"MediaUrl{place}"], form.get(f"MediaContentType{place}", ""))
        for place in range(number)
        if form.get(f"MediaUrl{place}")
    ]
    if form.get("Latitude") and form.get("Longitude"):
        found.append((f"geo:{form['Latitude']},{form['Longitude']}"[:100], PLACE))
    return tuple(found)
