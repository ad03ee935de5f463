"""What the tests of the session store share: a home of their own, small pictures, short commits."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from memory.records import RevisionInfo, SessionInfo
from memory.store import SessionStore

Picture = np.ndarray[Any, Any]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture(scope="session")
def empty_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty home with current tables, to be copied: migrating takes longer than most tests."""
    path = tmp_path_factory.mktemp("empty") / "home"
    SessionStore.open(path).close()
    return path


@pytest.fixture
def other_home(tmp_path: Path, empty_home: Path) -> Path:
    return shutil.copytree(empty_home, tmp_path / "other")


@pytest.fixture
def store(home: Path, empty_home: Path) -> Iterator[SessionStore]:
    shutil.copytree(empty_home, home)
    with SessionStore.open(home) as opened:
        yield opened


@pytest.fixture
def picture() -> Callable[..., Picture]:
    """Makes a random picture: `picture(seed, height, width, channels)`."""

    def make(seed: int = 0, height: int = 24, width: int = 32, channels: int = 3) -> Picture:
        shape = (height, width, channels)
        return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)

    return make


@pytest.fixture
def session(store: SessionStore, picture: Callable[..., Picture]) -> SessionInfo:
    return store.create_session(
        picture(), title="Dog", source_name="dog.jpg", source_bytes=b"jpeg", picture_meta={}
    )


@pytest.fixture
def commit(
    store: SessionStore, session: SessionInfo, picture: Callable[..., Picture]
) -> Callable[..., RevisionInfo]:
    """Commits a new picture on the head: `commit("rain", turn="t1")`."""
    count = 0

    def make(label: str, turn: str | None = None, parent: str | None = None) -> RevisionInfo:
        nonlocal count
        count += 1
        return store.commit(
            session.id,
            parent_id=parent or store.head(session.id).id,
            image_id=store.put_image(picture(count)).id,
            mask_id=None,
            step={"op": "adjust"},
            report={"leakage": 0.0},
            plan_id=None,
            turn_id=turn or f"turn-{label}",
            label=label,
            key=f"run:{count}",
        )

    return make
