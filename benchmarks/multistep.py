"""Complex instructions of two to six sub-edits: is the plan right, is it carried out, is all done?

    python benchmarks/multistep.py [--plans-only] [--quick] [--limit N] [--seed N] [--model NAME]
        [--part I/N]

Instructions of drawn test scenes, joined in varied ways; each sub-edit's exact target is known.
``plan``: as many steps as sub-edits, each with the right op, value and target. ``execution``: the
reference plan, carried out: every promise holds. ``end to end``: from the words. Beside it
``naive``: the sub-edits one by one with the bare editor, nothing composited or verified; and
``--direct``: one pass, for real editors. With ``--model auto`` the product chooses who makes each
edit, as it does for a person, and nothing stands beside it. Without ``--model`` the editor is
SIMULATED and makes every edit, so that exact targets can judge; in ``execution`` its reader says
where things are, ``end to end`` the product must find them by their words.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from complex_wording import brief, joined, matched, wanted
from drawn_chain import Chain, Judge, chain_of, exact, eye, holding
from drawn_plan import step_of
from drawn_sessions import PRODUCT, insisting
from parts import Part, part
from provenance import mean_text, provenance
from simulated_editor import NAME, Faults, SimulatedEditor, nano_eyes

from memory.store import SessionStore
from orchestrator.editor_shelf import default_shelf
from orchestrator.editors import EditorShelf
from orchestrator.errors import OrchestratorError
from orchestrator.events import Event, StepStarted
from orchestrator.plan import EditPlan
from orchestrator.planning import PlanContext, get_planner
from orchestrator.session import EditSession
from orchestrator.settings import RunSettings
from tools.editing import EditRequest
from tools.errors import ToolError
from tools.operation import Rgb
from tools.pictures import Picture

LENGTHS = (2, 3, 4, 5, 6)
WORDINGS = ("say", "held")
"""The world's two languages: that of training, and that of the test split alone."""


def cases(count: int, seed: int, words: str) -> list[tuple[Chain, str]]:
    """So many chains with their instruction, the lengths in turn."""
    found: list[tuple[Chain, str]] = []
    at = 0
    while len(found) < count:
        draw = random.Random(f"multistep/{seed}/{words}/{at}")
        at += 1
        length = LENGTHS[len(found) % len(LENGTHS)]
        chain = chain_of(draw, length, size=128, held_words=words == "held")
        if chain is not None:
            found.append((chain, joined(chain.samples, draw)))
    return found


def planned(text: str, planner: str) -> EditPlan | None:
    """The plan of an instruction; None where the planner makes none."""
    try:
        return get_planner(planner).plan(text, PlanContext())
    except OrchestratorError:
        return None


def plan_facts(plan: EditPlan | None, chain: Chain) -> dict[str, bool]:
    """Whether a plan is right, and whether it is so leaving the targets' words aside."""
    if plan is None or len(plan.steps) != len(chain.samples):
        return {"plan": False, "ops": False}
    wants = [wanted(sample) for sample in chain.samples]
    return {
        "plan": None not in matched(plan.steps, wants),
        "ops": None not in matched(plan.steps, wants, target=False),
    }


