"""Benchmarks are scripts beside one another; tests of their parts import them as they do."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from memory.store import SessionStore

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SessionStore]:
    """An open store."""
    with SessionStore.open(tmp_path / "home") as opened:
        yield opened
