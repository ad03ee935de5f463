"""Measures the session store: moves in a long history, and what an edit costs on disk.

Run as `python benchmarks/store.py [--quick] [--seed N]`. Prints a table for people and ends in one
JSON line. The photograph is the one that scikit-image ships as `coffee`, enlarged to 12 megapixels
with camera noise, because noise is what makes real photographs hard to compress.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from provenance import provenance
from skimage import data

from memory.store import SessionStore

Picture = np.ndarray[Any, Any]
LIMIT_MS = 20.0


def photograph(rng: np.random.Generator, quick: bool) -> Picture:
    """The photograph, HWC uint8 RGB: 4000x3000 pixels, or 1600x1200 if quick."""
    size = (1600, 1200) if quick else (4000, 3000)
    large = cv2.resize(data.coffee(), size, interpolation=cv2.INTER_CUBIC).astype(np.float32)
    noise = rng.normal(0, 2, large.shape).astype(np.float32)
    return np.clip(np.rint(large + noise), 0, 255).astype(np.uint8)


def local_edit(image: Picture, rng: np.random.Generator) -> tuple[Picture, Picture]:
    """Brightens an ellipse of about a twentieth of the picture; returns it and its mask."""
    height, width = image.shape[:2]
    mask = np.zeros((height, width), np.uint8)
    centre = int(rng.uniform(0.2, 0.8) * width), int(rng.uniform(0.2, 0.8) * height)
    cv2.ellipse(mask, centre, (width // 8, height // 8), 0, 0, 360, 255, -1)
    edited = image.copy()
    edited[mask > 0] = np.minimum(edited[mask > 0].astype(np.int16) + 20, 255).astype(np.uint8)
    return edited, mask > 0


def timed(work: Callable[[], Any]) -> float:
    """Milliseconds that a call takes."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def commit(store: SessionStore, session: str, image_id: str, mask_id: str | None, n: int) -> None:
    """Commits on the head."""
    store.commit(
        session,
        parent_id=store.head(session).id,
        image_id=image_id,
        mask_id=mask_id,
        step={"id": f"s{n}", "op": "adjust", "params": {"brightness": 20}},
        report={"leakage": 0.0, "mask_area": 0.05},
        plan_id=None,
        turn_id=f"t{n // 4}",
        label=f"step {n}",
        key=f"run:{n}",
    )


def measure_navigation(store: SessionStore, revisions: int, rounds: int) -> dict[str, float]:
    """Times every move in a session with many revisions."""
    image_id = store.put_image(np.arange(48, dtype=np.uint8).reshape(4, 4, 3)).id
    session = store.create_session(
        np.zeros((4, 4, 3), np.uint8),
        title="",
        source_name="",
        source_bytes=None,
        picture_meta={},
    ).id
    commits = [
        timed(lambda n=n: commit(store, session, image_id, None, n)) for n in range(revisions)
    ]
    far = revisions // 2
    moves: dict[str, list[float]] = {"commit": commits}

    def move(name: str, work: Callable[[], Any]) -> None:
        moves.setdefault(name, []).append(timed(work))

    for _ in range(rounds):
        move("undo", lambda: store.undo(session))
        move("redo", lambda: store.redo(session))
        move("undo_far", lambda: store.undo(session, far))
        move("redo_far", lambda: store.redo(session, far))
        move("undo_turn", lambda: store.undo_turn(session))
        move("redo_turn", lambda: store.redo_turn(session))
        middle = store.all_revisions(session)[far].id
        move("checkout", lambda middle=middle: store.checkout(session, middle))
        store.redo(session, store.session(session).redo_steps)
        move("start_over", lambda: store.start_over(session))
        store.redo(session, revisions)
        move("history", lambda: store.history(session))
    results = {}
    for name, times in moves.items():
        results[f"{name}_ms"] = round(statistics.median(times), 2)
        results[f"{name}_p99_ms"] = round(float(np.quantile(times, 0.99)), 2)
    return results


def measure_pictures(
    store: SessionStore, home: Path, rng: np.random.Generator, quick: bool, steps: int
) -> dict[str, float]:
    """Times putting and getting a large photograph, and counts the bytes of local edits."""
    image = photograph(rng, quick)
    results: dict[str, float] = {"megapixels": round(image.shape[0] * image.shape[1] / 1e6, 1)}
    session = store.create_session(
        np.zeros((4, 4, 3), np.uint8),
        title="",
        source_name="",
        source_bytes=None,
        picture_meta={},
    ).id
    start = time.perf_counter()
    first = store.put_image(image)
    results["put_new_ms"] = round((time.perf_counter() - start) * 1000, 1)
    results["new_bytes"] = first.bytes_written
    results["put_same_ms"] = round(timed(lambda: store.put_image(image)), 1)
    puts, stored, masks, pngs, tiles = [], [], [], [], []
    for step in range(steps):
        image, mask = local_edit(image, rng)
        start = time.perf_counter()
        put, put_mask = store.put_image(image), store.put_mask(mask)
        commit(store, session, put.id, put_mask.id, step)
        puts.append((time.perf_counter() - start) * 1000)
        stored.append(put.bytes_written + put_mask.bytes_written)
        masks.append(put_mask.bytes_written)
        tiles.append(put.tiles_new)
        pngs.append(len(cv2.imencode(".png", image)[1]))
    results["step_ms"] = round(statistics.median(puts), 1)
    results["step_bytes"] = round(statistics.mean(stored))
    results["step_mask_bytes"] = round(statistics.mean(masks))
    results["step_tiles"] = round(statistics.mean(tiles), 1)
    results["png_bytes"] = round(statistics.mean(pngs))
    results["step_share_of_png"] = round(results["step_bytes"] / results["png_bytes"], 4)
    last = store.head(session).image_id
    with SessionStore.open(home) as fresh:
        results["get_cold_ms"] = round(timed(lambda: fresh.get_image(last)), 1)
        results["get_cached_ms"] = round(timed(lambda: fresh.get_image(last)), 3)
        results["region_ms"] = round(
            timed(lambda: store.blobs.forget() or store.get_region(last, (600, 600, 900, 900))), 1
        )
    results["check_ms"] = round(timed(store.check), 1)
    results["gc_ms"] = round(timed(store.gc), 1)
    return results


def main() -> None:
    """Measures, prints a table and a JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds, a smaller picture")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    revisions, rounds, steps = (200, 5, 3) if options.quick else (1000, 50, 10)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        start = time.perf_counter()
        SessionStore.open(home).close()
        results: dict[str, Any] = {
            "open_new_ms": round((time.perf_counter() - start) * 1000, 1),
            "open_ms": round(timed(lambda: SessionStore.open(home).close()), 1),
            "revisions": revisions,
        }
        with SessionStore.open(home) as store:
            results |= measure_navigation(store, revisions, rounds)
            results |= measure_pictures(store, home, rng, options.quick, steps)
    for name, value in results.items():
        print(f"{name:24} {value:>14,}")
    results["undo_within_limit"] = max(results["undo_p99_ms"], results["redo_p99_ms"]) < LIMIT_MS
    results |= {"benchmark": "store", **provenance(options.seed)}
    print(json.dumps(results))


if __name__ == "__main__":
    main()
