"""Alembic's entry point: runs the revisions on the connection that the store hands over, in the transaction it has begun."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
context.run_migrations()
