"""Migrations of the database, run by Alembic; see `memory.schema`."""
