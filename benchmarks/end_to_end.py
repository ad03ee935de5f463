"""How long the whole path takes on a 12-megapixel photo, and what each part of it costs.

    python benchmarks/end_to_end.py [--quick]

Times the command line as a user runs it (processes, not functions), then one session in a process
of its own for the parts: tools, store, verification, and everything else the orchestrator adds.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from provenance import provenance

INSTRUCTION = (
    "brighten it a little, make it warmer, add contrast, sharpen it slightly and add a vignette"
)
SEED = 0
INSIDE = """
import json, resource, sys, time
from pathlib import Path
from orchestrator.session import EditSession
photo, home, instruction = sys.argv[1:]
with EditSession.create(photo, home=Path(home)) as session:
    session.edit("make it a little darker")  # imports and first use are not overhead a step
    blobs = Path(home) / "blobs"
    def size():
        return sum(f.stat().st_size for f in blobs.rglob("*") if f.is_file())
    before, started = size(), time.monotonic()
    report = session.edit(instruction)
    seconds, grown = time.monotonic() - started, size() - before
    print(json.dumps({
        "seconds": seconds,
        "steps": [step["timing"] for step in report.steps],
        "status": report.status,
        "grown": grown,
        "maxrss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "revisions": [item.image_id for item in session.history()][2:],
    }))
"""


def make_photo(path: Path, width: int, height: int) -> None:
    """A photo-like JPEG: a public-domain photograph enlarged, with sensor noise."""
    import numpy as np
    import skimage.data
    from PIL import Image

    source = Image.fromarray(skimage.data.astronaut()).crop((0, 64, 512, 448))
    rgb = np.asarray(source.resize((width, height), Image.Resampling.LANCZOS), np.int16)
    noise = np.random.default_rng(SEED).normal(0, 4, (height, width, 1))
    Image.fromarray(np.clip(rgb + noise, 0, 255).astype(np.uint8)).save(path, quality=92)


def timed(command: list[str], environment: dict[str, str], runs: int) -> list[float]:
    """Wall seconds of a command, several times."""
    seconds = []
    for _ in range(runs):
        started = time.monotonic()
        done = subprocess.run(command, env=environment, capture_output=True, check=False)
        seconds.append(time.monotonic() - started)
        if done.returncode != 0:
            raise SystemExit(f"{command} ended with {done.returncode}: {done.stderr.decode()}")
    return seconds


def png_bytes(home: Path, image_ids: list[str]) -> list[int]:
    """What the pictures would weigh as PNG files."""
    from PIL import Image

    from memory.store import SessionStore

    sizes = []
    with SessionStore.open(home) as store:
        for image_id in image_ids:
            buffer = io.BytesIO()
            Image.fromarray(store.get_image(image_id)).save(buffer, "PNG")
            sizes.append(buffer.tell())
    return sizes


def main() -> None:
    """Measure, print a table, end in one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one run of each, 3 megapixels")
    quick = parser.parse_args().quick
    width, height = (2000, 1500) if quick else (4000, 3000)
    runs = 1 if quick else 3
    smartedit = str(Path(sys.executable).with_name("smartedit"))
    with tempfile.TemporaryDirectory() as folder:
        photo = Path(folder) / "photo.jpg"
        make_photo(photo, width, height)
        home = Path(folder) / "home"
        environment = os.environ | {"SMARTEDIT_HOME": str(home)}
        help_seconds = timed([smartedit, "--help"], environment, runs + 2)
        output = Path(folder) / "out.jpg"
        edit_seconds = timed(
            [smartedit, "edit", str(photo), INSTRUCTION, "-o", str(output)], environment, runs
        )
        other = Path(folder) / "other"
        inside: dict[str, Any] = json.loads(
            subprocess.run(
                [sys.executable, "-c", INSIDE, str(photo), str(other), INSTRUCTION],
                capture_output=True,
                check=True,
                text=True,
            ).stdout
        )
        steps = inside["steps"]
        pngs = png_bytes(other, inside["revisions"])
    tools = sum(step.get("edit", 0.0) for step in steps)
    stored = sum(step.get("store", 0.0) for step in steps)
    overhead = (inside["seconds"] - tools - stored) / len(steps)
    result = {
        "benchmark": "end_to_end",
        "megapixels": width * height / 1e6,
        "steps": len(steps),
        "help_seconds": round(statistics.median(help_seconds), 3),
        "edit_seconds": round(statistics.median(edit_seconds), 2),
        "edit_seconds_worst": round(max(edit_seconds), 2),
        "overhead_ms_a_step": round(1000 * overhead, 1),
        "tool_seconds": round(tools, 2),
        "store_seconds": round(stored, 2),
        "peak_memory_mb": round(inside["maxrss_mb"]),
        "store_growth_mb_a_step": round(inside["grown"] / len(steps) / 1e6, 2),
        "png_mb_a_step": round(sum(pngs) / len(pngs) / 1e6, 2),
        **provenance(SEED),
    }
    for name, value in result.items():
        print(f"{name:>24}  {value}")
    print(json.dumps(result))


if __name__ == "__main__":
    main()
