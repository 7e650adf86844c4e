"""the console: symptoms of escalations, saved views, marks, copies, indexes"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

FILLED = {"contact_name": "contact_name IS NOT NULL", "contact_phone": "contact_phone IS NOT NULL"}
FILLED["address"] = "address IS NOT NULL"


def upgrade() -> None:
    op.add_column("conversations", sa.Column("read_up_to", sa.Integer(), nullable=True))
    for column, where in FILLED.items():
        op.create_index(
            f"ix_conversations_{column}",
            "conversations",
            [column, "id"],
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )
    op.create_index("ix_conversations_created_at", "conversations", ["created_at", "id"])
    op.create_index(
        "ix_messages_interlock",
        "messages",
        ["interlock", "created_at", "id"],
        sqlite_where=sa.text("interlock IS NOT NULL"),
        postgresql_where=sa.text("interlock IS NOT NULL"),
    )
    op.drop_index("ix_escalations_status_opened_at", "escalations")
    op.create_index(
        "ix_escalations_worklist",
        "escalations",
        ["status", "opened_at", "id", "disposition", "priority", "channel", "assigned_to", "acknowledged_by"],
    )
    op.create_index("ix_escalations_conversation_id", "escalations", ["conversation_id"])
    op.create_table(
        "escalation_symptoms",
        sa.Column("escalation_id", sa.String(length=9), nullable=False),
        sa.Column("symptom", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["escalation_id"],
            ["escalations.id"],
            name=op.f("fk_escalation_symptoms_escalation_id_escalations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("escalation_id", "symptom", name=op.f("pk_escalation_symptoms")),
    )
    op.create_index("ix_escalation_symptoms_symptom", "escalation_symptoms", ["symptom", "escalation_id"])
    _fill_symptoms()
    op.create_table(
        "staff_views",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("query", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_views_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_views")),
        sa.UniqueConstraint("staff_id", "name", name=op.f("uq_staff_views_staff_id_name")),
    )
    op.create_table(
        "review_marks",
        sa.Column("message_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("present", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("marked_by", sa.String(length=200), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_review_marks_message_id_messages"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_review_marks")),
    )
    op.create_table(
        "copies",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_copies")),
    )


def _fill_symptoms() -> None:
    """Of the escalations that are there already."""
    connection = op.get_bind()
    rows = connection.execute(sa.text("SELECT id, findings, criteria FROM escalations")).fetchall()
    found = {(row[0], item["symptom"]) for row in rows for part in row[1:] for item in _list(part)}
    if found:
        insert = sa.text("INSERT INTO escalation_symptoms (escalation_id, symptom) VALUES (:escalation, :symptom)")
        connection.execute(insert, [{"escalation": owner, "symptom": key} for owner, key in sorted(found)])


def _list(value: object) -> list[dict[str, str]]:
    return json.loads(value) if isinstance(value, str) else value  # type: ignore[return-value]
