"""conversations in the hands of staff"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("conversations", sa.Column("handed_to", sa.String(length=200), nullable=True))
    op.add_column("conversations", sa.Column("handed_at", sa.DateTime(timezone=True), nullable=True))
