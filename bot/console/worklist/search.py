"""Finding a case by its reference, or by a patient's name or number. The words stay out of every address."""

from __future__ import annotations

import re

import phonenumbers
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.records.tables import conversations, escalations

MOST = 50
#: A text that fits more patients than this tells nothing.
MOST_PATIENTS = 500
#: Digits from which on a part of a number is looked for.
FEWEST_DIGITS = 4
_REFERENCE = re.compile(r"[2-9A-Z]{4}-?[2-9A-Z]{4}", re.IGNORECASE)


def search(connection: Connection, text: str, country: str) -> list[str]:
    """References of the cases that fit, newest first.

    Args:
        text: a reference, a name or part of one, a telephone number or its end.
        country: the clinic's, for numbers that are written without their country.
    """
    text = " ".join(text.split())
    if _REFERENCE.fullmatch(text):
        found = _by_reference(connection, text)
        if found:
            return found
    digits = re.sub(r"\D", "", text)
    if len(digits) >= FEWEST_DIGITS and not re.search(r"[^\W\d_]", text):
        return _of(connection, _numbers(text, digits, country))
    return _of(connection, [_name(text)]) if len(text) > 1 else []


def _by_reference(connection: Connection, text: str) -> list[str]:
    plain = text.replace("-", "").upper()
    found = connection.execute(sa.select(escalations.c.id).where(escalations.c.id == f"{plain[:4]}-{plain[4:]}"))
    return list(found.scalars())


def _name(text: str) -> sa.sql.Select:
    """Without regard to capital letters. SQLite knows those of A to Z alone, so other ones are looked for as they are
    written, and as names are."""
    name = conversations.c.contact_name
    ways = {way: re.sub(r"([%_\\])", r"\\\1", way) for way in (text, text.lower(), text.upper(), text.title())}
    fits = [sa.func.lower(name).like(f"%{ways[text.lower()]}%", escape="\\")]
    if not text.isascii():
        fits += [name.like(f"%{pattern}%", escape="\\") for pattern in ways.values()]
    return sa.select(conversations.c.id).where(name.is_not(None), sa.or_(*fits))


def _numbers(text: str, digits: str, country: str) -> list[sa.sql.Select]:
    """Conversations with this number, as contact or as sender: a whole one by its index, an end of one by a scan."""
    columns = (conversations.c.contact_phone, conversations.c.address)
    try:
        number = phonenumbers.parse(text, country)
        whole = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        if phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE:
            return [sa.select(conversations.c.id).where(column == whole) for column in columns]
    except phonenumbers.NumberParseException:
        pass
    return [sa.select(conversations.c.id).where(column.is_not(None), column.like(f"%{digits}")) for column in columns]


def _of(connection: Connection, queries: list[sa.sql.Select]) -> list[str]:
    owners: list[str] = []
    for query in queries:
        # In no order: to sort by the key, SQLite would walk through all conversations.
        owners += connection.execute(query.limit(MOST_PATIENTS)).scalars()
    if not owners:
        return []
    found = (
        sa.select(escalations.c.id)
        .where(escalations.c.conversation_id.in_(sorted(set(owners))))
        .order_by(escalations.c.opened_at.desc())
        .limit(MOST)
    )
    return list(connection.execute(found).scalars())
