"""The answer for the time when the server is away."""

from __future__ import annotations

from pathlib import Path

from bot.settings import ROOT
from tests.servers import aftercare


def test_the_example_in_the_documents_is_what_the_command_prints(tmp_path: Path) -> None:
    printed = aftercare("sms", "fallback", data_dir=tmp_path).stdout
    assert printed == (ROOT / "docs" / "sms-fallback.xml").read_text(encoding="utf-8")
    assert all(number in printed for number in ("(217) 555-0142", "(217) 555-0187", "911"))
