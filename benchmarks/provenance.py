"""What benchmarks report alike: where and on what they ran, and shares with their interval."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from smartedit_model.evaluation.statistics import mean_of


def provenance(seed: int, device: str = "cpu") -> dict[str, str | int]:
    """Commit, machine, device and seed, as flat keys."""
    git, commit = shutil.which("git"), ""
    if git:
        done = subprocess.run(
            [git, "rev-parse", "--short", "HEAD"],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=False,
        )
        commit = done.stdout.strip()
    python = platform.python_version()
    return {
        "commit": commit or "unknown",
        "machine": f"{platform.machine()}, {os.cpu_count()} CPUs, Python {python}",
        "device": device,
        "seed": seed,
    }


def mean_text(values: Sequence[bool]) -> str:
    """A share with its 95% interval by bootstrap, as tables show it."""
    mean = mean_of(values)
    if mean is None:
        return "-"
    return f"{mean.value:.3f} ({mean.low:.3f}-{mean.high:.3f})"
