"""An editor for experiments only: exact edits of drawn scenes, with faults at a stated rate.

It is told which edit comes next (a real model would have to read it from words and pixels), makes
it exactly, and spoils the result as its fault plan says. With it the loop around an editor can be
measured before, and apart from, any model. Nothing of the product knows it.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from typing import Any

import cv2
import numpy as np

from orchestrator.editors import EditorShelf
from smartedit_model.world.edits import EditSample, EditSpec, make_edit
from smartedit_model.world.errors import ImpossibleEditError
from smartedit_model.world.palette import colour_names
from smartedit_model.world.query import Query
from smartedit_model.world.scene import Mask
from smartedit_model.world.scene import Scene as DrawnScene
from tools.editing import Availability, DomainVerdict, EditOutcome, EditRequest, reader_of
from tools.grounding import Reader, Region, Scene
from tools.operation import Rgb
from tools.target import Target

NAME = "smartedit-simulated"
FAULTS = (
    "wrong object", "nothing", "half blend", "artefact", "garbage", "leak", "wrong colour",
)  # fmt: skip
CURES = {
    "wrong object": "wording",
    "nothing": "guidance_text",
    "half blend": "guidance_text",
    "leak": "guidance_image",
}
"""What a stubborn fault yields to; the others to nothing but another seed."""
ALIKE = 18.0
"""Mean difference in levels below which a place still shows what it showed."""


@dataclass(frozen=True)
class Faults:
    """How often the editor fails.

    Attributes:
        rate: chance of a fault, each try anew.
        stubborn: share of edits whose first fault comes back at every seed until it is cured:
            by other words or more guidance (``CURES``).
        kinds: of ``FAULTS``, each as likely.
    """

    rate: float = 0.4
    stubborn: float = 0.25
    kinds: tuple[str, ...] = FAULTS


@dataclass
class SimulatedEditor:
    """Makes the edit it was told of; see the module.

    Attributes:
        faults: how often and how it fails.
        sees: it has a reader that knows where things are.
        eyes: its reader where it does not: a real model's, or none, so that the product must find
            things without.
        sample: the edit that comes next.
        made: the fault of each try since ``expect``; "" for none.
        asked: the words of each.
    """

    faults: Faults = field(default_factory=Faults)
    sees: bool = True
    eyes: Reader | None = None
    sample: EditSample | None = None
    made: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    name: str = NAME

    @property
    def version(self) -> str:
        """Identifies the code."""
        return "1"

    @property
    def tunable(self) -> dict[str, float]:
        """As a real one's."""
        return {"guidance_text": 7.5, "guidance_image": 1.5}

    @property
    def reader(self) -> Reader | None:
        """Finds what the expected edit is about; see ``Glimpse``."""
        return Glimpse(self) if self.sees else self.eyes

    def expect(self, sample: EditSample) -> None:
        """Say which edit comes next."""
        self.sample = sample
        self.made, self.asked = [], []

    def availability(self) -> Availability:
        """Always there."""
        return Availability(ready=True)

    def supports(self, op: str) -> bool:
        """Every edit of a drawn scene."""
        return op in ("replace", "remove", "add", "recolor", "resize", "move", "restyle")

    def domain(self, image: Rgb) -> DomainVerdict:
        """Takes any picture; what it makes of one it was not told of is nobody's business."""
        return DomainVerdict(inside=True)

    def edit(self, request: EditRequest) -> EditOutcome:
        """Make the expected edit, or spoil it."""
        sample = self.sample
        if sample is None or request.image.shape != sample.target.shape:
            return EditOutcome(request.image.copy())
        self.asked.append(request.instruction)
        fault = self._fault(sample, request)
        self.made.append(fault)
        draw = random.Random(f"{sample.instruction}/{request.seed}/{fault}")
        image = spoiled(sample, request.image, fault, draw)
        return EditOutcome(image, settings={"fault": fault or "none", "seed": request.seed})

    def _fault(self, sample: EditSample, request: EditRequest) -> str:
        case = f"{sample.scene.spec.seed}/{sample.instruction}"
        nature = random.Random(f"nature/{case}")
        if nature.random() < self.faults.stubborn:
            kind = nature.choice(self.faults.kinds)
            if kind in CURES and not self._cured(CURES[kind], sample, request):
                return kind
        chance = random.Random(f"try/{case}/{request.seed}/{request.instruction}")
        if chance.random() >= self.faults.rate:
            return ""
        return chance.choice(self.faults.kinds)

    def _cured(self, cure: str, sample: EditSample, request: EditRequest) -> bool:
        if cure == "wording":
            return request.instruction != self.asked[0]
        return float(request.options.get(cure, self.tunable[cure])) > self.tunable[cure] * 1.2


