"""The test's side of the launcher: one server on one port and one database, killed and started again."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.settings import ROOT
from tests.servers import environment


class Launcher:
    """The process that forks; see launcher.py."""

    def __init__(self, folder: Path) -> None:
        with open(folder / "launcher.log", "ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.torture.crash.launcher"],
                cwd=ROOT,
                env=environment(folder),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        #: Of the process that forks: more than one could not be forked safely.
        self.threads = int(self._read())

    def ask(self, **wanted: Any) -> Any:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(wanted) + "\n")
        self._process.stdin.flush()
        return self._read()

    def end(self) -> None:
        self._process.communicate(timeout=30)

    def _read(self) -> Any:
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line, "the launcher died"
        return json.loads(line)


class Lives:
    """A server that lives again and again on one data folder."""

    def __init__(self, launcher: Launcher, port: int, folder: Path, variables: Mapping[str, str]) -> None:
        self._launcher = launcher
        self._port = port
        self._folder = folder
        self._variables = variables
        self.url = f"http://127.0.0.1:{port}"
        self.began = 0.0

    def start(self, point: str = "", passes: int = 1) -> None:
        # A killed process leaves its temporary files, the unpacked model among them.
        scratch = self._folder / "scratch"
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir()
        variables = {**self._variables, "AFTERCARE_DATA_DIR": str(self._folder), "TMPDIR": str(scratch)}
        self.began = time.monotonic()
        self._launcher.ask(
            do="start",
            port=self._port,
            log=str(self._folder / "server.log"),
            variables=variables,
            point=point,
            passes=passes,
        )

    def alive(self) -> bool:
        return bool(self._launcher.ask(do="look"))

    def kill(self) -> int:
        """The signal by which it died, now or before."""
        return int(self._launcher.ask(do="kill")) & 0x7F
