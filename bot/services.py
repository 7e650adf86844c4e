"""Composition root: builds the parts from the settings, each when it is first used. No Agent in here, so
that an action server can use it too."""

from __future__ import annotations

from datetime import date, datetime, timezone
from functools import cached_property

from bot.clinic import ClinicProfile
from bot.escalation import audit
from bot.escalation.notify.deliverer import NotifyDeliverer
from bot.escalation.notify.ladder import Ladder
from bot.escalation.notify.notice import NoticeTemplate
from bot.escalation.service import EscalationService
from bot.records.database import Database
from bot.records.messages import Reply
from bot.screen import Screen
from bot.settings import ROOT, Settings
from bot.wording import Wording


class Services:
    """The parts that share one configuration. Tests make their own."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def now(self) -> datetime:
        return datetime.now(timezone.utc)

    def today(self) -> date:
        """The date on the clinic's calendar."""
        return self.now().astimezone(self.clinic.zone).date()

    @cached_property
    def database(self) -> Database:
        return Database(
            str(self.settings.database_url), {audit.KEY_OPTION: audit.key_of(str(self.settings.secret_key))}
        )

    @cached_property
    def clinic(self) -> ClinicProfile:
        return ClinicProfile.load(self.settings.clinic_file)

    @cached_property
    def wording(self) -> Wording:
        return Wording.load(ROOT / "data" / "responses")

    @cached_property
    def screen(self) -> Screen:
        return Screen.default()

    @cached_property
    def ladder(self) -> Ladder:
        return Ladder(self.database, self.now, lambda: self.clinic, self.say)

    @cached_property
    def escalations(self) -> EscalationService:
        return EscalationService(self.database, self.now, self.ladder)

    @cached_property
    def notice(self) -> NoticeTemplate:
        return NoticeTemplate.load(ROOT / "data" / "notification.txt")

    @cached_property
    def notifier(self) -> NotifyDeliverer:
        return NotifyDeliverer(self.database, self.settings, lambda: self.clinic, lambda: self.notice)

    def load_content(self) -> None:
        """Reads all content now, so that its errors stop the start and no patient waits for it.

        Raises:
            ClinicError, WordingError, LexiconError, ProtocolError, NoticeError: the text names file, line and remedy.
        """
        for name in ("clinic", "wording", "screen", "notice"):
            getattr(self, name)

    def say(self, response: str, channel: str, **facts: str) -> Reply:
        """The words of a response with the clinic's facts of this hour.

        Raises:
            WordingError: no such response, or nothing to fill a placeholder with.
        """
        message = self.wording.say(response, channel, {**self.clinic.facts(self.now()), **facts})
        return Reply(
            text=message.text,
            buttons=tuple({"title": button.title, "payload": button.payload} for button in message.buttons),
            disposition=message.disposition.value,
            response=response,
        )

    def symptom_name(self, symptom: str) -> str:
        """How a patient would call a symptom key."""
        return self.say(f"utter_symptom_{symptom}", "website").text

    def source_name(self, source: str) -> str:
        """How a patient would call the source of an answer: "A", "B", "A+B" or "G"."""
        return self.say(f"utter_source_{source.replace('+', '_')}", "website").text


_installed: Services | None = None


def services() -> Services:
    """The services of this process; built from the environment unless ``install`` came first."""
    global _installed
    if _installed is None:
        _installed = Services(Settings.load().prepare())
    return _installed


def install(instance: Services) -> None:
    """Makes ``services()`` return this instance: the server at its start, tests."""
    global _installed
    _installed = instance
