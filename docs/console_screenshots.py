"""Takes the pictures of docs/console.md from a running server: ``python docs/console_screenshots.py NAME PASSWORD``.

Needs ``aftercare serve --dev`` in another terminal with some cases in it, an account without a second factor whose own
password is set, the development environment, and a Chromium on this computer.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import typer
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

FOLDER = Path(__file__).resolve().parent
COMPUTER, PHONE = ViewportSize(width=1280, height=900), ViewportSize(width=390, height=844)


def main(
    name: str = typer.Argument(..., help="Account to sign in with."),
    password: str = typer.Argument(..., help="Its password."),
    url: str = typer.Option("http://localhost:8000", help="Address of the server."),
    browser: str = typer.Option("", help="Path of Chromium; by default the one on the PATH.", show_default=False),
) -> None:
    """Write docs/console-*.png: the worklist and its first case, on a computer and a phone."""
    path = browser or shutil.which("chromium") or shutil.which("google-chrome")
    if not path:
        raise typer.BadParameter("no Chromium found; give its path with --browser")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        page = signed_in(chromium, url, name, password, COMPUTER)
        take(page, "console-worklist")
        page.locator("#rows .acknowledged a, #rows .row a").first.click()
        page.wait_for_selector("#transcript")
        take(page, "console-case")
        phone = signed_in(chromium, url, name, password, PHONE)
        take(phone, "console-phone")
        phone.emulate_media(color_scheme="dark")
        phone.locator("#rows .acknowledged a, #rows .row a").first.click()
        phone.wait_for_selector("#transcript")
        take(phone, "console-dark")
        chromium.close()


def signed_in(chromium: Browser, url: str, name: str, password: str, size: ViewportSize) -> Page:
    context = chromium.new_context(viewport=size, base_url=url, reduced_motion="reduce", timezone_id="America/Chicago")
    page = context.new_page()
    page.goto("/staff")
    page.fill("#name", name)
    page.fill("#password", password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="go on without it").click()
    page.wait_for_selector("#live-state:text('Live')")
    return page


def take(page: Page, name: str) -> None:
    page.screenshot(path=FOLDER / f"{name}.png")
    typer.echo(f"Wrote {FOLDER / name}.png")


if __name__ == "__main__":
    typer.run(main)
