"""Size of the chat widget, time to its first reply, and what Lighthouse says of the demo page.

Needs a running server (``aftercare serve``) and a Chromium; Lighthouse comes from npm, if there is one:
``python -m benchmarks.widget``.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import requests
import typer
from playwright.sync_api import Browser, sync_playwright

LIGHTHOUSE = "lighthouse@13.5.0"
REPLIES = 10


def main(url: str = typer.Option("http://localhost:8000", help="Address of the server.")) -> None:
    """Print the figures."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    script = requests.get(f"{url}/widget.js", timeout=10).content
    packed = len(gzip.compress(script))
    typer.echo(f"widget.js: {packed / 1000:.1f} kB gzipped, {len(script) / 1000:.1f} kB; all that the chat loads")
    if not chromium:
        raise typer.BadParameter("no chromium on the PATH; the other figures need one")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        times = [_first_reply(browser, url) for _ in range(REPLIES)]
        browser.close()
    typer.echo(
        f"first reply after Send, {REPLIES} new conversations: median {statistics.median(times):.0f} ms, "
        f"slowest {max(times):.0f} ms"
    )
    if not shutil.which("npx"):
        typer.echo("Lighthouse: no npx on the PATH, not measured")
        return
    for form in ("mobile", "desktop"):
        typer.echo(f"Lighthouse, demo page, {form}: {_lighthouse(chromium, url, form)}")


def _first_reply(browser: Browser, url: str) -> float:
    """Milliseconds from Send to the answer on the screen."""
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.goto(url)
    page.click(".launcher")
    page.wait_for_selector(".log[aria-busy=false]")
    page.fill("#text", "when can I drive?")
    began = time.perf_counter()
    page.press("#text", "Enter")
    page.wait_for_selector(".log > .patient ~ .bot")
    taken = time.perf_counter() - began
    context.close()
    return taken * 1000


def _lighthouse(chromium: str, url: str, form: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [
            "npx", "--yes", LIGHTHOUSE, url, "--quiet", "--output=json", f"--output-path={report}",
            "--only-categories=accessibility,performance", "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
            *(["--preset=desktop"] if form == "desktop" else []),
        ]  # fmt: skip
        # Lighthouse finds the browser by this variable alone.
        ran = subprocess.run(command, env={**os.environ, "CHROME_PATH": chromium}, capture_output=True, text=True)
        if ran.returncode:
            return f"failed: {ran.stderr.strip().splitlines()[-1:]}"
        categories = json.loads(report.read_text("utf-8"))["categories"]
    return ", ".join(f"{name} {item['score'] * 100:.0f}" for name, item in categories.items())


if __name__ == "__main__":
    typer.run(main)
