"""Takes the pictures of the README from a running server: ``python docs/screenshots.py``.

Needs ``aftercare serve`` in another terminal, the development environment, and a Chromium on this computer.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import typer
from playwright.sync_api import ViewportSize, sync_playwright

FOLDER = Path(__file__).resolve().parent
SIZE = ViewportSize(width=1180, height=1020)
MESSAGES = ("When can I drive?", "My leg went numb this morning")


def main(
    url: str = typer.Option("http://localhost:8000", help="Address of the server."),
    browser: str = typer.Option("", help="Path of Chromium; by default the one on the PATH.", show_default=False),
) -> None:
    """Write docs/chat.png: a patient reports a numb leg and is told to call."""
    path = browser or shutil.which("chromium") or shutil.which("google-chrome")
    if not path:
        raise typer.BadParameter("no Chromium found; give its path with --browser")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        page = chromium.new_page(viewport=SIZE, device_scale_factor=2, color_scheme="light", reduced_motion="reduce")
        page.goto(url)
        page.click(".launcher")
        for text in MESSAGES:
            page.fill("#text", text)
            page.press("#text", "Enter")
            page.wait_for_selector(".log > .patient ~ .bot:last-child", state="attached")
        page.wait_for_selector(".red-flag")
        page.wait_for_selector(".typing:empty", state="attached")
        page.screenshot(path=FOLDER / "chat.png")
        chromium.close()
    typer.echo(f"Wrote {FOLDER / 'chat.png'}")


if __name__ == "__main__":
    typer.run(main)
