"""Alembic runs this; the connection comes from `earshot.store.migrate`, with its transaction open."""

from alembic import context

from earshot.store.schema import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()
