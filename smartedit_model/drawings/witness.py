"""The independent witness for drawings: what was meant, what changed, what is there now.

It finds the target anew by words, with the recogniser and the small SAM, so that it also notices an
edit of the wrong thing. It never asks the editing model.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from smartedit_model.domain import judge
from smartedit_model.drawings import measures
from smartedit_model.drawings.evidence import EVIDENCE, Case, Numbers
from smartedit_model.drawings.grounder import DrawnGrounder
from smartedit_model.drawings.naming import LOOKS, colour_of, look_named, thing_named
from smartedit_model.drawings.proposing import Proposer
from smartedit_model.drawings.style_marks import style_mark
from smartedit_model.drawings.surroundings import Standing, Surroundings, with_look
from smartedit_model.drawings.things import SEEN_AT, THINGS, Thing, grown, things_in
from smartedit_model.drawings.verdict import (
    FAINT,
    SAYS,
    Fit,
    drawn_so,
    haunted,
    noisy,
    off_colour,
    shipped_fit,
    unlike,
)
from smartedit_model.evaluation.judge_eye import Eye
from smartedit_model.evaluation.judge_weights import shipped_judge
from smartedit_model.fingerprints import content_key, content_version
from smartedit_model.sam.segmenter import SamSegmenter
from smartedit_model.sam.small import NAME, load_small
from tools.errors import GroundingFailed
from tools.grounders import ground
from tools.grounding import Scene
from tools.masks import components, iou
from tools.operation import HardMask, Rgb
from tools.witness import Claim, Testimony

KEPT = 4
"""Pictures whose things are remembered: a step is tried several times on one."""
JUDGED = 8
"""Edits whose evidence is remembered: a try that comes out the same is not looked at anew."""
MEANT = 0.6
"""Share of a thing within the region of a step, from which it is taken for the step's target."""
MARKED = 0.85
"""Overlap from which what words mean is what was marked, and has the better outline."""
OWN = 0.3
"""Overlap from which a thing is a target rather than another thing."""


@dataclass(frozen=True)
class Heard:
    """A claim made concrete in a picture.

    Attributes:
        case: masks and names.
        resolved: the target was found by its words alone, without the step's region.
    """

    case: Case
    resolved: bool


@dataclass(frozen=True)
class Observation:
    """What was seen of an edit: whether the target was found by its words, and the evidence."""

    resolved: bool
    numbers: Numbers


