"""Settings: the only place that reads environment variables. Documented in ``.env.example``."""

from __future__ import annotations

import ipaddress
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from starlette.config import Config
from starlette.datastructures import Secret

ROOT = Path(__file__).resolve().parent.parent
T = TypeVar("T")


class SettingsError(Exception):
    """A setting has a wrong value. The text names the variable and the remedy, never the value of a secret."""


@dataclass(frozen=True)
class Settings:
    port: int
    data_dir: Path
    database_url: Secret
    api_token: Secret
    clinic_file: Path
    public_url: str
    secret_key: Secret
    action_endpoint: str
    rasa_deadline: float
    silence_minutes: float
    retention_conversations: int
    retention_escalations: int
    retention_audit: int
    retention_daily: bool
    rate_conversation: int
    rate_address: int
    rate_new: int
    trusted_proxies: tuple[str, ...]
    allowed_origins: tuple[str, ...]
    delivery_tries: int
    twilio_account_sid: str
    #: One token, or two with a comma between them while they are changed over.
    twilio_auth_token: Secret
    #: Our number (+1...) or a messaging service (MG...).
    twilio_from: str
    twilio_answers_keywords: bool
    twilio_api_url: str
    text_countries: tuple[str, ...]
    texts_per_number: int
    texts_per_day: int
    dev: bool = False
    #: Where ``variable`` looks.
    environment: Config = field(default_factory=Config, repr=False, compare=False)

    @classmethod
    def load(cls, dev: bool = False, env_file: Path | None = None) -> Settings:
        """Reads the environment, then ``.env``, then the defaults.

        Raises:
            SettingsError: a value cannot be used.
        """
        file = env_file or ROOT / ".env"
        environment = Config(file if file.is_file() else None)

        def config(name: str, cast: Callable[[str], T], default: str) -> T:
            try:
                return cast(str(environment(name, default=default)))
            except ValueError as error:
                raise SettingsError(f"{name}: {error}") from None

        data_dir = config("AFTERCARE_DATA_DIR", _path, "var")
        return cls(
            port=config("PORT", _port, "8000"),
            data_dir=data_dir,
            database_url=config("DATABASE_URL", _database_url, f"sqlite:///{data_dir / 'aftercare.db'}"),
            api_token=config("AFTERCARE_API_TOKEN", _secret(16), ""),
            clinic_file=config("AFTERCARE_CLINIC", _file, "data/clinic.yml"),
            public_url=config("AFTERCARE_PUBLIC_URL", _url, ""),
            secret_key=config("AFTERCARE_SECRET_KEY", _secret(32), ""),
            action_endpoint=config("AFTERCARE_ACTION_ENDPOINT", _url, ""),
            rasa_deadline=config("AFTERCARE_RASA_DEADLINE", _positive, "3"),
            silence_minutes=config("AFTERCARE_SILENCE_MINUTES", _positive, "15"),
            retention_conversations=config("AFTERCARE_RETENTION_CONVERSATIONS", _count, "90"),
            retention_escalations=config("AFTERCARE_RETENTION_ESCALATIONS", _count, "2190"),
            retention_audit=config("AFTERCARE_RETENTION_AUDIT", _count, "2190"),
            retention_daily=config("AFTERCARE_RETENTION_DAILY", _yes_or_no, "yes"),
            rate_conversation=config("AFTERCARE_RATE_CONVERSATION", _count, "30"),
            rate_address=config("AFTERCARE_RATE_ADDRESS", _count, "120"),
            rate_new=config("AFTERCARE_RATE_NEW", _count, "30"),
            trusted_proxies=config("AFTERCARE_TRUSTED_PROXIES", _networks, ""),
            allowed_origins=config("AFTERCARE_ALLOWED_ORIGINS", _origins, ""),
            delivery_tries=config("AFTERCARE_DELIVERY_TRIES", _tries, "12"),
            twilio_account_sid=config("TWILIO_ACCOUNT_SID", str.strip, ""),
            twilio_auth_token=config("TWILIO_AUTH_TOKEN", _secret(1), ""),
            twilio_from=config("TWILIO_FROM", _sender, ""),
            twilio_answers_keywords=config("TWILIO_ANSWERS_KEYWORDS", _yes_or_no, "no"),
            twilio_api_url=config("TWILIO_API_URL", _url, "https://api.twilio.com"),
            text_countries=config("AFTERCARE_TEXT_COUNTRIES", _countries, ""),
            texts_per_number=config("AFTERCARE_TEXTS_PER_NUMBER", _count, "100"),
            texts_per_day=config("AFTERCARE_TEXTS_PER_DAY", _count, "5000"),
            dev=dev,
            environment=environment,
        )

    def variable(self, name: str) -> Secret:
        """The value of a variable that the clinic named itself, in the environment or ``.env``.

        Raises:
            SettingsError: it is not set, or is empty.
        """
        value = str(self.environment(name, default="")).strip()
        if not value:
            raise SettingsError(f"{name}: is not set; set it in the environment or in .env")
        return Secret(value)

    @property
    def spool_file(self) -> Path:
        """Where this copy keeps the red flags that the database could not take."""
        return self.data_dir / "spool.jsonl"

    def has_key(self) -> bool:
        """False where ``prepare`` would make a new secret key."""
        return bool(str(self.secret_key)) or (self.data_dir / "secret_key").exists()

    def prepare(self) -> Settings:
        """Makes the data folder (0700) and, where none is set, the secret key kept in it (0600).

        Raises:
            SettingsError: the folder cannot be written.
        """
        key_file = self.data_dir / "secret_key"
        try:
            self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            if str(self.secret_key):
                return self
            if not key_file.exists():
                key_file.touch(mode=0o600)
                key_file.write_text(secrets.token_hex(32), encoding="ascii")
            key = key_file.read_text(encoding="ascii").strip()
        except OSError as error:
            raise SettingsError(
                f"AFTERCARE_DATA_DIR: cannot write to {self.data_dir} ({error.strerror}). "
                "Point it to a folder that this user may write to."
            ) from None
        return replace(self, secret_key=Secret(key))


