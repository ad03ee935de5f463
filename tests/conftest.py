"""What tests of several packages share: a way to run the program often."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.forking import ForkServer

# The same examples on every machine and in every run, so that a change is what breaks a test;
# `HYPOTHESIS_PROFILE=explore pytest ...` draws new ones.
settings.register_profile("repeatable", derandomize=True, print_blob=True)
settings.register_profile("explore", print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))

# Where the reader's model is installed, every command of every test would open it; the tests of
# the reader ask for it by name.
os.environ["SMARTEDIT_PLANNER"] = "rules"
# Likewise the vision models that packages carry; their tests use them by name.
os.environ["SMARTEDIT_INSTALLED_MODELS"] = "ignore"


@pytest.fixture(scope="session")
def forks() -> Iterator[ForkServer]:
    """Runs code in processes of its own; see ``tests.forking``."""
    with ForkServer() as server:
        yield server
