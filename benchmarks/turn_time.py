"""How long turns of the whole product on drawings take, and whether they still come out the same.

    python benchmarks/turn_time.py [--quick] [--limit N] [--seed N] [--keep FILE] [--against FILE]

Turns are those of a person who types sentences: ``--limit`` cases of each category of the world's
validation split, a session each, and as many sessions of ``TURNS`` turns. Processor seconds of the
process, so that other work on the machine matters little; the first turn, which loads everything,
is told apart. ``--keep`` writes a fingerprint a turn, of the picture and of the whole report but
for ids and times; ``--against`` compares with one that an earlier version kept.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from drawn_chain import chain_stream
from provenance import provenance

from memory.store import SessionStore
from orchestrator.editor_shelf import default_shelf
from orchestrator.editors import EditorShelf
from orchestrator.errors import OrchestratorError
from orchestrator.session import EditSession
from orchestrator.settings import RunSettings
from smartedit_model.world.cases import CHOICES, drawn_case
from smartedit_model.world.edits import EditSample
from tools.operation import Rgb
from tools.pictures import Picture

TURNS = 4
"""Of each longer session."""
PASSING = {"session", "revision", "image", "seconds", "reader_seconds", "timing", "run_id", "turn"}
"""Keys of a report that differ from run to run."""


def told(value: Any) -> Any:
    """A report without what differs from run to run."""
    if isinstance(value, dict):
        return {k: told(v) for k, v in value.items() if k not in PASSING}
    return [told(item) for item in value] if isinstance(value, list | tuple) else value


def fingerprint(picture: Rgb, report: Any) -> str:
    """Of a turn's picture, HWC uint8, and its report as JSON or the words of an error."""
    digest = hashlib.sha256(picture.tobytes())
    digest.update(json.dumps(told(report), sort_keys=True, default=str).encode())
    return digest.hexdigest()[:24]


def sessions(limit: int, seed: int) -> list[tuple[str, list[EditSample]]]:
    """Name -> turns: single cases in turn through the categories, then the longer sessions."""
    found: list[tuple[str, list[EditSample]]] = []
    for number in range(limit):
        for category in CHOICES:
            found.append((f"{category}/{number}", [drawn_case("val", category, number, seed)]))
    stream = chain_stream(TURNS, seed=seed)
    return found + [(f"session/{n}", list(next(stream).samples)) for n in range(limit)]


class Clock:
    """Runs turns and adds up what they took.

    Args:
        store: of the sessions, which are deleted when they are done.
        shelf: editors.
    """

    def __init__(self, store: SessionStore, shelf: EditorShelf) -> None:
        self._store, self._shelf = store, shelf
        self.prints: dict[str, str] = {}
        self.seconds: dict[str, float] = {}
        self.parts: defaultdict[str, float] = defaultdict(float)

    def run(self, name: str, turns: list[EditSample]) -> None:
        """One session."""
        first = Picture(turns[0].source)
        session = EditSession.create(first, store=self._store, editors=self._shelf)
        for number, turn in enumerate(turns):
            report: Any
            begun = time.process_time()
            try:
                done = session.edit(turn.instruction, settings=RunSettings(seed=number))
                report = done.to_json()
            except OrchestratorError as error:
                report = str(error)
            key = f"{name}/{number}"
            self.seconds[key] = time.process_time() - begun
            self.prints[key] = fingerprint(session.picture().rgb, report)
            if isinstance(report, dict) and len(self.seconds) > 1:
                self._add(report)
        session.delete()

    def _add(self, report: dict[str, Any]) -> None:
        """Wall-clock seconds of the parts, as the report tells them."""
        self.parts["plan"] += float(report["planning"].get("seconds", 0.0))
        for step in report["steps"]:
            for part, seconds in step["timing"].items():
                self.parts[part] += float(seconds)
        self.parts["whole"] += report["seconds"]


def main() -> None:
    """Measure, compare, end in one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one case a category")
    parser.add_argument("--limit", type=int, default=2, help="cases a category, and sessions")
    parser.add_argument("--seed", type=int, default=51)
    parser.add_argument("--keep", type=Path, help="write fingerprints here")
    parser.add_argument("--against", type=Path, help="compare with fingerprints kept earlier")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, SessionStore.open(Path(folder)) as store:
        clock = Clock(store, default_shelf(store.home.models))
        for name, turns in sessions(1 if options.quick else options.limit, options.seed):
            clock.run(name, turns)
    first, *later = clock.seconds.values()
    print(f"{len(later)} turns: {sum(later) / len(later):.2f} processor seconds each")
    print(f"the first, which loads everything: {first:.2f}")
    for part, spent in sorted(clock.parts.items(), key=lambda item: -item[1]):
        print(f"  {part:>7} {spent / len(later):6.3f} s a turn by the wall clock")
    result: dict[str, Any] = {
        "benchmark": "turn_time",
        "turns": len(later),
        "processor_seconds_a_turn": round(sum(later) / len(later), 4),
        "processor_seconds_first": round(first, 3),
    }
    if options.keep is not None:
        options.keep.write_text(json.dumps({"prints": clock.prints, "seconds": clock.seconds}))
    if options.against is not None:
        before = json.loads(options.against.read_text())
        other = [key for key, told in clock.prints.items() if before["prints"].get(key) != told]
        shared = [key for key in clock.seconds if key in before["seconds"]][1:]
        was = sum(before["seconds"][key] for key in shared)
        ratio = was / max(sum(clock.seconds[key] for key in shared), 1e-9)
        print(f"{len(other)} of {len(clock.prints)} turns came out otherwise: {', '.join(other)}")
        print(f"{ratio:.2f} times as fast as the version that was kept")
        result |= {"other_results": len(other), "times_faster": round(ratio, 3)}
    print(json.dumps(result | provenance(options.seed)))


if __name__ == "__main__":
    main()
