"""How Alembic runs the migrations: on a connection, and in a transaction, that the caller gives."""

from __future__ import annotations

from alembic import context

from memory.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite changes a table by building a new one
    transactional_ddl=True,
)
context.run_migrations()
