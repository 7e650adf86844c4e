"""Copies of everything that is kept, and what makes an installation of such a copy.

One form for both engines, written by what the server is made of: compressed JSON Lines. So it needs no tool of the
database's own (which would have to be of its version), and what was SQLite can become PostgreSQL by restoring it there.
The first line is a header, the last one an end; between them a line for each row and for each line of the spool.
"""

from bot.backup.form import BackupError
from bot.backup.making import make
from bot.backup.restoring import restore

__all__ = ["BackupError", "make", "restore"]
