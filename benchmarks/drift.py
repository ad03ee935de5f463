"""Whether a session of ten turns keeps every promise to its end, and what that cost the picture.

    python benchmarks/drift.py [--only photos|drawn] [--quick] [--limit N] [--seed N] [--model NAME]
        [--part I/N]

Sessions on photographs use tools alone: as the product does, and without compositing and
verification (each turn's whole result becomes the next picture). Those on drawings use an editor,
in the ways of ``drawn_sessions.py``. Success after t turns means that every promise of every turn
so far still holds, compared with the ORIGINAL. A session has collapsed where what was never edited
is below 20 dB PSNR against the original. Without ``--model`` the editor of drawn sessions is
SIMULATED (``simulated_editor.py``). The plain keys of the closing line are those of the marked
drawn sessions where there are any.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from drawn_chain import chain_stream, exact, eye
from drawn_sessions import (
    AT,
    PRODUCT,
    WAYS,
    Drawn,
    Outcome,
    drawn_session,
    told_why,
    untouched_identical,
)
from parts import Part, part
from photo_sessions import PHOTOS, Wish, holds, photograph, wishes
from provenance import provenance
from simulated_editor import NAME, Faults, SimulatedEditor, nano_eyes

from memory.store import SessionStore
from orchestrator.drift import measure_drift
from orchestrator.editor_shelf import default_shelf
from orchestrator.editors import EditorShelf
from orchestrator.plan import Step
from orchestrator.routing import usual
from orchestrator.session import EditSession
from orchestrator.settings import RunSettings
from tools.errors import ToolError
from tools.operation import Rgb, ToolContext
from tools.pictures import Picture
from tools.registry import get_tool, parse_args

TURNS = 10
COLLAPSED = 20.0
"""dB of what was never edited, below which nobody would go on with the picture."""


# -- photographs --------------------------------------------------------------------------------


def photo_session(number: int, seed: int, longest: int, store: SessionStore) -> dict[str, Outcome]:
    """One photograph, ten marked wishes; with the product and by its bare tools."""
    draw = random.Random(f"photo/{seed}/{number}")
    original = photograph(PHOTOS[number % len(PHOTOS)], longest)
    asked = wishes(draw, original.shape, TURNS)
    session = EditSession.create(Picture(original), store=store, editors=EditorShelf())
    whole, bare = Outcome(), Outcome()
    made: list[tuple[Step, Wish, Any, Any] | None] = []
    now = original
    started = time.monotonic()
    never = np.ones(original.shape[:2], dtype=np.bool_)
    pictures, naked = [], []
    spent = 0.0
    for wish in asked:
        report = session.edit(wish.words, settings=RunSettings(box=wish.box, seed=seed))
        step = report.steps[0] if report.steps else {}
        if step.get("status") in ("done", "unverified"):
            revision = session.head
            mask = store.get_mask(str(revision.mask_id)).astype(np.float32) / 255
            never &= mask == 0
            made.append((Step.model_validate(revision.step), wish, mask, {}))
        else:
            made.append(None)
        pictures.append(session.picture().rgb)
        begun = time.monotonic()
        now = bare_tool(made[-1], now, seed)
        naked.append(now)
        spent += time.monotonic() - begun
    whole.seconds = time.monotonic() - started - spent
    bare.seconds = spent
    for outcome, states in ((whole, pictures), (bare, naked)):
        for turns in AT:
            held = [
                item is not None
                and holds(item[0], item[1], item[2], original, states[turns - 1], item[3])
                for item in made[:turns]
            ]
            outcome.see(turns, held, original, states[turns - 1], never)
    whole.identical = untouched_identical(session)
    whole.warned = bool(measure_drift(session).warnings)
    bare.identical = bool(np.array_equal(original[never], now[never]))
    session.delete()
    return {"product": whole, "bare": bare}


def bare_tool(made: tuple[Step, Wish, Any, Any] | None, rgb: Rgb, seed: int) -> Rgb:
    """The same tool with the same mask, its whole result taken as it comes."""
    if made is None:
        return rgb
    step, _, mask, _ = made
    route = usual(step)
    tool = get_tool(route.executor.removeprefix("tool:"))
    result = tool.run(parse_args(tool, route.args), ToolContext(rgb, mask, None, seed))
    return result.image if result.image.shape == rgb.shape else rgb


# -- the whole ----------------------------------------------------------------------------------


def summed(outcomes: list[Outcome]) -> dict[str, float | None]:
    """Shares over sessions, under the keys of the closing line."""
    count = len(outcomes)
    keys: dict[str, float | None] = {}
    for at in AT:
        keys[f"sr_at_{at}"] = round(sum(o.kept[at] for o in outcomes) / count, 4)
        keys[f"collapse_at_{at}"] = round(
            sum(o.quality[at] < COLLAPSED for o in outcomes) / count, 4
        )
    told = [o.identical for o in outcomes if o.identical is not None]
    keys["untouched_identical"] = round(sum(told) / len(told), 4) if told else None
    last = [o.quality[AT[-1]] for o in outcomes]
    finite = [value for value in last if math.isfinite(value)]
    keys["untouched_psnr"] = round(sum(finite) / len(finite), 2) if finite else None
    keys["psnr_infinite"] = round(1 - len(finite) / count, 4)
    keys["drift_warnings"] = round(sum(o.warned for o in outcomes) / count, 4)
    keys["seconds_a_session"] = round(sum(o.seconds for o in outcomes) / count, 3)
    return keys


def show(title: str, table: dict[str, dict[str, float | None]]) -> None:
    """Print one table."""
    print(f"\n{title}")
    names = ("sr_at_3", "sr_at_5", "sr_at_10", "collapse_at_10", "untouched_identical")
    names += ("untouched_psnr", "psnr_infinite", "drift_warnings", "seconds_a_session")
    print(f"{'':>12} " + " ".join(f"{name:>{max(len(name), 7)}}" for name in names))
    for way, row in table.items():
        cells = ["-" if row[n] is None else f"{row[n]:g}" for n in names]
        spread = zip(names, cells, strict=True)
        print(f"{way:>12} " + " ".join(f"{c:>{max(len(n), 7)}}" for n, c in spread))


def main() -> None:
    """Measure, print tables, end in one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=("photos", "drawn"), help="one part alone")
    parser.add_argument("--quick", action="store_true", help="3 sessions")
    parser.add_argument("--limit", type=int, default=100, help="sessions of each sort")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--model", default="", help="of drawn sessions; auto = the product; none = simulated"
    )
    parser.add_argument("--rate", type=float, default=0.15, help="faults of the simulated editor")
    parser.add_argument("--stubborn", type=float, default=0.25, help="see simulated_editor.py")
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=WAYS, help="of drawn sessions")
    parser.add_argument("--longest", type=int, default=256, help="side of the photographs")
    parser.add_argument("--minutes", type=float, default=1e9, help="begin no session after these")
    parser.add_argument("--part", type=part, default=Part(), help="a piece, as 2/5; see parts.py")
    options = parser.parse_args()
    whole = 3 if options.quick else options.limit
    numbers = list(options.part.take(range(whole)))
    if not numbers:
        parser.error(f"of {whole} sessions part {options.part} holds none")
    result: dict[str, Any] = {"benchmark": "drift", "turns": TURNS, "part": str(options.part)}
    with tempfile.TemporaryDirectory() as folder, SessionStore.open(Path(folder)) as store:
        if options.only != "drawn":
            found = _while_time(
                len(numbers),
                options.minutes,
                lambda n: photo_session(numbers[n], options.seed, options.longest, store),
            )
            table = {w: summed([item[w] for item in found]) for w in ("product", "bare")}
            show(f"{len(found)} sessions on photographs, tool steps", table)
            result["photo_sessions"] = len(found)
            result |= _flat("photos", table)
            # The plain keys are those of drawn sessions where there are any.
            result |= table["product"]
        if options.only != "photos":
            shelf = default_shelf(store.home.models)
            simulated = None
            if not options.model:
                faults = Faults(options.rate, options.stubborn)
                simulated = SimulatedEditor(faults, sees=False, eyes=nano_eyes(shelf))
                kept = simulated
                shelf = EditorShelf({NAME: lambda: kept})
            judge = exact if simulated is not None else eye()
            model = options.model or NAME
            if model == PRODUCT and "bare" in options.ways:
                raise SystemExit("'auto' is no editor that could go bare; name the other --ways")
            try:
                if model != PRODUCT:
                    shelf.get(model)
            except ToolError as error:
                raise SystemExit(str(error)) from error
            with_ = Drawn(store, shelf, model, judge, simulated, options.seed)
            stream = options.part.take(chain_stream(TURNS, seed=options.seed))

            def one(_number: int) -> dict[str, Outcome]:
                chain = next(stream)
                return {way: drawn_session(chain, way, with_) for way in options.ways}

            drawn = _while_time(len(numbers), options.minutes, one)
            outcomes = {way: [item[way] for item in drawn] for way in options.ways}
            table = {way: summed(found) for way, found in outcomes.items()}
            who = "SIMULATED editor" if simulated is not None else model
            show(f"{len(drawn)} sessions on drawn scenes, {who}", table)
            print("\n".join(told_why(outcomes)))
            result["drawn_sessions"] = len(drawn)
            result |= {"editor": "simulated" if simulated is not None else model}
            result |= {"fault_rate": options.rate, "stubborn": options.stubborn}
            result |= _flat("drawn", table)
            result |= table[options.ways[0]]
    print(json.dumps(result | provenance(options.seed)))


def _while_time(
    count: int, minutes: float, run: Callable[[int], dict[str, Outcome]]
) -> list[dict[str, Outcome]]:
    """So many sessions, or as many as begin in time; at least one."""
    end = time.monotonic() + 60 * minutes
    found = [run(0)]
    while len(found) < count and time.monotonic() < end:
        found.append(run(len(found)))
        held = ", ".join(f"{way} {o.kept[AT[-1]]:d}" for way, o in found[-1].items())
        print(f"  session {len(found)}: {held}", file=sys.stderr, flush=True)
    return found


def _flat(sort: str, table: dict[str, dict[str, float | None]]) -> dict[str, float | None]:
    return {
        f"{sort}_{way}_{key}": value for way, row in table.items() for key, value in row.items()
    }


if __name__ == "__main__":
    main()
