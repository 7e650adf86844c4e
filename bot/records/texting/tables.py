"""The tables of texting."""

from __future__ import annotations

import sqlalchemy as sa

from bot.records.columns import UtcDateTime, metadata

# What a patient's message brought beside words: photos, voice, a place. Kept as addresses; staff fetch them.
message_media = sa.Table(
    "message_media",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("message_id", sa.ForeignKey("messages.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("url", sa.String(1000), nullable=False),
    sa.Column("content_type", sa.String(100), nullable=False),
)

# Each change of a number's consent to be texted, never changed; the newest row counts. No link to a conversation: a
# wish for no more texts outlives what is forgotten.
text_consents = sa.Table(
    "text_consents",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("number", sa.String(100), nullable=False, index=True),
    sa.Column("our_number", sa.String(100), nullable=False),
    sa.Column("state", sa.String(8), nullable=False),
    sa.Column("how", sa.String(16), nullable=False),
    # The wish itself, not the message around it.
    sa.Column("wording", sa.String(200), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
)

# Each text that was handed to the network, and what became of it. Its words are those of its message.
texts = sa.Table(
    "texts",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("conversation_id", sa.ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    sa.Column("message_id", sa.ForeignKey("messages.id", ondelete="CASCADE"), nullable=False),
    # Of the texts that one message is cut into.
    sa.Column("piece", sa.Integer, nullable=False),
    sa.Column("urgent", sa.Boolean, nullable=False),
    sa.Column("sid", sa.String(64)),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("error", sa.Integer),
    sa.Column("created_at", UtcDateTime, nullable=False, index=True),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("message_id", "piece"),
    sa.Index("ix_texts_conversation_id_created_at", "conversation_id", "created_at"),
)
