"""What is on disk: conversations, messages, Rasa's dialogue state, staff. SQLite and PostgreSQL."""
