"""Settings refuse wrong values with the variable's name and the remedy, and never show a secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import Settings, SettingsError

NO_FILE = Path("no.env")


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("PORT", "80a", "1 to 65535"),
        ("PORT", "0", "1 to 65535"),
        ("DATABASE_URL", "mysql://x", "sqlite:/// or postgresql://"),
        ("AFTERCARE_API_TOKEN", "short", "openssl rand"),
        ("AFTERCARE_SECRET_KEY", "short", "openssl rand"),
        ("AFTERCARE_CLINIC", "nowhere.yml", "Copy data/clinic.yml"),
        ("AFTERCARE_PUBLIC_URL", "chat.example.org", "http:// or https://"),
        ("AFTERCARE_ACTION_ENDPOINT", "localhost:5055", "http:// or https://"),
        ("AFTERCARE_RASA_DEADLINE", "soon", "above 0"),
        ("AFTERCARE_SILENCE_MINUTES", "-1", "above 0"),
        ("AFTERCARE_SILENCE_MINUTES", "nan", "above 0"),
        ("AFTERCARE_RETENTION_CONVERSATIONS", "-1", "whole number"),
        ("AFTERCARE_RETENTION_DAILY", "sometimes", "yes or no"),
    ],
)
def test_wrong_value_names_variable_and_remedy(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, remedy: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        Settings.load(env_file=NO_FILE)
    assert str(refused.value).startswith(f"{name}: ")
    assert remedy in str(refused.value)


@pytest.mark.parametrize("name", ["AFTERCARE_API_TOKEN", "AFTERCARE_SECRET_KEY", "DATABASE_URL"])
def test_secrets_do_not_print(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    secret = "postgresql://user:canary-canary-canary-canary@localhost/x"
    monkeypatch.setenv(name, secret)
    assert "canary" not in repr(Settings.load(env_file=NO_FILE))


def test_refusal_does_not_show_the_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AFTERCARE_API_TOKEN", "canary")
    with pytest.raises(SettingsError) as refused:
        Settings.load(env_file=NO_FILE)
    assert "canary" not in str(refused.value)


def test_env_file_is_read_and_the_environment_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("PORT=8100\nAFTERCARE_SILENCE_MINUTES=5\n")
    monkeypatch.setenv("PORT", "8200")
    settings = Settings.load(env_file=file)
    assert (settings.port, settings.silence_minutes) == (8200, 5)


def test_secret_key_is_made_once_and_for_its_owner_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AFTERCARE_DATA_DIR", str(tmp_path / "new"))
    first = Settings.load(env_file=NO_FILE).prepare()
    second = Settings.load(env_file=NO_FILE).prepare()
    assert len(str(first.secret_key)) == 64
    assert str(first.secret_key) == str(second.secret_key)
    assert (tmp_path / "new").stat().st_mode & 0o077 == 0
    assert (tmp_path / "new" / "secret_key").stat().st_mode & 0o077 == 0


def test_folder_that_cannot_be_made_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("AFTERCARE_DATA_DIR", str(tmp_path / "file" / "data"))
    with pytest.raises(SettingsError, match="AFTERCARE_DATA_DIR"):
        Settings.load(env_file=NO_FILE).prepare()
