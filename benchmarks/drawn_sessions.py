"""Sessions on chains of exact edits of drawn scenes, run in several ways, and why turns fall short.

``marked``: the product, each turn's thing (or the place of a new one) marked as a person would, so
that what is measured is drift, verification and the loop, and not whether words are understood in
a picture. ``words``: the product, which must find the thing by its words with its own eyes.
``bare``: the editor alone, its whole result taken as it comes. ``direct``: ``--direct`` mode. In
all of them the same editor makes every edit; a simulated one may be judged by exact targets, which
no tool's own drawing of a smaller cup could meet.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from drawn_chain import Chain, Judge, holding
from simulated_editor import SimulatedEditor

from memory.store import SessionStore
from orchestrator.drift import measure_drift
from orchestrator.editors import EditorShelf
from orchestrator.errors import OrchestratorError
from orchestrator.plan import EditPlan
from orchestrator.planning import PlanContext, get_planner
from orchestrator.report import RunReport
from orchestrator.session import EditSession
from orchestrator.settings import RunSettings
from smartedit_model.world.edits import EditSample
from tools.editing import EditRequest
from tools.masks import box_of, from_box
from tools.metrics import psnr
from tools.operation import HardMask, Rgb
from tools.pictures import Picture

PRODUCT = "auto"
"""As ``--model``: the product chooses who makes each edit, as it does for a person."""
AT = (3, 5, 10)
WAYS = ("marked", "words", "bare", "direct")
KEPT = ("done", "unverified")
FOUND = 0.5
"""Overlap of the mask of a step with the thing, below which another thing was taken for it."""
WHY = (
    "right", "not read", "not found", "another thing", "wrong, and kept", "right, but given up",
    "given up", "undone later",
)  # fmt: skip
"""What becomes of a turn. ``right, but given up``: a try was right and verification failed it."""


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
        tries: made by editors, all turns together.
        why: ``WHY`` -> turns; empty where it was not asked.
    """

    kept: dict[int, bool] = field(default_factory=dict)
    quality: dict[int, float] = field(default_factory=dict)
    identical: bool | None = None
    warned: bool = False
    seconds: float = 0.0
    tries: int = 0
    why: Counter[str] = field(default_factory=Counter)

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


def drawn_session(chain: Chain, way: str, with_: Drawn) -> Outcome:
    """One chain, one way."""
    turns = len(chain.samples)
    outcome = Outcome()
    original = chain.original.image
    started = time.monotonic()
    run = _Bare(chain, with_) if way == "bare" else _Product(chain, way, with_, outcome)
    held: list[bool] = []
    judging = 0.0
    for number in range(1, turns + 1):
        with_.expect(chain, number - 1)
        now = run.turn(number - 1)
        if number in AT or number == turns:
            begun = time.monotonic()
            held = holding(chain, number, now, with_.judge)
            outcome.see(number, held, original, now, chain.never)
            judging += time.monotonic() - begun
    outcome.seconds = time.monotonic() - started - judging - run.judging
    if isinstance(run, _Product):
        run.close(held)
    return outcome


class _Bare:
    """The editor alone."""

    judging = 0.0

    def __init__(self, chain: Chain, with_: Drawn) -> None:
        self._chain, self._with, self._now = chain, with_, chain.original.image

    def turn(self, at: int) -> Rgb:
        sample = self._chain.samples[at]
        seed = self._with.seed + at
        request = EditRequest(self._now, sample.instruction, op=sample.op, seed=seed)
        self._now = self._with.shelf.get(self._with.model).edit(request).image
        return self._now


