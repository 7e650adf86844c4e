"""The ``aftercare`` command: one file for each group of commands."""

from bot.cli.command import main

__all__ = ["main"]
