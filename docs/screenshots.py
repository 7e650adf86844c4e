"""Takes the pictures of the documents from a running server: ``python docs/screenshots.py --help``.

Needs ``aftercare serve`` in another terminal, the development environment, and a Chromium on this computer.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer
from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).resolve().parent
COMPUTER = {"viewport": {"width": 1280, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 800}}
URL = typer.Option("http://localhost:8000", "--url", help="Address of the server.")
CHROMIUM = typer.Option("", "--browser", help="Path of Chromium; by default the one on the PATH.", show_default=False)
app = typer.Typer(help="Take the pictures of the documents from a running server.", no_args_is_help=True)


@app.command()
def chat(url: str = URL, browser: str = CHROMIUM) -> None:
    """Write docs/chat*.png: a patient reports a numb leg, chest pain, and has no connection."""
    with chromium(browser) as opened:
        take_chat(opened, url, "chat", urgent, **COMPUTER)
        take_chat(opened, url, "chat-emergency", emergency, **PHONE)
        take_chat(opened, url, "chat-dark", urgent, **PHONE, color_scheme="dark")
        take_chat(opened, url, "chat-unsent", unsent, **PHONE)


@app.command()
def console(
    name: str = typer.Argument(..., help="Account to sign in with: its own password set, no second factor."),
    password: str = typer.Argument(..., help="Its password."),
    url: str = URL,
    browser: str = CHROMIUM,
) -> None:
    """Write docs/console-*.png: the worklist and its first case, on a computer and a phone.

    There must be cases; an account without a second factor signs in with ``aftercare serve --dev`` only.
    """
    with chromium(browser) as opened:
        page = signed_in(open_page(opened, url, **COMPUTER), name, password)
        take(page, "console-worklist")
        open_case(page)
        take(page, "console-case")
        phone = signed_in(open_page(opened, url, **PHONE), name, password)
        take(phone, "console-phone")
        phone.emulate_media(color_scheme="dark")
        open_case(phone)
        take(phone, "console-dark")


@contextmanager
def chromium(path: str) -> Iterator[Browser]:
    path = path or shutil.which("chromium") or shutil.which("google-chrome") or ""
    if not path:
        raise typer.BadParameter("no Chromium found; give its path with --browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


def open_page(browser: Browser, url: str, **settings: Any) -> Page:
    """In a browser of its own, as somebody new."""
    fixed = {"base_url": url, "reduced_motion": "reduce", "timezone_id": "America/Chicago"}
    return browser.new_context(**{"color_scheme": "light", **settings}, **fixed).new_page()


def take(page: Page, name: str) -> None:
    page.screenshot(path=FOLDER / f"{name}.png")
    typer.echo(f"Wrote {FOLDER / name}.png")


def take_chat(browser: Browser, url: str, name: str, act: Callable[[Page], None], **settings: Any) -> None:
    """One picture, of a new patient."""
    page = open_page(browser, url, **settings)
    page.goto("/")
    page.click(".launcher")
    page.wait_for_selector(".log[aria-live=polite]")
    act(page)
    take(page, name)


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


def signed_in(page: Page, name: str, password: str) -> Page:
    page.goto("/staff")
    page.fill("#name", name)
    page.fill("#password", password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="go on without it").click()
    page.wait_for_selector("#live-state:text('Live')")
    return page


def open_case(page: Page) -> None:
    page.locator("#rows .acknowledged a, #rows .row a").first.click()
    page.wait_for_selector("#transcript")


if __name__ == "__main__":
    app()
