"""The tables. ``migrations/`` builds them; a test holds the two against each other."""

from __future__ import annotations

import sqlalchemy as sa

from bot.records.columns import UtcDateTime, metadata

# The tables of the console and of texting are of the same database: whoever asks for its tables gets them too.
from bot.records.console import tables as _of_the_console  # noqa: F401
from bot.records.texting.tables import message_media, text_consents, texts

__all__ = ["UtcDateTime", "message_media", "metadata", "text_consents", "texts"]

conversations = sa.Table(
    "conversations",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("channel", sa.String(16), nullable=False),
    # Who it is outside: a REST client's sender. Null where only the id names it.
    sa.Column("address", sa.String(200)),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("dialogue", sa.JSON),
    sa.Column("question", sa.JSON(none_as_null=True)),
    sa.Column("question_asked_at", UtcDateTime, index=True),
    sa.Column("procedure_date", sa.Date),
    sa.Column("procedure_level", sa.String(16)),
    sa.Column("steroid", sa.Boolean),
    # Optional, as the patient gave it after the advice, for a call back.
    sa.Column("contact_name", sa.String(100)),
    sa.Column("contact_phone", sa.String(16)),
    # The member of staff who has taken it over, and when they last did something in it: the bot is quiet meanwhile.
    sa.Column("handed_to", sa.String(200)),
    sa.Column("handed_at", UtcDateTime),
    # The last message that staff who work on cases have had before them.
    sa.Column("read_up_to", sa.Integer),
    # A turn owns its conversation until the lease ends; the fence tells a late turn that it has lost it.
    sa.Column("fence", sa.Integer, nullable=False, default=0),
    sa.Column("lease_until", UtcDateTime),
    # Staff search by name and number; few conversations have either.
    sa.Index(
        "ix_conversations_contact_name",
        "contact_name",
        "id",
        sqlite_where=sa.text("contact_name IS NOT NULL"),
        postgresql_where=sa.text("contact_name IS NOT NULL"),
    ),
    sa.Index(
        "ix_conversations_contact_phone",
        "contact_phone",
        "id",
        sqlite_where=sa.text("contact_phone IS NOT NULL"),
        postgresql_where=sa.text("contact_phone IS NOT NULL"),
    ),
    sa.Index(
        "ix_conversations_address",
        "address",
        "id",
        sqlite_where=sa.text("address IS NOT NULL"),
        postgresql_where=sa.text("address IS NOT NULL"),
    ),
    sa.Index("ix_conversations_created_at", "created_at", "id"),
)

messages = sa.Table(
    "messages",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("conversation_id", sa.ForeignKey("conversations.id"), nullable=False),
    sa.Column("author", sa.String(16), nullable=False),
    sa.Column("channel", sa.String(16), nullable=False),
    sa.Column("channel_message_id", sa.String(200)),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("buttons", sa.JSON),
    sa.Column("created_at", UtcDateTime, nullable=False),
    # Of a patient's message.
    sa.Column("answered_at", UtcDateTime),
    sa.Column("screen", sa.JSON(none_as_null=True)),
    sa.Column("screen_disposition", sa.String(16)),
    sa.Column("escalation_id", sa.ForeignKey("escalations.id")),
    sa.Column("interlock", sa.String(16)),
    # Of a reply.
    sa.Column("replies_to", sa.ForeignKey("messages.id")),
    sa.Column("disposition", sa.String(16)),
    sa.Column("response", sa.String(80)),
    sa.UniqueConstraint("channel", "channel_message_id"),
    sa.Index("ix_messages_conversation_id_id", "conversation_id", "id"),
    sa.Index("ix_messages_replies_to", "replies_to"),
    # Questions by topic within some days.
    sa.Index("ix_messages_created_at", "created_at", "response"),
    sa.Index(
        "ix_messages_interlock",
        "interlock",
        "created_at",
        "id",
        sqlite_where=sa.text("interlock IS NOT NULL"),
        postgresql_where=sa.text("interlock IS NOT NULL"),
    ),
    sa.Index(
        "ix_messages_unanswered",
        "conversation_id",
        sqlite_where=sa.text("author = 'patient' AND answered_at IS NULL"),
        postgresql_where=sa.text("author = 'patient' AND answered_at IS NULL"),
    ),
    sa.Index(
        "ix_messages_red_without_escalation",
        "id",
        sqlite_where=sa.text("screen_disposition IN ('emergency', 'urgent') AND escalation_id IS NULL"),
        postgresql_where=sa.text("screen_disposition IN ('emergency', 'urgent') AND escalation_id IS NULL"),
    ),
    sqlite_autoincrement=True,
)

