"""One notification through apprise: e-mail, chat, pagers, texts and webhooks, each named by an address."""

from __future__ import annotations

import re
from typing import Any

from bot.escalation.dispatcher import Retry
from bot.escalation.notify.notice import Notice

#: Apprise itself stops each step of a connection after 4 s (e-mail: 15 s); this is for all steps together.
SECONDS = 30.0
_STATUS = re.compile(r"error=(\d{3})\b")
_KEY_HEADER = "Idempotency-Key"


def is_address(address: str) -> bool:
    """Apprise knows this kind of address and finds it complete; nothing is sent."""
    return _service(address) is not None


def send(address: str, notice: Notice) -> None:
    """Sends a notification.

    Raises:
        Retry: it was not sent. The reason holds nothing of the address and nothing that the service said.
    """
    from apprise import Apprise

    service = _service(address)
    if service is None:
        raise Retry("its variable holds no address that apprise knows")
    # Webhooks and e-mail have room for it; elsewhere the key stands in the text.
    if isinstance(getattr(service, "headers", None), dict):
        service.headers[_KEY_HEADER] = notice.key
    sender = Apprise()
    sender.add(service)
    result = sender.notify(title=notice.title, body=notice.body, notify_type=notice.level, timeout=SECONDS)
    if not result:
        raise Retry(_reason(result))


def _service(address: str) -> Any:
    from apprise import Apprise

    return Apprise.instantiate(address, suppress_exceptions=True)


def _reason(result: Any) -> str:
    """Why it failed, in words of ours: apprise's log lines name hosts and quote errors."""
    if result.status.name == "TIMEOUT":
        return "no answer in time"
    said = " ".join(str(entry.message) for entry in result.logs())
    status = _STATUS.search(said)
    if status:
        return f"the service answered with status {status[1]}"
    return "no connection" if "onnection error" in said else "the service did not take it"
