"""The widget as one script: its modules, styles and words put together, with the clinic's numbers in it.

No build step and no second request: the modules under ``web/widget`` are joined when the server starts. The numbers
are in the script so that it can say whom to call when the server is gone.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

WIDGET = Path(__file__).resolve().parent / "web" / "widget"
ENTRY = "main.js"
#: Of the clinic's facts, what the widget shows.
FACTS = ("clinic", "phone", "office_phone", "after_hours_phone")

_IMPORT = re.compile(r'^import \{[^}]*\} from "\./([\w/-]+\.js)";\n', re.M)
_EXPORT = re.compile(r"^export (?=(?:const|class|function|async function) )", re.M)


class Widget:
    """The script, made once for each set of facts."""

    def __init__(self, folder: Path = WIDGET) -> None:
        modules = _with_needs(folder, ENTRY, [])
        words = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted((folder / "strings").glob("*.json"))}
        styles = (folder / "widget.css").read_text("utf-8")
        self._constants = f"const STRINGS = {json.dumps(words)};\nconst STYLES = {json.dumps(styles)};\n"
        self._code = "\n".join(_EXPORT.sub("", _IMPORT.sub("", (folder / name).read_text("utf-8"))) for name in modules)
        self._made = lru_cache(maxsize=8)(self._make)

    def script(self, facts: Mapping[str, str]) -> Script:
        return self._made(tuple((name, facts[name]) for name in FACTS))

    def _make(self, facts: tuple[tuple[str, str], ...]) -> Script:
        clinic = f"const CLINIC = {json.dumps(dict(facts))};\n"
        return Script(f'(() => {{\n"use strict";\n{clinic}{self._constants}{self._code}\n}})();\n')


class Script:
    def __init__(self, text: str) -> None:
        self.plain = text.encode("utf-8")
        self.gzipped = gzip.compress(self.plain, mtime=0)
        self.etag = f'"{hashlib.sha256(self.plain).hexdigest()[:20]}"'


def _with_needs(folder: Path, name: str, done: list[str]) -> list[str]:
    """``done`` and, behind it, the module with all that it needs, each after what it needs itself."""
    for needed in _IMPORT.findall((folder / name).read_text("utf-8")):
        if needed not in done:
            _with_needs(folder, needed, done)
    done.append(name)
    return done
