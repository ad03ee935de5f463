"""Whether a session of ten turns keeps every promise to its end, and what that cost the picture.

    python benchmarks/drift.py [--only photos|drawn] [--quick] [--limit N] [--seed N] [--model NAME]

Sessions run three ways: as the product does; without compositing and verification (each turn's
whole result becomes the next picture); and on drawings in ``--direct`` mode. Success after t turns
means that every promise of every turn so far still holds, compared with the ORIGINAL. A session has
collapsed where what was never edited is below 20 dB PSNR against the original. Without ``--model``
the editor of drawn sessions is SIMULATED (``simulated_editor.py``); photographs use tools alone.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import random
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from drawn_chain import Chain, Judge, chains, exact, eye, holding
from photo_sessions import PHOTOS, Wish, holds, photograph, wishes
from provenance import provenance
from simulated_editor import NAME, Faults, SimulatedEditor

from memory.store import SessionStore
from orchestrator.drift import measure_drift
from orchestrator.editor_shelf import default_shelf
from orchestrator.editors import EditorShelf
from orchestrator.errors import OrchestratorError
from orchestrator.plan import Step
from orchestrator.routing import routes
from orchestrator.session import EditSession
from orchestrator.settings import RunSettings
from tools.editing import Editor, EditRequest
from tools.errors import ToolError
from tools.metrics import psnr
from tools.operation import HardMask, Rgb, ToolContext
from tools.pictures import Picture
from tools.registry import get_tool, parse_args

TURNS = 10
AT = (3, 5, 10)
WAYS = ("product", "bare", "direct")
"""How drawn sessions are run: as the product does, by the editor alone, in ``--direct`` mode."""
COLLAPSED = 20.0
"""dB of what was never edited, below which nobody would go on with the picture."""


@dataclass
class Outcome:
    """One session.

    Attributes:
        kept: turns -> whether every promise so far held then.
        quality: turns -> PSNR of what was never edited; infinite where identical.
        identical: whether all that no accepted mask touched is the original's, bit for bit; None
            where there are no masks.
        warned: the drift monitor had something to say.
        seconds: of the whole session.
    """

    kept: dict[int, bool] = field(default_factory=dict)
    quality: dict[int, float] = field(default_factory=dict)
    identical: bool | None = None
    warned: bool = False
    seconds: float = 0.0

    def see(self, turns: int, held: list[bool], original: Rgb, now: Rgb, never: HardMask) -> None:
        """Note how the session stands after so many turns."""
        self.kept[turns] = all(held)
        self.quality[turns] = psnr(original, now, never) if never.any() else math.inf


def untouched_identical(session: EditSession) -> bool | None:
    """Whether every pixel outside all accepted masks is the original's.

    None where a step could act everywhere, so that there is nothing to compare.
    """
    path = session.history()
    original, now = (session.store.get_image(path[i].image_id) for i in (0, -1))
    touched = np.zeros(original.shape[:2], dtype=np.bool_)
    for item in path[1:]:
        if item.mask_id is None:
            return None
        touched |= session.store.get_mask(item.mask_id) > 0
    return bool(np.array_equal(original[~touched], now[~touched]))


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
    route = routes(step)[0]
    tool = get_tool(route.executor.removeprefix("tool:"))
    result = tool.run(parse_args(tool, route.args), ToolContext(rgb, mask, None, seed))
    return result.image if result.image.shape == rgb.shape else rgb


# -- drawings -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Drawn:
    """What drawn sessions are run with: shelf, model, judge; the editor itself where simulated."""

    store: SessionStore
    shelf: EditorShelf
    model: str
    judge: Judge
    simulated: SimulatedEditor | None
    seed: int

    def expect(self, chain: Chain, turn: int) -> None:
        """Tell a simulated editor what comes next."""
        if self.simulated is not None:
            self.simulated.expect(chain.samples[turn])

    @property
    def editor(self) -> Editor:
        """The editor itself."""
        return self.shelf.get(self.model)


def drawn_session(chain: Chain, way: str, with_: Drawn) -> Outcome:
    """One chain, one way."""
    outcome = Outcome()
    original = chain.original.image
    started = time.monotonic()
    turn = _bare_turns(chain, with_) if way == "bare" else _session_turns(chain, way, with_)
    waited = 0.0
    session = None
    for turns in range(1, TURNS + 1):
        now, session = turn(turns - 1)
        if turns in AT:
            begun = time.monotonic()
            held = holding(chain, turns, now, with_.judge)
            outcome.see(turns, held, original, now, chain.never)
            waited += time.monotonic() - begun
    outcome.seconds = time.monotonic() - started - waited
    if session is not None:
        outcome.identical = untouched_identical(session)
        outcome.warned = bool(measure_drift(session).warnings)
        session.delete()
    return outcome


def _session_turns(
    chain: Chain, way: str, with_: Drawn
) -> Callable[[int], tuple[Rgb, EditSession | None]]:
    session = EditSession.create(
        Picture(chain.original.image), store=with_.store, editors=with_.shelf
    )
    settings = RunSettings(seed=with_.seed, model=with_.model, direct=way == "direct")

    def turn(at: int) -> tuple[Rgb, EditSession | None]:
        with_.expect(chain, at)
        # What is not understood leaves its promise open, which counts as broken.
        with contextlib.suppress(OrchestratorError):
            session.edit(chain.samples[at].instruction, settings=settings)
        return session.picture().rgb, session

    return turn


def _bare_turns(chain: Chain, with_: Drawn) -> Callable[[int], tuple[Rgb, EditSession | None]]:
    pictures = [chain.original.image]

    def turn(at: int) -> tuple[Rgb, EditSession | None]:
        with_.expect(chain, at)
        sample = chain.samples[at]
        request = EditRequest(pictures[-1], sample.instruction, op=sample.op, seed=with_.seed + at)
        pictures.append(with_.editor.edit(request).image)
        return pictures[-1], None

    return turn


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
    parser.add_argument("--model", default="", help="editor of drawn sessions; none = simulated")
    parser.add_argument("--rate", type=float, default=0.4, help="faults of the simulated editor")
    parser.add_argument("--longest", type=int, default=256, help="side of the photographs")
    parser.add_argument("--minutes", type=float, default=1e9, help="begin no session after these")
    options = parser.parse_args()
    count = 3 if options.quick else options.limit
    result: dict[str, Any] = {"benchmark": "drift", "turns": TURNS}
    with tempfile.TemporaryDirectory() as folder, SessionStore.open(Path(folder)) as store:
        if options.only != "drawn":
            found = _while_time(
                count,
                options.minutes,
                lambda n: photo_session(n, options.seed, options.longest, store),
            )
            table = {w: summed([item[w] for item in found]) for w in ("product", "bare")}
            show(f"{len(found)} sessions on photographs, tool steps", table)
            result["photo_sessions"] = len(found)
            result |= _flat("photos", table)
            # The plain keys are those of drawn sessions where there are any.
            result |= table["product"]
        if options.only != "photos":
            simulated = None if options.model else SimulatedEditor(Faults(options.rate))
            shelf = default_shelf(store.home.models)
            if simulated is not None:
                kept = simulated
                shelf = EditorShelf({NAME: lambda: kept})
            judge = exact if simulated is not None else eye()
            model = options.model or NAME
            try:
                shelf.get(model)
            except ToolError as error:
                raise SystemExit(str(error)) from error
            with_ = Drawn(store, shelf, model, judge, simulated, options.seed)
            made = chains(count, TURNS, seed=options.seed)
            drawn = _while_time(
                count,
                options.minutes,
                lambda n: {way: drawn_session(made[n], way, with_) for way in WAYS},
            )
            table = {way: summed([item[way] for item in drawn]) for way in WAYS}
            who = "SIMULATED editor" if simulated is not None else model
            show(f"{len(drawn)} sessions on drawn scenes, {who}", table)
            result["drawn_sessions"] = len(drawn)
            result |= {"editor": "simulated" if simulated is not None else model}
            result |= _flat("drawn", table)
            result |= table["product"]
    print(json.dumps(result | provenance(options.seed)))


def _while_time(
    count: int, minutes: float, run: Callable[[int], dict[str, Outcome]]
) -> list[dict[str, Outcome]]:
    """So many sessions, or as many as begin in time; at least one."""
    end = time.monotonic() + 60 * minutes
    found = [run(0)]
    while len(found) < count and time.monotonic() < end:
        found.append(run(len(found)))
    return found


def _flat(sort: str, table: dict[str, dict[str, float | None]]) -> dict[str, float | None]:
    return {
        f"{sort}_{way}_{key}": value for way, row in table.items() for key, value in row.items()
    }


if __name__ == "__main__":
    main()
