"""Where and on what a benchmark ran: the keys every closing JSON line carries."""

from __future__ import annotations

import os
import platform
import subprocess
from pathlib import Path


def provenance(seed: int, device: str = "cpu") -> dict[str, str | int]:
    """Commit, machine, device and seed, as flat keys."""
    done = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=False,
    )
    python = platform.python_version()
    return {
        "commit": done.stdout.strip() or "unknown",
        "machine": f"{platform.machine()}, {os.cpu_count()} CPUs, Python {python}",
        "device": device,
        "seed": seed,
    }
