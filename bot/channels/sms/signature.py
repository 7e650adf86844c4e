"""Who sent it: Twilio signs every request with the account's token over the address that it called and the form."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl, urlsplit

from twilio.request_validator import RequestValidator, add_port, remove_port

HEADER = "x-twilio-signature"
MAX_FIELDS = 200


class Verifier:
    """Checks signatures against the public address; what the last hop says of host, scheme and port does not count."""

    def __init__(self, public_url: str, tokens: Sequence[str]) -> None:
        """
        Args:
            public_url: as Twilio is told to call us. A fragment (``#rc=2``) steers Twilio and is not signed.
            tokens: any of them may have signed.
        """
        self._base = public_url.partition("#")[0].rstrip("/")
        self._validators = [RequestValidator(token) for token in tokens]

    def signed(self, path: str, query: str, form: Mapping[str, str], signature: str) -> bool:
        """True if one of the tokens signed this form for this address.

        Args:
            path: as it came, without decoding; ``query`` likewise, without its question mark.
        """
        address = urlsplit(self._base + path + (f"?{query}" if query else ""))
        given = signature.encode("utf-8", "replace")
        matches = [
            hmac.compare_digest(validator.compute_signature(url, form).encode(), given)
            for validator in self._validators
            # Twilio signs the default port sometimes written out and sometimes not.
            for url in (remove_port(address), add_port(address))
        ]
        return any(matches)


def read_form(body: bytes) -> dict[str, str] | None:
    """The fields of a form, blank ones too; None for what Twilio never sends: a field twice, bytes that are no text."""
    try:
        pairs = parse_qsl(
            body.decode("utf-8"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=MAX_FIELDS,
        )
    except ValueError:
        return None
    form = dict(pairs)
    return form if len(form) == len(pairs) else None
