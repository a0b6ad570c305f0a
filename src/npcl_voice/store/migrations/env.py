"""Alembic's entrance: runs the steps on the connection, and in the transaction, that it was given."""

from alembic import context

from npcl_voice.store.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
