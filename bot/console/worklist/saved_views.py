"""Choices of the worklist that somebody keeps under a name, for themselves."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.records.console.tables import staff_views

LONGEST_NAME = 40
MOST = 12


@dataclass(frozen=True)
class SavedView:
    id: int
    name: str
    query: str


def saved_views(connection: Connection, staff_id: int) -> list[SavedView]:
    table = staff_views.c
    query = sa.select(table.id, table.name, table.query).where(table.staff_id == staff_id).order_by(table.name)
    return [SavedView(row.id, row.name, row.query) for row in connection.execute(query)]


def save_view(connection: Connection, staff_id: int, name: str, query: str) -> bool:
    """Keeps the choices; under a name that is there already, in place of those. False when there are too many."""
    same = sa.and_(staff_views.c.staff_id == staff_id, staff_views.c.name == name)
    if connection.execute(staff_views.update().where(same).values(query=query)).rowcount:
        return True
    if len(saved_views(connection, staff_id)) >= MOST:
        return False
    connection.execute(staff_views.insert().values(staff_id=staff_id, name=name, query=query))
    return True


def forget_view(connection: Connection, staff_id: int, view_id: int) -> bool:
    """False when there is none of this id, or it is somebody else's."""
    mine = sa.and_(staff_views.c.id == view_id, staff_views.c.staff_id == staff_id)
    return bool(connection.execute(staff_views.delete().where(mine)).rowcount)
