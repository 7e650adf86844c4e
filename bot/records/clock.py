"""Times in the database that another clock may have written, or this one before it was set back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

#: Clocks of several copies may differ by so much; beyond it a clock has gone back.
CLOCK_SLACK = timedelta(seconds=60)


def is_past(column: Any, moment: datetime, ahead: timedelta) -> Any:
    """The condition that the time in the column is before the moment, or so far after it that a clock has gone back.

    Args:
        ahead: how far after the moment it may lie while all clocks are right.
    """
    return sa.or_(column < moment, column > moment + ahead + CLOCK_SLACK)