class Bench:
    """Carries plans out, and judges the pictures.

    Args:
        store: for the sessions.
        shelf: with the editor.
        model: its name.
        judge: of a promise.
        simulated: the editor itself, where it must be told what comes.
        seed: of the runs.
    """

    def __init__(
        self,
        store: SessionStore,
        shelf: EditorShelf,
        model: str,
        judge: Judge,
        simulated: SimulatedEditor | None,
        seed: int,
    ) -> None:
        self._store, self._shelf, self._model = store, shelf, model
        self._judge, self._simulated, self._seed = judge, simulated, seed

    def run(self, chain: Chain, text: str, plan: EditPlan | None, *, direct: bool = False) -> bool:
        """Whether every promise holds after a run."""
        session = EditSession.create(
            Picture(chain.original.image), store=self._store, editors=self._shelf
        )
        settings = RunSettings(seed=self._seed, model=self._model, direct=direct)
        try:
            session.edit(text, plan=plan, settings=settings, on_event=self._telling(chain, plan))
            picture = session.picture().rgb
        except OrchestratorError:
            return False
        finally:
            session.delete()
        return self._all(chain, picture)

    def reading(self, sees: bool) -> None:
        """Whether a simulated editor's reader says where things are."""
        if self._simulated is not None:
            self._simulated.sees = sees

    def naive(self, chain: Chain) -> bool:
        """The sub-edits one by one, each result taken as it comes."""
        picture = chain.original.image
        for number, sample in enumerate(chain.samples):
            if self._simulated is not None:
                self._simulated.expect(sample)
            request = EditRequest(
                picture, sample.instruction, op=sample.op, seed=self._seed + number
            )
            picture = self._shelf.get(self._model).edit(request).image
        return self._all(chain, picture)

    def _all(self, chain: Chain, picture: Rgb) -> bool:
        return all(holding(chain, len(chain.samples), picture, self._judge))

    def _telling(self, chain: Chain, plan: EditPlan | None) -> Callable[[Event], None]:
        """Tells a simulated editor which sub-edit the step that starts is."""
        known = {}
        if plan is not None:
            wants = [wanted(sample) for sample in chain.samples]
            for at, hit in enumerate(matched(plan.steps, wants, target=False)):
                if hit is not None:
                    known[plan.steps[hit].id] = at

        def hear(event: Event) -> None:
            if self._simulated is not None and isinstance(event, StepStarted):
                at = known.get(event.step_id)
                if at is not None:
                    self._simulated.expect(chain.samples[at])

        return hear


def reference(chain: Chain, text: str) -> EditPlan:
    """The plan as it should be."""
    steps = tuple(step_of(sample, number=n) for n, sample in enumerate(chain.samples, 1))
    return EditPlan(instruction=text, steps=steps)


