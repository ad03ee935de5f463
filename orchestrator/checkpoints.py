"""The durable checkpointer: where a killed run left off.

State is plain JSON, so deserialising anything else is refused rather than trusted.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite import SqliteSaver

BUSY_SECONDS = 30.0


@contextmanager
def open_checkpoints(path: Path) -> Iterator[SqliteSaver]:
    """Open (or make) the checkpoint database; several processes may have it open.

    Args:
        path: of ``checkpoints.db``.
    """
    connection = sqlite3.connect(path, check_same_thread=False, timeout=BUSY_SECONDS)
    try:
        yield SqliteSaver(connection, serde=JsonPlusSerializer(allowed_msgpack_modules=None))
    finally:
        connection.close()
