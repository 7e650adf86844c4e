"""Tables of the staff console: who may sign in, what they keep for themselves, and what they say of the bot."""

from __future__ import annotations

import sqlalchemy as sa

from bot.records.columns import UtcDateTime, metadata

staff = sa.Table(
    "staff",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("name", sa.String(200), nullable=False, unique=True),
    # What it may do; an account from before there were roles only looks.
    sa.Column("role", sa.String(16), nullable=False, server_default="viewer"),
    sa.Column("password_hash", sa.String(200), nullable=False),
    # The password was made by the program, to be used once.
    sa.Column("must_change", sa.Boolean, nullable=False, server_default=sa.false()),
    # The second factor's secret, encrypted, and the last 30-second step whose code was used.
    sa.Column("totp_secret", sa.String(300)),
    sa.Column("totp_step", sa.Integer),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("disabled_at", UtcDateTime),
)

staff_sessions = sa.Table(
    "staff_sessions",
    metadata,
    sa.Column("id_hash", sa.String(64), primary_key=True),
    sa.Column("staff_id", sa.ForeignKey("staff.id"), nullable=False, index=True),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("seen_at", UtcDateTime, nullable=False),
    # The second factor was given.
    sa.Column("verified", sa.Boolean, nullable=False),
)

staff_recovery_codes = sa.Table(
    "staff_recovery_codes",
    metadata,
    sa.Column("staff_id", sa.ForeignKey("staff.id"), primary_key=True),
    sa.Column("code_hash", sa.String(64), primary_key=True),
    sa.Column("used_at", UtcDateTime),
)

# Choices of the worklist that somebody keeps under a name.
staff_views = sa.Table(
    "staff_views",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("staff_id", sa.ForeignKey("staff.id"), nullable=False),
    sa.Column("name", sa.String(40), nullable=False),
    sa.Column("query", sa.String(300), nullable=False),
    sa.UniqueConstraint("staff_id", "name"),
)

# What staff say the bot got wrong, one mark for a message.
review_marks = sa.Table(
    "review_marks",
    metadata,
    sa.Column("message_id", sa.ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    # "missed" or "over_triaged".
    sa.Column("kind", sa.String(16), nullable=False),
    # What it should have found: keys of the labels that ``aftercare evaluate`` reads.
    sa.Column("present", sa.JSON, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("marked_by", sa.String(200), nullable=False),
    sa.Column("marked_at", UtcDateTime, nullable=False),
)

# The running copies of the server, each with what keeps it from serving.
copies = sa.Table(
    "copies",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("started_at", UtcDateTime, nullable=False),
    sa.Column("seen_at", UtcDateTime, nullable=False),
    sa.Column("problems", sa.JSON, nullable=False),
)

sign_in_failures = sa.Table(
    "sign_in_failures",
    metadata,
    # Keyed hash of a name or of an address.
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("times", sa.Integer, nullable=False),
    sa.Column("last_at", UtcDateTime, nullable=False),
)
