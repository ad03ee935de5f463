"""What tests of several packages share: a way to run the program often."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.forking import ForkServer

# Where the reader's model is installed, every command of every test would open it; the tests of
# the reader ask for it by name.
os.environ["SMARTEDIT_PLANNER"] = "rules"


@pytest.fixture(scope="session")
def forks() -> Iterator[ForkServer]:
    """Runs code in processes of its own; see ``tests.forking``."""
    with ForkServer() as server:
        yield server
