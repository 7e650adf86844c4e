"""Alembic's entry: runs on the connection that ``Database.migrate`` hands over."""

from alembic import context

from bot.records.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,
    # SQLite: one transaction under its write lock, the look at the present version included, so that two processes
    # that start at once do not both migrate. PostgreSQL has a lock of its own for that, and locks tables briefly.
    transaction_per_migration=connection.dialect.name != "sqlite",
    # Alembic itself takes SQLite for a database that cannot do that, and then opens no transaction at all.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
