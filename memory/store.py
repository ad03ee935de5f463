"""The session store as a whole: what the rest of the program opens and talks to.

    with SessionStore.open() as store:
        session = store.create_session(image, title="Dog", source_name="dog.jpg", ...)
        store.commit(session.id, parent_id=session.head_id, image_id=store.put_image(new).id, ...)
        store.undo(session.id)

Several processes may have the same home open at once, and threads may share one store. The parts
are in modules of their own; this one opens and closes them.
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

from memory.archive import Archives
from memory.blobfiles import Probe, no_probe
from memory.blobs import DEFAULT_CACHE_BYTES, BlobStore
from memory.branches import Branches
from memory.chatlog import ChatLog
from memory.database import Database
from memory.glossary import Glossary
from memory.home import find_home
from memory.locks import FileLock
from memory.navigation import Navigation
from memory.pixels import Pixels
from memory.revisions import Revisions
from memory.runs import Runs
from memory.schema import bring_up_to_date
from memory.sessions import Sessions
from memory.upkeep import Upkeep


class SessionStore(
    Sessions, Revisions, Navigation, Branches, Runs, ChatLog, Glossary, Pixels, Upkeep, Archives
):
    """Everything that a user has: sessions, revisions, conversations, words and pictures."""

    @classmethod
    def open(
        cls,
        home: Path | None = None,
        *,
        cache_bytes: int = DEFAULT_CACHE_BYTES,
        probe: Probe = no_probe,
    ) -> Self:
        """Opens the store of a home, making or migrating it where needed.

        Args:
            home: The data folder; `SMARTEDIT_HOME` or the platform's folder if None.
            cache_bytes: Bytes of decoded pictures to keep in memory.
            probe: Called with the name of each point that a write passes; for tests.

        Raises:
            HomeError: If the folder cannot be made or written.
            NewerStoreError: If a newer version wrote the database.
            CorruptStoreError: If the database is damaged or of another program.
            StoreBusyError: If another process does not let go in time.
        """
        place = find_home(home).prepare()
        gate = FileLock(place.locks / "writer.lock")
        bring_up_to_date(place.database, gate)
        store = cls(
            place,
            Database(place.database, gate),
            BlobStore(place, cache_bytes=cache_bytes, probe=probe),
            FileLock(place.locks / "live.lock"),
            probe,
        )
        store.hold_live()
        return store

    def close(self) -> None:
        """Closes the store; a second call does nothing."""
        self._db.close()
        self.blobs.close()
        self.release_live()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
