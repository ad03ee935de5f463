"""SAM 2 and SAM 3 from transformers as ``Segmenter``s, from a folder the user has.

SAM 2 takes clicks and boxes; SAM 3 takes boxes and words, and so also finds things by a phrase
(``Sam3Grounder``). Nothing is fetched. Their behaviour with published weights is untested here;
tests run them with tiny random configurations.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from smartedit_model.errors import MissingFileError
from smartedit_model.hub_folder import CONFIG, HubFolder, check_tokenizer
from tools.errors import BadArguments, GroundingFailed, SegmenterUnavailable
from tools.grounding import Box, Region, Scene
from tools.masks import box_of, check_prompts
from tools.operation import HardMask
from tools.target import Target
from tools.wording import called, names_a_thing

Points = tuple[tuple[int, int, bool], ...]


def open_folder(kind: str, folder: Path) -> Sam2Segmenter | Sam3Segmenter:
    """A segmenter over a folder in transformers' layout; weights load when first used.

    Args:
        kind: ``sam2`` or ``sam3``.
        folder: with ``config.json``, safetensors and the processor's files.

    Raises:
        SegmenterUnavailable: there is no such folder, or SAM 3 has no tokenizer in it.
    """
    if not (folder / CONFIG).is_file():
        raise SegmenterUnavailable(
            f"{folder} holds no transformers model; give {kind}:FOLDER with its config.json"
        )
    if kind == "sam2":
        return Sam2Segmenter(folder)
    try:
        check_tokenizer(folder)
    except MissingFileError as error:
        raise SegmenterUnavailable(f"sam3 cannot be used: {error}") from error
    return Sam3Segmenter(folder)


class Sam2Segmenter:
    """SAM 2 on single pictures: clicks, a box, or the box of a rough mask."""

    name = "sam2"

    def __init__(self, folder: Path) -> None:
        self._loaded = HubFolder(folder, "Sam2Model", "Sam2Processor")

    def precise(self, _image: Any) -> bool:
        """Its outlines are better than a rough mask."""
        return True

    def segment(
        self,
        scene: Scene,
        *,
        points: Points = (),
        box: Box | None = None,
        mask: HardMask | None = None,
    ) -> list[Region]:
        """Candidate masks at native resolution, best first.

        Raises:
            BadArguments: nothing was given, or it lies outside the picture.
            GroundingFailed: the weights cannot be used.
        """
        bounds = _bounds(scene, points, box, mask)
        prompt: dict[str, Any] = {}
        if points:
            prompt["input_points"] = [[[[float(x), float(y)] for x, y, _ in points]]]
            prompt["input_labels"] = [[[int(positive) for _, _, positive in points]]]
        if bounds is not None:
            prompt["input_boxes"] = [[[float(side) for side in bounds]]]
        with self._loaded.lock, torch.inference_mode():
            model, processor = self._loaded.pair()
            inputs = processor(images=Image.fromarray(scene.image), **prompt, return_tensors="pt")
            sizes = inputs["original_sizes"]
            handed = {k: v for k, v in inputs.items() if k != "original_sizes"}
            several = len(points) == 1 and bounds is None
            out = model(**handed, multimask_output=several)
            found = processor.post_process_masks(out.pred_masks, sizes)[0][0].numpy()
            scores = out.iou_scores[0, 0].numpy()
        order = np.argsort(-scores, kind="stable")
        made = [
            _region(found[i], scores[i], self.name, "cut out by SAM 2", box and bounds)
            for i in order
        ]
        return [region for region in made if region is not None]


class Sam3Segmenter:
    """SAM 3: a box, or the box of a rough mask; by ``find`` also a phrase."""

    name = "sam3"

    def __init__(self, folder: Path) -> None:
        self._loaded = HubFolder(folder, "Sam3Model", "Sam3Processor")

    def precise(self, _image: Any) -> bool:
        """Its outlines are better than a rough mask."""
        return True

    def segment(
        self,
        scene: Scene,
        *,
        points: Points = (),
        box: Box | None = None,
        mask: HardMask | None = None,
    ) -> list[Region]:
        """Candidate masks within a box, best first.

        Raises:
            BadArguments: nothing was given, or it lies outside the picture.
            GroundingFailed: there are only clicks, which this model does not take; or its weights
                cannot be used.
        """
        bounds = _bounds(scene, points, box, mask)
        if bounds is None:
            raise GroundingFailed(
                "sam3 takes boxes and words, not clicks: mark the thing with --box, "
                "or use --segmenter auto"
            )
        found = self._run(scene, {"input_boxes": [[list(map(float, bounds))]]}, 0.0)
        x0, y0, x1, y1 = bounds
        # Without a word SAM 3 looks for everything alike; the box's own thing is what fills it.
        area = (x1 - x0) * (y1 - y0)
        held = [
            (float(region.mask[y0:y1, x0:x1].sum()) / max(float(region.mask.sum()), area), region)
            for region in found
        ]
        kept = [
            _region(r.mask, r.confidence, self.name, r.label, bounds)
            for _, r in sorted(held, key=lambda item: -item[0])[:3]
        ]
        return [region for region in kept if region is not None]

    def find(self, scene: Scene, phrase: str, threshold: float = 0.4) -> list[Region]:
        """Everything in a picture that a phrase names, best first.

        Raises:
            BadArguments: the phrase is empty.
            GroundingFailed: the weights cannot be used.
        """
        if not phrase.strip():
            raise BadArguments("an empty phrase names nothing")
        return self._run(scene, {"text": phrase}, threshold)

    def _run(self, scene: Scene, prompt: dict[str, Any], threshold: float) -> list[Region]:
        shape = (scene.image.shape[0], scene.image.shape[1])
        with self._loaded.lock, torch.inference_mode():
            model, processor = self._loaded.pair()
            if "text" not in prompt:
                prompt = prompt | {"text": "visual", "input_boxes_labels": [[1]]}
            inputs = processor(images=Image.fromarray(scene.image), **prompt, return_tensors="pt")
            handed = {k: v for k, v in inputs.items() if k != "original_sizes"}
            found = processor.post_process_instance_segmentation(
                model(**handed), threshold=threshold, target_sizes=[shape]
            )[0]
        pairs = zip(found["masks"].numpy(), found["scores"].numpy(), strict=True)
        made = [_region(mask, score, self.name, "found by SAM 3", None) for mask, score in pairs]
        return sorted((r for r in made if r is not None), key=lambda r: -r.confidence)


class Sam3Grounder:
    """A ``Grounder`` over SAM 3: any phrase, all of its instances."""

    name = "sam3"

    def __init__(self, segmenter: Sam3Segmenter) -> None:
        self._segmenter = segmenter

    def claims(self, target: Target) -> bool:
        """Any phrase that names a thing."""
        return names_a_thing(target)

    def ground(self, scene: Scene, target: Target) -> list[Region]:
        """Everything that is called so, best first."""
        return self._segmenter.find(scene, called(target))


def _bounds(scene: Scene, points: Points, box: Box | None, mask: HardMask | None) -> Box | None:
    """The box to look in: the one given, else a rough mask's.

    Raises:
        BadArguments: nothing was given, or it lies outside the picture.
    """
    shape = (scene.image.shape[0], scene.image.shape[1])
    bounds = check_prompts(shape, points, box, mask)
    return box_of(mask) if bounds is None and mask is not None else bounds


def _region(mask: Any, score: float, source: str, label: str, bounds: Box | None) -> Region | None:
    hard: HardMask = np.asarray(mask) > 0
    if bounds is not None:
        x0, y0, x1, y1 = bounds
        within = np.zeros_like(hard)
        within[y0:y1, x0:x1] = hard[y0:y1, x0:x1]
        hard = within
    if not hard.any():
        return None
    return Region(hard, float(np.clip(score, 0, 1)), source, label)
