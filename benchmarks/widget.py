"""Size of the chat widget, time to its first reply, and what Lighthouse says of the demo page.

Needs a running server (``aftercare serve``) and a Chromium; Lighthouse comes from npm, if there is one:
``python -m benchmarks.widget``.
"""

from __future__ import annotations

import gzip
import statistics
import time

import requests
import typer
from playwright.sync_api import Browser, sync_playwright

from benchmarks.lighthouse import FORMS, chromium, lighthouse

REPLIES, WANTED_MS = 10, 150


def main(url: str = typer.Option("http://localhost:8000", help="Address of the server.")) -> None:
    """Print the figures."""
    browser_path = chromium()
    script = requests.get(f"{url}/widget.js", timeout=10).content
    packed = len(gzip.compress(script))
    typer.echo(f"widget.js: {packed / 1000:.1f} kB gzipped, {len(script) / 1000:.1f} kB; all that the chat loads")
    if not browser_path:
        raise typer.BadParameter("no chromium on the PATH; the other figures need one")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"])
        times = [_first_reply(browser, url) for _ in range(REPLIES)]
        browser.close()
    median = statistics.median(times)
    verdict = f"<= {WANTED_MS} ms: {'met' if median <= WANTED_MS else 'NOT MET'}"
    typer.echo(
        f"first reply after Send, {REPLIES} new conversations: median {median:.0f} ms ({verdict}), "
        f"slowest {max(times):.0f} ms"
    )
    for form in FORMS:
        typer.echo(f"Lighthouse, demo page, {form}: {lighthouse(url, form)}")


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


if __name__ == "__main__":
    typer.run(main)
