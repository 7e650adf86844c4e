"""Takes the pictures of the documents from a running server: ``python docs/screenshots.py``.

Needs ``aftercare serve`` in another terminal, the development environment, and a Chromium on this computer.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import typer
from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).resolve().parent
DESKTOP = {"viewport": {"width": 1180, "height": 860}, "device_scale_factor": 1}
PHONE = {"viewport": {"width": 390, "height": 780}, "device_scale_factor": 1}


def main(
    url: str = typer.Option("http://localhost:8000", help="Address of the server."),
    browser: str = typer.Option("", help="Path of Chromium; by default the one on the PATH.", show_default=False),
) -> None:
    """Write docs/chat*.png: a patient reports a numb leg, chest pain, and has no connection."""
    path = browser or shutil.which("chromium") or shutil.which("google-chrome")
    if not path:
        raise typer.BadParameter("no Chromium found; give its path with --browser")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        take(chromium, url, "chat", urgent, **DESKTOP)
        take(chromium, url, "chat-emergency", emergency, **PHONE)
        take(chromium, url, "chat-dark", urgent, **PHONE, color_scheme="dark")
        take(chromium, url, "chat-unsent", unsent, **PHONE)
        chromium.close()


def take(chromium: Browser, url: str, name: str, act: Callable[[Page], None], **settings: Any) -> None:
    """One picture, of a new patient."""
    context = chromium.new_context(
        **{"color_scheme": "light", **settings}, reduced_motion="reduce", timezone_id="America/Chicago"
    )
    page = context.new_page()
    page.goto(url)
    page.click(".launcher")
    page.wait_for_selector(".log[aria-live=polite]")
    act(page)
    page.screenshot(path=FOLDER / f"{name}.png")
    context.close()
    typer.echo(f"Wrote {FOLDER / name}.png")


def say(page: Page, text: str, answer: str) -> None:
    page.fill("#text", text)
    page.press("#text", "Enter")
    page.wait_for_selector(answer)
    page.wait_for_selector(".typing:empty", state="attached")


def urgent(page: Page) -> None:
    say(page, "When can I drive?", ".log > .patient ~ .bot")
    say(page, "My leg went numb this morning", ".red-flag")
    page.wait_for_selector(".filed")


def emergency(page: Page) -> None:
    say(page, "I have chest pain", ".emergency")
    page.wait_for_selector(".filed")


def unsent(page: Page) -> None:
    page.route("**/chat/messages", lambda route: route.abort())
    say(page, "My leg went numb this morning", ".safe")


if __name__ == "__main__":
    typer.run(main)
