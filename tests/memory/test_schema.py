"""Making, migrating and refusing databases."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from memory import schema
from memory.database import migration_engine
from memory.errors import CorruptStoreError, NewerStoreError
from memory.home import Home
from memory.models import Base
from memory.records import SessionInfo
from memory.store import SessionStore


def test_head_is_the_newest_migration() -> None:
    """The version that opening compares with is the last of the migrations."""
    assert ScriptDirectory(str(schema._MIGRATIONS)).get_current_head() == schema.HEAD


def test_migrations_make_the_models(tmp_path: Path) -> None:
    """Migrating up gives exactly the tables of the models; down to nothing and up again works."""
    engine = migration_engine(tmp_path / "a.db")
    for target in ("head", "base", "head"):
        with engine.begin() as connection:
            schema.migrate(connection, schema.HEAD if target == "head" else "base")
        with engine.begin() as connection:
            differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
            assert (differences == []) == (target == "head")
    engine.dispose()


def test_every_migration_goes_up_and_down(tmp_path: Path) -> None:
    """Each migration alone can be taken back and made again."""
    engine = migration_engine(tmp_path / "a.db")
    scripts = ScriptDirectory(str(schema._MIGRATIONS))
    for script in reversed(list(scripts.walk_revisions())):
        for target in (script.revision, str(script.down_revision or "base"), script.revision):
            with engine.begin() as connection:
                schema.migrate(connection, target)
                expected = None if target == "base" else target
                assert schema.current_version(connection, tmp_path) == expected
    engine.dispose()


def test_a_failed_migration_changes_nothing(tmp_path: Path) -> None:
    """Migrations run in one transaction, so that a failure leaves the database as it was."""
    engine = migration_engine(tmp_path / "a.db")
    with engine.connect() as connection, connection.begin() as transaction:
        schema.migrate(connection, schema.HEAD)
        transaction.rollback()
    with engine.begin() as connection:
        assert schema.current_version(connection, tmp_path) is None
    engine.dispose()


def test_newer_database_is_refused(home: Path) -> None:
    """A database of a newer version is refused and left alone."""
    SessionStore.open(home).close()
    with closing(sqlite3.connect(home / "smartedit.db")) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
        raw.commit()
    with pytest.raises(NewerStoreError, match="newer version"):
        SessionStore.open(home)
    with closing(sqlite3.connect(home / "smartedit.db")) as raw:
        assert raw.execute("SELECT version_num FROM alembic_version").fetchone() == ("9999",)


@pytest.mark.parametrize("content", [b"not a database, but long enough to be read" * 100, b"short"])
def test_other_file_is_refused(home: Path, content: bytes) -> None:
    """A file that is no database is refused in one line and left alone."""
    Home(home).prepare().database.write_bytes(content)
    with pytest.raises(CorruptStoreError, match="is not a database") as caught:
        SessionStore.open(home)
    assert "\n" not in str(caught.value)
    assert (home / "smartedit.db").read_bytes() == content


def test_database_of_another_program_is_refused(home: Path) -> None:
    """A database with tables of something else is refused and not migrated."""
    with closing(sqlite3.connect(Home(home).prepare().database)) as raw:
        raw.execute("CREATE TABLE songs (id INTEGER)")
        raw.commit()
    with pytest.raises(CorruptStoreError, match="another program"):
        SessionStore.open(home)


def list_sessions(home: Path) -> None:
    with SessionStore.open(home) as opened:
        opened.sessions()


def test_damaged_database_is_named(home: Path, session: SessionInfo, store: SessionStore) -> None:
    """A database whose pages were overwritten is reported as damaged, never as a traceback."""
    store.close()
    path = home / "smartedit.db"
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    path.write_bytes(data)
    with pytest.raises(CorruptStoreError, match=re.escape(str(path))):
        list_sessions(home)


def test_settings_of_the_connections(store: SessionStore) -> None:
    """Commits are durable, foreign keys act, readers cannot write, nothing is memory-mapped."""

    def pragma(connection: object, name: str) -> object:
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar()  # type: ignore[attr-defined]

    with store._db.write() as db:
        writer = db.connection()
        values = [
            pragma(writer, name)
            for name in ("journal_mode", "synchronous", "foreign_keys", "wal_autocheckpoint")
        ]
        assert values == ["wal", 2, 1, 0]
        assert pragma(writer, "mmap_size") == 0
    with store._db.read() as db:
        assert pragma(db.connection(), "query_only") == 1