def main() -> None:
    """Measure, print a table, end in one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plans-only", action="store_true", help="carry nothing out")
    parser.add_argument("--show", action="store_true", help="print every wrong plan")
    parser.add_argument("--quick", action="store_true", help="10 instructions")
    parser.add_argument("--limit", type=int, default=300, help="instructions")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--planner", default="rules", help="rules, or provider:model")
    parser.add_argument(
        "--model", default="", help="an editor; auto = the product; none = simulated"
    )
    parser.add_argument("--rate", type=float, default=0.15, help="faults of the simulated editor")
    parser.add_argument("--stubborn", type=float, default=0.25, help="see simulated_editor.py")
    parser.add_argument("--minutes", type=float, default=1e9, help="carry out none after these")
    parser.add_argument("--part", type=part, default=Part(), help="a piece, as 2/5; see parts.py")
    options = parser.parse_args()
    whole = 10 if options.quick else options.limit
    count = options.part.count(whole)
    if not count:
        parser.error(f"of {whole} instructions part {options.part} holds none")
    result: dict[str, Any] = {"benchmark": "multistep", "instructions": count}
    result["part"] = str(options.part)
    result["planner"] = options.planner
    for words in WORDINGS:
        asked = list(options.part.take(cases(whole, options.seed, words)))
        started = time.monotonic()
        plans = [planned(text, options.planner) for _, text in asked]
        seconds = (time.monotonic() - started) / count
        facts = [plan_facts(p, c) for p, (c, _) in zip(plans, asked, strict=True)]
        name = "trained wordings" if words == "say" else "held-out wordings"
        print(f"\n{name}: {count} instructions, {1000 * seconds:.1f} ms to plan one")
        lengths = [len(chain.samples) for chain, _ in asked]
        for key in ("plan", "ops"):
            by = [
                _share([f[key] for f, n in zip(facts, lengths, strict=True) if n == length])
                for length in LENGTHS
            ]
            told = "  ".join(f"{n}: {v:.2f}" for n, v in zip(LENGTHS, by, strict=True))
            print(f"  {key:>5} right {_share([f[key] for f in facts]):.3f}   by sub-edits {told}")
            result[f"{key}_success_{words}"] = round(_share([f[key] for f in facts]), 4)
        if options.show:
            for (_, text), made, fact in zip(asked, plans, facts, strict=True):
                if not fact["plan"]:
                    print(f"    {text!r}\n      {brief(made)}")
        if words == "say" and not options.plans_only:
            result |= _carried_out(asked, plans, options)
    print(json.dumps(result | provenance(options.seed)))


def _carried_out(
    asked: list[tuple[Chain, str]], plans: list[EditPlan | None], options: argparse.Namespace
) -> dict[str, Any]:
    simulated = None if options.model else SimulatedEditor(Faults(options.rate, options.stubborn))
    model = options.model or NAME
    with tempfile.TemporaryDirectory() as folder, SessionStore.open(Path(folder)) as store:
        shelf = default_shelf(store.home.models)
        if simulated is not None:
            simulated.eyes = nano_eyes(shelf)
            kept = simulated
            shelf = EditorShelf({NAME: lambda: kept})
        try:
            if model != PRODUCT:
                shelf.get(model)
        except ToolError as error:
            raise SystemExit(str(error)) from error
        judge = exact if simulated is not None else eye()
        bench = Bench(store, shelf, model, judge, simulated, options.seed)
        executor = model if simulated is not None else PRODUCT
        rows: dict[str, list[bool]] = {"execution": [], "end to end": []}
        if model != PRODUCT:
            rows["naive one by one"] = []
        end = time.monotonic() + 60 * options.minutes
        for (chain, text), plan in zip(asked, plans, strict=True):
            if rows["execution"] and time.monotonic() > end:
                break
            bench.reading(True)
            right = insisting(reference(chain, text), executor)
            rows["execution"].append(bench.run(chain, text, right))
            bench.reading(False)
            mine = None if plan is None else insisting(plan, executor)
            rows["end to end"].append(mine is not None and bench.run(chain, text, mine))
            if model != PRODUCT:
                rows["naive one by one"].append(bench.naive(chain))
            told = ", ".join(f"{name} {row[-1]:d}" for name, row in rows.items())
            print(f"  {len(chain.samples)} sub-edits: {told}", file=sys.stderr, flush=True)
        # One pass of several edits is a thing of real models; nothing is simulated there.
        direct, done = None, len(rows["execution"])
        if simulated is None and model != PRODUCT:
            direct = [bench.run(c, text, None, direct=True) for c, text in asked[:done]]
    who = "SIMULATED editor" if simulated is not None else model
    print(f"  {who}, {done} instructions:")
    lengths = [len(chain.samples) for chain, _ in asked[:done]]
    for name, row in rows.items():
        by = [
            (n, _share([held for held, length in zip(row, lengths, strict=True) if length == n]))
            for n in LENGTHS
        ]
        told = "  ".join(f"{n}: {share:.2f}" for n, share in by)
        print(f"  {name:>16} {mean_text(row)}   by sub-edits {told}")
    if direct is not None:
        print(f"  --direct {_share(direct):.3f}")
    return {
        "editor": "simulated" if simulated is not None else model,
        "carried_out": done,
        "fault_rate": options.rate if simulated is not None else None,
        "execution_success": round(_share(rows["execution"]), 4),
        "end_to_end_success": round(_share(rows["end to end"]), 4),
        "naive_success": (None if model == PRODUCT else round(_share(rows["naive one by one"]), 4)),
        "direct_success": None if direct is None else round(_share(direct), 4),
    }


def _share(values: list[bool]) -> float:
    return sum(values) / len(values) if values else 0.0


if __name__ == "__main__":
    main()
