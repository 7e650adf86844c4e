"""indexes for the console's reports and its review"""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_index("ix_messages_created_at", "messages", ["created_at", "response"])
    op.create_index("ix_escalations_origin", "escalations", ["origin", "opened_at", "id"])
