"""``python -m bot.cli``: the same as ``aftercare``."""

from bot.cli.command import main

main()