def exact_edit(sample: EditSample, image: Rgb) -> Rgb:
    """The edit made on the picture as it is now, outside it everything as it is."""
    out = image.copy()
    out[sample.mask] = sample.target[sample.mask]
    return out


def spoiled(sample: EditSample, image: Rgb, fault: str, draw: random.Random) -> Rgb:
    """What the editor gives back with a fault; "" is the exact edit."""
    right = exact_edit(sample, image)
    noise = np.random.default_rng(draw.randrange(2**32))
    if fault == "nothing":
        return image.copy()
    if fault == "half blend":
        return np.asarray(cv2.addWeighted(image, 0.5, right, 0.5, 0), dtype=np.uint8)
    if fault == "garbage":
        out = image.copy()
        out[sample.mask] = noise.integers(0, 256, (int(sample.mask.sum()), 3), dtype=np.uint8)
        return out
    if fault == "artefact":
        return _blotched(right, sample.mask, draw)
    if fault == "leak":
        warmer = np.clip(right.astype(np.int16) + np.array([28, 6, -24]), 0, 255).astype(np.uint8)
        warmer[sample.mask] = right[sample.mask]
        return warmer
    if fault in ("wrong object", "wrong colour"):
        other = _other(sample, fault, draw)
        if other is None:
            return image.copy()
        out = image.copy()
        out[other.mask] = other.target[other.mask]
        return out
    return right


def _blotched(image: Rgb, mask: Mask, draw: random.Random) -> Rgb:
    """A shapeless patch over about a third of the edit."""
    rows, columns = np.nonzero(mask)
    at = draw.randrange(len(rows))
    radius = max(int(0.35 * np.sqrt(len(rows))), 2)
    colour = [draw.randrange(256) for _ in range(3)]
    cover = np.zeros(mask.shape, np.uint8)
    cv2.circle(cover, (int(columns[at]), int(rows[at])), radius, 1, -1)
    out = image.copy()
    out[(cover > 0) & mask] = colour
    return out


def _other(sample: EditSample, fault: str, draw: random.Random) -> EditSample | None:
    """The same kind of edit of another thing, or of the right thing in another colour."""
    spec = sample.spec
    if spec is None:
        return None
    scene = sample.scene
    if fault == "wrong colour":
        if spec.op not in ("recolor", "replace") or spec.target is None:
            return None
        colour = draw.choice([c for c in colour_names() if c not in (spec.value, spec.colour)])
        changed: dict[str, Any] = {"value": colour} if spec.op == "recolor" else {"colour": colour}
        return _made(scene, spec, changed)
    others = [item for item in scene.spec.objects if item.uid not in sample.referred]
    draw.shuffle(others)
    for item in others:
        alone = Query(kind=item.kind, colour=item.colour)
        made = _made(scene, spec, {"target": alone}) if spec.target is not None else None
        if made is not None and made.valid and made.mask.any():
            return made
    return None


def _made(scene: DrawnScene, spec: EditSpec, changed: dict[str, Any]) -> EditSample | None:
    try:
        return make_edit(scene, replace(spec, **changed))
    except ImpossibleEditError:
        return None


@dataclass(frozen=True)
class Glimpse:
    """Finds what the next edit is about, as a perfect detector of things that stay in place would.

    Where the place still shows what it showed before the edit, that is what is found; else
    nothing. It knows where the thing was, which no detector does.
    """

    editor: SimulatedEditor
    name: str = "simulated reader"

    def claims(self, target: Target) -> bool:
        """Whether the phrase names something at all."""
        return bool(target.phrase.strip()) and not target.is_whole_image

    def read(self, scene: Scene, target: Target, said: str = "") -> Region | None:
        """The region of the expected edit, where it still looks as it did."""
        # Asked for anew: a run keeps the reader of a picture from one step to the next.
        sample = self.editor.sample
        if sample is None or scene.image.shape != sample.source.shape or not sample.region.any():
            return None
        region = sample.region
        was = sample.source[region].astype(np.int16)
        apart = np.abs(scene.image[region].astype(np.int16) - was).mean()
        if apart > ALIKE:
            return None
        return Region(mask=region.copy(), confidence=0.95, source=self.name, label=target.phrase)


def nano_eyes(shelf: EditorShelf) -> Reader | None:
    """What reads phrases in drawings for the product: the reader of ``smartedit-nano``."""
    return reader_of(shelf.get("smartedit-nano"))
