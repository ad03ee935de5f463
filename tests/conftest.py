"""What tests of several packages share: a way to run the program often."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.forking import ForkServer


@pytest.fixture(scope="session")
def forks() -> Iterator[ForkServer]:
    """Runs code in processes of its own; see ``tests.forking``."""
    with ForkServer() as server:
        yield server
