"""How good a SAM is on a split of the drawn world: IoU from a box, and from one click.

Every visible object counts, at 128 px, with its exact mask: the box is the mask's own, the click
lies where the mask is widest. It goes through ``SamPredictor``, as in use.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from segment_anything import SamPredictor

from smartedit_model.sam.training.lessons import WORLD_SIDE, objects_of
from smartedit_model.sam.training.prompts import centre_click
from smartedit_model.world.scene import make_scene
from smartedit_model.world.splits import SEEDS, rules_of
from tools.masks import box_of, iou


def measure(model: Any, split: str, scenes: int, *, start: int = 0) -> dict[str, float]:
    """Measure a model.

    Args:
        model: a ``segment_anything`` model in eval mode.
        split: ``val`` or ``test``.
        scenes: how many, by consecutive seeds.
        start: first of them, counted from the split's own first.

    Returns:
        ``box_iou`` and ``point_iou``, means over objects; ``box_low`` and ``point_low``, their
        tenth percentiles; ``objects``, how many there were.
    """
    predictor = SamPredictor(model)
    first, rules = SEEDS[split][0] + start, rules_of(split)
    boxed: list[float] = []
    clicked: list[float] = []
    for number in range(scenes):
        scene = make_scene(first + number, WORLD_SIDE, None, rules)
        predictor.set_image(scene.image)
        for wanted in objects_of(scene.owner):
            masks, _, _ = predictor.predict(box=np.array(box_of(wanted)), multimask_output=False)
            boxed.append(iou(masks[0], wanted))
            masks, claimed, _ = predictor.predict(
                centre_click(wanted)[None], np.array([1]), multimask_output=True
            )
            clicked.append(iou(masks[int(np.argmax(claimed))], wanted))
    return {
        "box_iou": round(float(np.mean(boxed)), 4),
        "point_iou": round(float(np.mean(clicked)), 4),
        "box_low": round(float(np.percentile(boxed, 10)), 4),
        "point_low": round(float(np.percentile(clicked, 10)), 4),
        "objects": len(boxed),
    }
