"""What the console's pages share: the services they use, their templates, and how a page is sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from bot.console.people.roles import Role
from bot.escalation.service import EscalationService
from bot.records.database import Database
from bot.records.messages import Reply
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.console.access import Visit

FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Alarm:
    """What staff must know before anything else."""

    words: str
    #: The page that tells more; empty when there is none.
    link: str = ""


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

    @property
    def wording(self) -> Any: ...

    @property
    def screen(self) -> Any: ...

    def now(self) -> datetime: ...

    def today(self) -> date: ...

    def say(self, response: str, channel: str, **facts: str) -> Reply: ...


class Pages:
    """Renders pages and fragments that no cache may keep: they show what patients wrote."""

    def __init__(self, services: ConsoleServices, alarms: Callable[[], Sequence[Alarm]]) -> None:
        self._services = services
        self._alarms = alarms
        self._environment = Environment(
            loader=FileSystemLoader(FOLDER / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters.update(
            clock=self._clock, day=self._day, words=_words, span=waiting_words, moment=datetime.fromisoformat
        )

    def page(self, visit: Visit, template: str, status: int = 200, **context: Any) -> Response:
        """A whole page."""
        session = visit.known if visit.known and visit.known.complete else None
        shared = {
            "visit": visit,
            "account": session.account if session else None,
            "alarms": self.alarms() if session else (),
            "idles_out_at": session.idles_out_at() if session else None,
            "clinic": self._services.clinic.name,
            "dev": self._services.settings.dev,
            "Role": Role,
        }
        return self._send(template, status, {**shared, **context})

    def alarms(self) -> Sequence[Alarm]:
        """What staff must know before anything else, as of now."""
        return self._alarms()

    def fragment(self, visit: Visit, template: str, status: int = 200, **context: Any) -> Response:
        """A part of a page, to be put into one that is open."""
        return self._send(template, status, {"visit": visit, "account": visit.account, "Role": Role, **context})

    def refusal(self, visit: Visit, status: int, words: str) -> Response:
        """Why it was not done, as a page or as the few words that the open page shows."""
        if visit.wants_fragment:
            return HTMLResponse(self._environment.from_string("{{ words }}").render(words=words), status)
        return self.page(visit, "refused.html", status, words=words)

    def again(self, visit: Visit) -> Response:
        """Has the browser ask for the same page once more, from a page of ours."""
        return self._send("again.html", 200, {"path": visit.request.url.path})

    def without_database(self) -> Response:
        """Says what still works when the database is away: it needs nothing of it."""
        facts = self._services.clinic.facts(self._services.now())
        return self._send("without_database.html", 503, {"clinic": self._services.clinic.name, "phone": facts["phone"]})

    def _send(self, template: str, status: int, context: dict[str, Any]) -> Response:
        body = self._environment.get_template(template).render({"now": self._services.now(), **context})
        return HTMLResponse(body, status, headers={"Cache-Control": "no-store"})

    def _clock(self, at: datetime) -> str:
        """A moment on the clinic's clock: the hour today, else with its day."""
        local, now = (
            at.astimezone(self._services.clinic.zone),
            self._services.now().astimezone(self._services.clinic.zone),
        )
        hour = f"{local:%I:%M %p}".lstrip("0")
        if local.date() == now.date():
            return hour
        year = f", {local.year}" if local.year != now.year else ""
        return f"{local:%b} {local.day}{year}, {hour}"

    def _day(self, at: datetime) -> str:
        local = at.astimezone(self._services.clinic.zone)
        return f"{local:%a, %b} {local.day}, {local.year}"


def _words(key: str) -> str:
    """A key as people read it: ``back_pain`` -> back pain."""
    return str(key).replace("_", " ")


def waiting_words(waited: timedelta) -> str:
    """A time span as staff read it: "4 min", "2 h 05 min", "3 days 2 h"."""
    minutes = max(0, int(waited.total_seconds() // 60))
    hours, days = minutes // 60, minutes // (24 * 60)
    if days:
        return f"{days} {'day' if days == 1 else 'days'} {hours % 24} h"
    return f"{hours} h {minutes % 60:02} min" if hours else f"{minutes} min"
