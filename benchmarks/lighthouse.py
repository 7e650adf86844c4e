"""What Lighthouse says of a page; it comes from npm, if there is one."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

PACKAGE = "lighthouse@13.5.0"
FORMS = ("mobile", "desktop")


def chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("google-chrome")


def lighthouse(
    url: str, form: str, categories: Sequence[str] = ("accessibility", "performance"), cookie: str = ""
) -> str:
    """The scores, 100 at most, in words; why there are none where it could not be asked.

    Args:
        form: of ``FORMS``.
        cookie: of whoever is signed in, ``name=value``.
    """
    browser = chromium()
    if not browser or not shutil.which("npx"):
        return "not measured, it needs npx and a chromium on the PATH"
    with tempfile.TemporaryDirectory() as folder:
        report, headers = Path(folder) / "report.json", Path(folder) / "headers.json"
        headers.write_text(json.dumps({"Cookie": cookie} if cookie else {}), encoding="utf-8")
        command = [
            "npx", "--yes", PACKAGE, url, "--quiet", "--output=json", f"--output-path={report}",
            f"--only-categories={','.join(categories)}", f"--extra-headers={headers}",
            "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
            *(["--preset=desktop"] if form == "desktop" else []),
        ]  # fmt: skip
        # Lighthouse finds the browser by this variable alone.
        ran = subprocess.run(command, env={**os.environ, "CHROME_PATH": browser}, capture_output=True, text=True)
        if ran.returncode:
            return f"failed: {ran.stderr.strip().splitlines()[-1:]}"
        result = json.loads(report.read_text("utf-8"))
    if result["finalDisplayedUrl"].split("?")[0] != url.split("?")[0]:
        return f"another page came: {result['finalDisplayedUrl']}"
    scores = ", ".join(f"{name} {item['score'] * 100:.0f}" for name, item in result["categories"].items())
    failed = [key for key, item in result["audits"].items() if item["score"] == 0 and "accessibility" in categories]
    wrong = [key for key in failed if key in _named(result)]
    return f"{scores} {' '.join(wrong)}".strip()


def _named(result: dict[str, dict[str, dict[str, list[dict[str, object]]]]]) -> set[object]:
    """Ids of the audits that the accessibility score is made of."""
    parts = result["categories"]["accessibility"]["auditRefs"]
    return {part["id"] for part in parts if part["weight"]}
