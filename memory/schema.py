"""Bringing a database to the tables that this version knows, when it is opened."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect

from memory.database import migration_engine, translated
from memory.errors import CorruptStoreError, NewerStoreError
from memory.locks import FileLock

HEAD = "0001"
"""The newest migration; kept here so that opening a current database need not load Alembic."""

_MIGRATIONS = Path(__file__).parent / "migrations"


def bring_up_to_date(path: Path, gate: FileLock) -> None:
    """Creates the tables, or migrates them, unless they are current.

    Args:
        path: The database file; may be missing.
        gate: The lock at which writers take turns.

    Raises:
        NewerStoreError: If a newer version of the program wrote it.
        CorruptStoreError: If it is damaged or is something else.
    """
    engine = migration_engine(path)
    try:
        with translated(path), gate.exclusive(), engine.begin() as connection:
            version = current_version(connection, path)
            if version != HEAD:
                if version is not None and version not in known_versions():
                    raise NewerStoreError(
                        f"{path} was written by a newer version of smartedit (its tables are "
                        f"{version}, this version knows up to {HEAD}); install the newer version."
                    )
                migrate(connection, HEAD)
    finally:
        engine.dispose()


def current_version(connection: Connection, path: Path) -> str | None:
    """Reads which migration a database is at.

    Returns:
        The name of the migration, or None for an empty database.

    Raises:
        CorruptStoreError: If it has tables but none that says its version.
    """
    if connection.dialect.has_table(connection, "alembic_version"):
        row = connection.exec_driver_sql("SELECT version_num FROM alembic_version").fetchone()
        if row is not None:
            return str(row[0])
    tables = set(inspect(connection).get_table_names()) - {"alembic_version"}
    if tables:
        raise CorruptStoreError(
            f"{path} is a database of another program; move it away or set another data folder."
        )
    return None


def known_versions() -> set[str]:
    """The migrations that this version of the program has."""
    from alembic.script import ScriptDirectory

    return {script.revision for script in ScriptDirectory(str(_MIGRATIONS)).walk_revisions()}


def migrate(connection: Connection, target: str) -> None:
    """Moves the tables to a migration, up or down, within the caller's transaction.

    Args:
        connection: Of `migration_engine`, inside a transaction.
        target: The name of a migration, or "base" for no tables at all.
    """
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    scripts = ScriptDirectory.from_config(config)
    present = current_version(connection, Path("database"))
    done = (
        set()
        if present is None
        else {s.revision for s in scripts.iterate_revisions(present, "base")}
    )
    if target == "base" or target in done:
        command.downgrade(config, target)
    else:
        command.upgrade(config, target)