escalations = sa.Table(
    "escalations",
    metadata,
    # Also the reference that the patient reads.
    sa.Column("id", sa.String(9), primary_key=True),
    sa.Column("conversation_id", sa.ForeignKey("conversations.id"), nullable=False),
    sa.Column("channel", sa.String(16), nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("disposition", sa.String(16), nullable=False),
    sa.Column("priority", sa.Integer, nullable=False, default=0),
    sa.Column("origin", sa.String(16), nullable=False),
    sa.Column("findings", sa.JSON, nullable=False),
    sa.Column("criteria", sa.JSON, nullable=False),
    sa.Column("notes", sa.JSON, nullable=False),
    sa.Column("protocol_version", sa.String(40), nullable=False),
    sa.Column("protocol_hash", sa.String(64), nullable=False),
    sa.Column("opened_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Column("acknowledged_at", UtcDateTime),
    sa.Column("acknowledged_by", sa.String(200)),
    sa.Column("closed_at", UtcDateTime),
    sa.Column("closed_by", sa.String(200)),
    sa.Column("outcome", sa.String(40)),
    sa.Column("close_comment", sa.Text),
    sa.Column("assigned_to", sa.String(200)),
    # Counts every change; a step of staff names the version that they saw.
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    sa.Index(
        "uq_escalations_open_per_conversation",
        "conversation_id",
        unique=True,
        sqlite_where=sa.text("status <> 'closed'"),
        postgresql_where=sa.text("status <> 'closed'"),
    ),
    # All that the console's worklist sorts and filters by: it reads the wide rows of one page only.
    sa.Index(
        "ix_escalations_worklist",
        *("status", "opened_at", "id", "disposition", "priority", "channel", "assigned_to", "acknowledged_by"),
    ),
    sa.Index("ix_escalations_conversation_id", "conversation_id"),
    sa.Index("ix_escalations_origin", "origin", "opened_at", "id"),
)

# The symptom keys of each escalation's findings and criteria, to filter and to count by.
escalation_symptoms = sa.Table(
    "escalation_symptoms",
    metadata,
    sa.Column("escalation_id", sa.ForeignKey("escalations.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("symptom", sa.String(32), primary_key=True),
    sa.Index("ix_escalation_symptoms_symptom", "symptom", "escalation_id"),
)

# Each time that an escalation needs a person anew: the ladder of notifications climbs for one raise at a time.
raises = sa.Table(
    "raises",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("escalation_id", sa.ForeignKey("escalations.id", ondelete="CASCADE"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("disposition", sa.String(16), nullable=False),
    sa.Column("raised_at", UtcDateTime, nullable=False),
    # Rungs of the ladder that are done; the next one is due at next_at, which was set at scheduled_at.
    sa.Column("rungs", sa.Integer, nullable=False),
    sa.Column("next_at", UtcDateTime, nullable=False),
    sa.Column("scheduled_at", UtcDateTime, nullable=False),
    sa.Column("ended_at", UtcDateTime),
    sa.Column("ended_by", sa.String(16)),
    sa.UniqueConstraint("escalation_id", "number"),
    sa.Index(
        "ix_raises_climbing",
        "next_at",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    ),
)

# What has to leave the system, written in the transaction of what it tells. No text and no address in it: who
# delivers reads those where they are kept.
outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("kind", sa.String(16), nullable=False),
    # Names one delivery for ever; who receives may drop a second one with the same key.
    sa.Column("key", sa.String(200), nullable=False, unique=True),
    sa.Column("escalation_id", sa.ForeignKey("escalations.id", ondelete="CASCADE"), index=True),
    sa.Column("message_id", sa.ForeignKey("messages.id", ondelete="CASCADE"), index=True),
    # Deliveries of one kind and route go one after the other.
    sa.Column("route", sa.String(64), nullable=False),
    sa.Column("payload", sa.JSON, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    # Due at due_at, which was set at scheduled_at.
    sa.Column("due_at", UtcDateTime, nullable=False),
    sa.Column("scheduled_at", UtcDateTime, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("lease_until", UtcDateTime),
    sa.Column("delivered_at", UtcDateTime),
    sa.Column("dead_at", UtcDateTime),
    # Why the last attempt failed: words of ours, never those of the service.
    sa.Column("error", sa.String(200)),
    sa.Index(
        "ix_outbox_pending",
        "kind",
        "route",
        "due_at",
        sqlite_where=sa.text("delivered_at IS NULL AND dead_at IS NULL"),
        postgresql_where=sa.text("delivered_at IS NULL AND dead_at IS NULL"),
    ),
    sa.Index(
        "ix_outbox_dead",
        "dead_at",
        sqlite_where=sa.text("dead_at IS NOT NULL"),
        postgresql_where=sa.text("dead_at IS NOT NULL"),
    ),
)

# Append-only and hash-chained: bot/escalation/audit.py is its only writer and gives the ids, without gaps.
audit = sa.Table(
    "audit",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", UtcDateTime, nullable=False, index=True),
    sa.Column("actor", sa.String(200), nullable=False, index=True),
    sa.Column("action", sa.String(60), nullable=False, index=True),
    sa.Column("subject", sa.String(200), nullable=False, index=True),
    # JSON as it was hashed, to the letter.
    sa.Column("data", sa.Text, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)

# Its one row says between which entries the chain stands; the seal is keyed, so that the database alone cannot
# make another one.
audit_seal = sa.Table(
    "audit_seal",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    # The last entry that a purge removed; 0 before the first purge.
    sa.Column("anchor_id", sa.Integer, nullable=False),
    sa.Column("anchor_hash", sa.String(64), nullable=False),
    sa.Column("last_id", sa.Integer, nullable=False),
    sa.Column("last_hash", sa.String(64), nullable=False),
    sa.Column("seal", sa.String(64), nullable=False),
)

unanswered_questions = sa.Table(
    "unanswered_questions",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    # Small letters, single spaces, no end mark: the same question asked twice is one row for each channel.
    sa.Column("text", sa.String(200), nullable=False),
    sa.Column("channel", sa.String(16), nullable=False),
    sa.Column("times", sa.Integer, nullable=False),
    sa.Column("first_asked", UtcDateTime, nullable=False),
    sa.Column("last_asked", UtcDateTime, nullable=False),
    sa.UniqueConstraint("text", "channel"),
)
