"""Texting: try it without an account, and what to answer while the server is away."""

from __future__ import annotations

from collections.abc import Iterator

import typer

from bot.cli.terms import stop

app = typer.Typer(help="Texting: a simulated phone, and the answer for the time when the server is away.")

_TEXTS = typer.Option([], "--text", help="Send this and end; may be given several times.")


@app.command()
def simulate(
    text: list[str] = _TEXTS,
    number: str = typer.Option("+12175550199", "--from", help="The number of the simulated phone."),
    server: str = typer.Option("", help="Where the server is. Default: this machine, at PORT.", show_default=False),
) -> None:
    """Text the running server like a patient's phone; each text is signed as Twilio signs it."""
    from bot.channels.sms.routes import tokens_of
    from bot.channels.sms.simulate import NoAnswer, SimulatedPhone
    from bot.settings import Settings

    settings = Settings.load()
    tokens = tokens_of(settings)
    if not tokens:
        stop("TWILIO_AUTH_TOKEN is not set: there is no SMS channel. Any words will do to try it; see docs/sms.md")
    here = f"http://localhost:{settings.port}"
    ours = settings.twilio_from if settings.twilio_from.startswith("+") else "+12175550100"
    where = (server or here).rstrip("/")
    phone = SimulatedPhone(where, settings.public_url or where, tokens[0], number, ours)
    if not text:
        typer.echo(f"Texting {ours} at {phone.server} as {number}. An empty line ends it.")
    for line in text or _typed():
        if text:
            typer.echo(f"you: {line}")
        try:
            answers = phone.text(line)
        except NoAnswer as error:
            stop(str(error))
        for answer in answers:
            typer.echo(f"clinic ({len(answer)}): {answer}")
        if not answers:
            typer.echo("(no text comes back)")


def _typed() -> Iterator[str]:
    """Lines until an empty one or the end of the input."""
    try:
        while line := typer.prompt("you", default="", show_default=False):
            yield line
    except typer.Abort:
        typer.echo()


@app.command()
def fallback() -> None:
    """Print TwiML with the clinic's numbers, to be kept where it can be reached when the server cannot."""
    from bot.channels.sms.incoming import CHANNEL
    from bot.channels.sms.twiml import twiml
    from bot.services import Services
    from bot.settings import Settings

    services = Services(Settings.load())
    typer.echo(twiml([(services.say("utter_texts_fallback", CHANNEL).text, "")]))
