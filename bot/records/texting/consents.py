"""Whether a number may be texted: every change with when, how and in which words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.records.texting.tables import text_consents

MAX_WORDING = 200


class State(str, Enum):
    IN = "in"
    OUT = "out"


class How(str, Enum):
    KEYWORD = "keyword"
    #: In the patient's own words.
    WORDS = "words"
    #: The texting service took it itself and told us.
    SERVICE = "service"
    #: The service refused a text, since the number has opted out there.
    REFUSED = "refused"


@dataclass(frozen=True)
class Consent:
    number: str
    our_number: str
    state: State
    how: How
    wording: str
    at: datetime


def opted_out(connection: Connection, number: str) -> bool:
    """The number's newest wish is to get no texts."""
    query = sa.select(text_consents.c.state).where(text_consents.c.number == number)
    newest = connection.execute(query.order_by(text_consents.c.id.desc()).limit(1)).scalar()
    return newest == State.OUT.value


def changed_after(connection: Connection, number: str, moment: datetime) -> bool:
    """The number has said something else since."""
    query = sa.select(text_consents.c.id).where(text_consents.c.number == number, text_consents.c.at > moment)
    return connection.execute(query.limit(1)).first() is not None


def record(connection: Connection, consent: Consent) -> None:
    connection.execute(
        text_consents.insert().values(
            number=consent.number,
            our_number=consent.our_number,
            state=consent.state.value,
            how=consent.how.value,
            wording=consent.wording[:MAX_WORDING],
            at=consent.at,
        )
    )


def of_number(connection: Connection, number: str) -> list[Consent]:
    """All changes, the newest first. None: the patient wrote first and never opted out."""
    query = sa.select(text_consents).where(text_consents.c.number == number).order_by(text_consents.c.id.desc())
    return [
        Consent(row.number, row.our_number, State(row.state), How(row.how), row.wording, row.at)
        for row in connection.execute(query)
    ]


def forget(connection: Connection, number: str) -> None:
    """Removes what is kept of a number, but for its wish to get no texts, if that is its newest; its words go."""
    own = text_consents.c.number == number
    newest = connection.execute(sa.select(sa.func.max(text_consents.c.id)).where(own)).scalar()
    stays = sa.and_(text_consents.c.id == newest, text_consents.c.state == State.OUT.value)
    connection.execute(text_consents.delete().where(own, ~stays))
    connection.execute(text_consents.update().where(own).values(wording=""))
