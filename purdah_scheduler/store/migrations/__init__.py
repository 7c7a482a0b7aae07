"""The schema's history, one revision a file, run by Alembic when a store is created or brought forward."""