class DrawnWitness:
    """A ``tools.witness.Witness`` for pictures of the drawn world.

    Args:
        proposer: gives masks for clicks: the small SAM.
        eye: names what masks show.
        domain: folder whose ``domain.json`` says which pictures are drawings.
        fit: from evidence to verdicts; the shipped one when omitted.

    Attributes:
        grounder: finds named things by the same eyes.
    """

    name = "recogniser"

    def __init__(self, proposer: Proposer, eye: Eye, domain: Path, fit: Fit | None = None) -> None:
        self._proposer, self._eye, self._domain = proposer, eye, domain
        self._fit = fit
        self.grounder = DrawnGrounder(proposer, eye)
        self._scenes: OrderedDict[str, Scene] = OrderedDict()
        self._observed: OrderedDict[tuple[object, ...], Observation | None] = OrderedDict()

    def testify(
        self,
        claim: Claim,
        before: Rgb,
        after: Rgb,
        mask: HardMask | None,
        marked: HardMask | None = None,
    ) -> Testimony | None:
        """Judge an edit; None where the words or the picture are not of the drawn world."""
        places = [None if m is None else content_key(m.view(np.uint8)) for m in (mask, marked)]
        key = (repr(claim), content_key(before), content_key(after), *places)
        if key not in self._observed:
            self._observed[key] = self.observe(claim, before, after, mask, marked)
            while len(self._observed) > JUDGED:
                self._observed.popitem(last=False)
        seen = self._observed[key]
        return None if seen is None else self.verdict(claim, seen)

    def things(self, scene: Scene) -> list[Thing]:
        """What stands in a run's scene, at its size; a picture is looked at once."""
        if THINGS not in scene.found:
            own = things_in(self._scene(scene.image), self._proposer, self._eye)
            scene.found[THINGS] = grown(own, scene.image.shape)
        found: list[Thing] = scene.found[THINGS]
        return found

    def surroundings(self, image: Rgb) -> Surroundings:
        """What stands in a drawing, HWC uint8 RGB, and the light and style it is drawn in."""
        scene = self._scene(image)
        things = tuple(
            Standing(_mask_at(thing.mask, image.shape[:2]), thing.kind, thing.chance)
            for thing in things_in(scene, self._proposer, self._eye)
        )
        return with_look(things, self._eye.look_at_all(image))

    def observe(
        self,
        claim: Claim,
        before: Rgb,
        after: Rgb,
        mask: HardMask | None,
        marked: HardMask | None = None,
    ) -> Observation | None:
        """The evidence alone, before any threshold; see ``testify``."""
        heard = self.hear(claim, before, after, mask, marked)
        if heard is None:
            return None
        numbers = EVIDENCE[claim.op](heard.case, self._eye)
        if claim.op == "restyle":
            numbers |= style_mark(heard.case.value, before, after)
        return Observation(heard.resolved, numbers)

    def verdict(self, claim: Claim, seen: Observation) -> Testimony | None:
        """What the evidence says of a claim; None for an op that was never fitted."""
        fit = (self._fit or shipped_fit()).ops.get(claim.op)
        if fit is None:
            return None
        trust, worst = fit.trust(seen.numbers), fit.against(seen.numbers)
        shown = {name: round(value, 3) for name, value in seen.numbers.items()}
        # Such a try may be the next best thing, so it is not failed for this alone.
        if off_colour(seen.numbers):
            trust, worst = min(trust, fit.fails), "colour"
        if haunted(seen.numbers):
            trust, worst = min(trust, fit.fails), "no_trace"
        if noisy(seen.numbers):
            trust, worst = 0.0, "calm"
        if drawn_so(seen.numbers):
            trust = max(trust, fit.least)
        elif unlike(seen.numbers):
            trust, worst = min(trust, (fit.fails + fit.least) / 2), "mark"
        said, faint = SAYS.get(worst, worst), worst in FAINT
        if trust < fit.fails:
            return Testimony(trust, False, seen.resolved, False, said, faint, shown)
        if trust < fit.least:
            doubt = f"it cannot be told whether it was made: {said}"
            return Testimony(trust, None, seen.resolved, False, doubt, faint, shown)
        if seen.resolved:
            return Testimony(trust, True, True, True, measured=shown)
        reason = f"the edit is there, but whether of {claim.target.phrase!r} cannot be told"
        return Testimony(trust, None, False, True, reason, measured=shown)

    def hear(
        self,
        claim: Claim,
        before: Rgb,
        after: Rgb,
        mask: HardMask | None,
        marked: HardMask | None = None,
    ) -> Heard | None:
        """What a claim is about in this picture; None where that cannot be said."""
        value, colour = _value(claim)
        if claim.op not in EVIDENCE or not value or before.shape != after.shape:
            return None
        if claim.target.category and not (
            claim.target.is_whole_image or self.grounder.claims(claim.target)
        ):
            return None  # a thing that it has no name for
        if not judge(self._domain, before).inside:
            return None
        scene = self._scene(before)
        shape = scene.image.shape[:2]
        now = _at(after, shape)
        allowed = np.ones(shape, dtype=np.bool_) if mask is None else _mask_at(mask, shape)
        things = things_in(scene, self._proposer, self._eye)
        if claim.op in LOOKS:
            whole = Case(scene.image, now, allowed, (), tuple(things), "", value)
            return Heard(whole, True)
        own = None if marked is None else _mask_at(marked, shape)
        targets, resolved = self._targets(claim, scene, now, allowed, things, own)
        if not targets and claim.op != "add":
            return None
        others = tuple(t for t in things if all(iou(t.mask, own) < OWN for own in targets))
        case = Case(
            scene.image, now, allowed, targets, others, "", value, colour, claim.where
        )  # fmt: skip
        return Heard(case, resolved)

    def _targets(
        self,
        claim: Claim,
        scene: Scene,
        now: Rgb,
        allowed: HardMask,
        things: list[Thing],
        marked: HardMask | None,
    ) -> tuple[tuple[HardMask, ...], bool]:
        """Masks of what was meant, and whether the words alone gave them."""
        if claim.target.is_whole_image:
            return (), bool(claim.where)
        named = self._named(claim, scene, allowed)
        if claim.op == "add":
            return named, bool(named)
        if marked is not None and marked.any():
            # Words tell its outline better than a hasty mark, if they tell that very thing.
            same = bool(named) and iou(np.logical_or.reduce(named), marked) >= MARKED
            return (named, True) if same else ((marked,), False)
        if named:
            return named, True
        within = [thing.mask for thing in things if measures.share(allowed, thing.mask) >= MEANT]
        if within:
            return tuple(within), False
        touched = measures.changed(scene.image, now) & allowed
        return tuple(components(touched if touched.any() else allowed, 0.002)[:1]), False

    def _named(self, claim: Claim, scene: Scene, allowed: HardMask) -> tuple[HardMask, ...]:
        """What the words alone mean, where the step acted on it; else nothing."""
        if not self.grounder.claims(claim.target):
            return ()
        try:
            found = ground(scene, claim.target, (self.grounder,))
        except GroundingFailed:
            return ()
        if found.ambiguous or not _agrees(claim, found.mask, allowed):
            return ()
        return tuple(_parts(found.mask, [r.mask for r in found.chosen]))

    def _scene(self, image: Rgb) -> Scene:
        key = content_key(image)
        if key not in self._scenes:
            scale = min(SEEN_AT / max(image.shape[:2]), 1.0)
            shape = tuple(max(round(side * scale), 1) for side in image.shape[:2])
            self._scenes[key] = Scene(_at(image, shape))
            while len(self._scenes) > KEPT:
                self._scenes.popitem(last=False)
        self._scenes.move_to_end(key)
        return self._scenes[key]