def _port(value: str) -> int:
    if not value.isdigit() or not 0 < int(value) < 65536:
        raise ValueError("must be a port number from 1 to 65535, for example 8000")
    return int(value)


def _path(value: str) -> Path:
    path = Path(value).expanduser()
    return path if path.is_absolute() else ROOT / path


def _file(value: str) -> Path:
    path = _path(value)
    if not path.is_file():
        raise ValueError(f"no such file: {path}. Copy data/clinic.yml and edit it for your clinic")
    return path


def _url(value: str) -> str:
    if value and not value.startswith(("http://", "https://")):
        raise ValueError("must be a full address that starts with http:// or https://")
    return value.rstrip("/")


def _database_url(value: str) -> Secret:
    if value.startswith("postgres://"):
        value = value.replace("postgres://", "postgresql://", 1)
    if not value.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg2://")):
        raise ValueError("must start with sqlite:/// or postgresql://")
    if value.startswith("postgresql"):
        # Only here: reading an address is no reason to load the library for commands without a database.
        from sqlalchemy.engine import make_url
        from sqlalchemy.exc import ArgumentError

        try:
            make_url(value)
        except (ArgumentError, ValueError):
            # Their words would quote the password.
            raise ValueError("cannot be read; write special characters of the password as %40 and the like") from None
    return Secret(value)


def _secret(length: int) -> Callable[[str], Secret]:
    def cast(value: str) -> Secret:
        if value and len(value) < length:
            raise ValueError(f"must have at least {length} characters; make one with: openssl rand -hex 32")
        return Secret(value)

    return cast


def _tries(value: str) -> int:
    if not value.isdigit() or not 0 < int(value) <= 1000:
        raise ValueError("must be a whole number from 1 to 1000")
    return int(value)


def _positive(value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = 0
    if not 0 < number < float("inf"):
        raise ValueError("must be a number above 0")
    return number


def _count(value: str) -> int:
    if not value.isascii() or not value.isdigit() or len(value) > 6:
        raise ValueError("must be a whole number; 0 for no limit")
    return int(value)


def _yes_or_no(value: str) -> bool:
    if value not in ("yes", "no"):
        raise ValueError("must be yes or no")
    return value == "yes"


def _sender(value: str) -> str:
    if value and not re.fullmatch(r"\+[1-9]\d{6,14}|MG[0-9a-fA-F]{32}", value.strip()):
        raise ValueError("must be a phone number such as +12175550100, or the id of a messaging service (MG...)")
    return value.strip()


def _countries(value: str) -> tuple[str, ...]:
    if not all(re.fullmatch("[A-Z]{2}", item) for item in _list(value)):
        raise ValueError("must be countries by their two capital letters, separated by commas, for example US,CA")
    return _list(value)


def _list(value: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in value.split(",") if item.strip())


def _networks(value: str) -> tuple[str, ...]:
    for item in _list(value):
        try:
            ipaddress.ip_network(item)
        except ValueError:
            raise ValueError("must be IP addresses or networks, for example 10.0.0.0/8, separated by commas") from None
    return _list(value)


def _origins(value: str) -> tuple[str, ...]:
    for item in _list(value):
        parts = urlsplit(item)
        if parts.scheme not in ("http", "https") or item != f"{parts.scheme}://{parts.netloc}" or "*" in item:
            raise ValueError("must be origins such as https://www.example.org, without a path, separated by commas")
    return _list(value)
