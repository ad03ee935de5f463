"""What a killed process leaves behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

DRIVER = Path(__file__).with_name("crash_driver.py")
POINTS = {
    "commit": {
        *("tile:written", "tile:flushed", "tile:renamed", "folders:flushed", "image:written"),
        *("image:flushed", "image:renamed", "commit:begin", "commit:flushed", "commit:done", "end"),
    },
    "create": {"bin:written", "bin:renamed", "session:begin", "session:flushed", "session:done"},
    "gc": {"gc:marked", "gc:removed", "end"},
}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forked processes")
@pytest.mark.parametrize("scenario", sorted(POINTS))
def test_killed_between_any_two_steps(scenario: str, tmp_path: Path) -> None:
    """After a kill at any point the store is whole, the same can be done again, and nothing leaks.

    A step is there or not there, never in part; the second try makes it exactly once.
    """
    ran = subprocess.run(
        [sys.executable, str(DRIVER), scenario, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    found = json.loads(ran.stdout)
    assert {result["point"] for result in found} >= POINTS[scenario]
    for result in found:
        assert result["before"] == [], result
        assert result["whole"], result
        assert result["after"] == [], result
        assert result["left"] == [], result
        assert result["revisions"] == (2 if scenario == "commit" else 1), result
        assert result["sessions"] == (2 if scenario == "create" else 1), result