def drawn_witness(folder: Path, fit: Fit | None = None) -> DrawnWitness:
    """The witness over a small SAM and the shipped recogniser; weights are loaded when needed.

    Args:
        folder: of the small SAM.
        fit: from evidence to verdicts; the shipped one when omitted.
    """
    sam = SamSegmenter(NAME, lambda: load_small(folder), content_version(folder))
    return DrawnWitness(sam, Eye(shipped_judge()), folder, fit)


def _value(claim: Claim) -> tuple[str, str]:
    """What a claim's words mean in the world's names; empty where they mean nothing there."""
    if claim.op == "remove":
        return "gone", ""
    if claim.op in ("replace", "add"):
        kind, colour = thing_named(claim.value)
        return kind, claim.colour or colour
    if claim.op == "recolor":
        return colour_of(claim.value), ""
    if claim.op in ("move", "resize"):
        return claim.value if claim.value in ("left", "right", "bigger", "smaller") else "", ""
    return look_named(claim.op, claim.value), ""


def _agrees(claim: Claim, target: HardMask, allowed: HardMask) -> bool:
    """Whether what the words mean lies where the step acted.

    Where it does not, the step or this witness took another thing for the target: nobody can tell.
    """
    return claim.op == "add" or measures.share(allowed, target) >= MEANT


def _parts(mask: HardMask, chosen: list[HardMask]) -> list[HardMask]:
    """Each chosen thing, without what was excluded."""
    kept = [np.asarray(part & mask) for part in chosen]
    return [part for part in kept if part.sum() > 8] or [mask]


def _at(image: Rgb, shape: tuple[int, ...]) -> Rgb:
    if image.shape[:2] == tuple(shape):
        return image
    return np.asarray(cv2.resize(image, (shape[1], shape[0]), interpolation=cv2.INTER_AREA))


def _mask_at(mask: HardMask, shape: tuple[int, ...]) -> HardMask:
    size = (shape[1], shape[0])
    return np.asarray(cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.5)