class _Product:
    """A session of the product."""

    def __init__(self, chain: Chain, way: str, with_: Drawn, outcome: Outcome) -> None:
        self._chain, self._way, self._with, self._outcome = chain, way, with_, outcome
        self._session = EditSession.create(
            Picture(chain.original.image), store=with_.store, editors=with_.shelf
        )
        self._ends: list[str] = []
        self.judging = 0.0

    def turn(self, at: int) -> Rgb:
        sample, before = self._chain.samples[at], self._session.head.id
        report, plan = None, None
        settings = self._settings(sample)
        # A simulated editor must make every edit, so its plans are made here; else the product's.
        itself = self._with.simulated is None or self._way == "direct"
        if not itself:
            plan = planned(sample.instruction, self._with.model)
        if plan is not None or itself:
            try:
                report = self._session.edit(sample.instruction, plan=plan, settings=settings)
            except OrchestratorError:
                report = None  # its promise stays open, which counts as broken
        begun = time.monotonic()
        self._outcome.tries += sum(s["attempts"] for s in report.steps) if report else 0
        made = self._session.head.id != before
        self._ends.append(self._why(sample, report, made))
        self.judging += time.monotonic() - begun
        return self._session.picture().rgb

    def _settings(self, sample: EditSample) -> RunSettings:
        mark = None
        if self._way == "marked":
            mark = self._with.store.put_mask(marked(sample).astype(np.uint8) * 255).id
        return RunSettings(
            seed=self._with.seed,
            model=self._with.model,
            direct=self._way == "direct",
            mask_id=mark,
        )

    def _why(self, sample: EditSample, report: RunReport | None, made: bool) -> str:
        if report is None or not report.steps:
            return "not read"
        step, judge = report.steps[0], self._with.judge
        if made and judge(sample, self._session.picture().rgb):
            return "right"
        if not step["attempts"]:
            return "not found"
        if sample.op != "add" and step["mask_id"] is not None and self._way == "words":
            acted = self._with.store.get_mask(step["mask_id"]) > 0
            if (acted & sample.region).sum() < FOUND * sample.region.sum():
                return "another thing"
        if made:
            return "wrong, and kept"
        pictures = [t["image_id"] for t in step["tries"] if t["image_id"] is not None]
        if any(judge(sample, self._with.store.get_image(item)[..., :3]) for item in pictures):
            return "right, but given up"
        return "given up"

    def close(self, held: list[bool]) -> None:
        """Note what is known at the end, and delete the session."""
        ends = zip(self._ends, held, strict=True)
        self._outcome.why.update("undone later" if e == "right" and not h else e for e, h in ends)
        self._outcome.identical = untouched_identical(self._session)
        self._outcome.warned = bool(measure_drift(self._session).warnings)
        self._session.delete()


def marked(sample: EditSample) -> HardMask:
    """What a person would mark, HW bool: the thing itself, or a box where a new one should be."""
    if sample.spec is None or sample.spec.added is None:
        return sample.region
    box = box_of(sample.edited.mask(sample.spec.added.uid))
    return sample.mask if box is None else from_box(box, sample.mask.shape)


def planned(words: str, executor: str) -> EditPlan | None:
    """The rules' plan of one wish, for an executor; None where it is not read as one step."""
    try:
        plan = get_planner("rules").plan(words, PlanContext())
    except OrchestratorError:
        return None
    return insisting(plan, executor) if len(plan.steps) == 1 else None


def insisting(plan: EditPlan, executor: str) -> EditPlan:
    """The plan with every step to be made by one executor."""
    steps = tuple(step.model_copy(update={"executor": executor}) for step in plan.steps)
    return plan.model_copy(update={"steps": steps})


def told_why(table: dict[str, list[Outcome]]) -> list[str]:
    """Lines that say what became of all turns, a row a way."""
    rows = []
    for way, outcomes in table.items():
        counts: Counter[str] = Counter()
        for outcome in outcomes:
            counts += outcome.why
        total = sum(counts.values())
        if total:
            parts = [f"{name} {counts[name] / total:.3f}" for name in WHY if counts[name]]
            tries = sum(outcome.tries for outcome in outcomes) / total
            rows.append(f"{way:>8}: {total} turns, {tries:.2f} tries each; " + ", ".join(parts))
    return rows
