"""The test split of the drawn world as a benchmark: the target is known to the pixel."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import cv2
import numpy as np

from smartedit_model.evaluation.bench import Record, seed_of
from smartedit_model.evaluation.crops import Image, Mask
from smartedit_model.evaluation.errors import EvaluationSetupError
from smartedit_model.evaluation.judging import Judge
from smartedit_model.evaluation.subjects import Ask, Made
from smartedit_model.world.cases import CHOICES, drawn_case
from smartedit_model.world.edits import EditSample
from smartedit_model.world.spec import PLAN_OPS
from tools.metrics import psnr, ssim

LEAST_OUTSIDE = 64
"""Pixels that must lie outside the mask for the rest of the picture to be compared."""


class WorldBench:
    """Cases of the test split.

    Args:
        judge: decides whether an edit was made as asked.
        number: cases a category.
        categories: of `CHOICES`; all when omitted.
        size: side of the pictures in pixels.
        world_seed: another seed gives other cases of the same split.
    """

    name = "world"

    def __init__(
        self,
        judge: Judge,
        number: int = 200,
        categories: Sequence[str] | None = None,
        *,
        size: int = 128,
        world_seed: int = 0,
    ) -> None:
        chosen = tuple(categories or CHOICES)
        for category in chosen:
            if category not in CHOICES:
                raise EvaluationSetupError(
                    f"no category is called {category!r}; choose of: {', '.join(CHOICES)}"
                )
        if number < 1:
            raise EvaluationSetupError(f"{number} cases a category; at least 1 would be right")
        self._judge = judge
        self._size = size
        self._seed = world_seed
        # Category by category in turn, so that a run stopped early has measured a bit of each.
        self.keys = [f"{name}/{i:05d}" for i in range(number) for name in chosen]
        self._sample = lru_cache(maxsize=64)(self._drawn)

    def settings(self) -> dict[str, Any]:
        """Judge, size and seed; not the number of cases, so that a run can be made longer."""
        return {
            "benchmark": self.name,
            "split": "test",
            "size": self._size,
            "world_seed": self._seed,
            "judge": self._judge.version,
        }

    def missing(self) -> dict[str, str]:
        """Everything can be measured."""
        return {}

    def sample(self, key: str) -> EditSample:
        """The sample of a case."""
        return self._sample(key)

    def _drawn(self, key: str) -> EditSample:
        category, _, number = key.partition("/")
        return drawn_case("test", category, int(number), self._seed, size=self._size)

    def ask(self, key: str, seed: int) -> Ask:
        """The source and the instruction."""
        case = self._sample(key)
        op = PLAN_OPS.get(case.op, case.op)
        return Ask(case.source, case.instruction, op, seed_of(key, seed))

    def score(self, key: str, made: Made) -> Record:
        """The judge's verdict, what is kept outside the mask, and the grounding's overlap."""
        case = self._sample(key)
        outside = ~case.mask
        verdict = self._judge.judge(case, made.image)
        record: Record = {
            "op": case.op,
            "instruction": case.instruction,
            "valid": case.valid,
            "aligned": verdict.aligned and not made.error,
            "failures": [made.error] if made.error else verdict.failures,
            "declined": made.declined,
            "iou": None,
            "psnr": None,
            "ssim": None,
            "identical": None,
        }
        if not case.valid:
            record["aligned"] = verdict.aligned and not made.error and made.declined
            record["unchanged"] = verdict.aligned and not made.error
            if verdict.aligned and not made.declined:
                record["failures"] = ["left unchanged, but it was not said that there is no target"]
        if outside.sum() >= LEAST_OUTSIDE:
            kept = psnr(case.source, made.image, outside)
            record["identical"] = math.isinf(kept)
            record["psnr"] = None if math.isinf(kept) else round(kept, 4)
            record["ssim"] = round(ssim(case.source, made.image, outside), 5)
        if made.region is not None and case.valid and case.region.any():
            record["iou"] = round(_iou(made.region, case.region), 4)
        return record

    def panels(self, key: str, made: Made) -> list[tuple[str, Image]]:
        """Source, result, exact target, and the masks over the source."""
        case = self._sample(key)
        found = [("source", case.source), ("result", made.image), ("exact target", case.target)]
        found.append(("meant", _outlined(case.source, case.region)))
        if made.region is not None:
            found.append(("grounded", _outlined(case.source, made.region)))
        return found


def _iou(a: Mask, b: Mask) -> float:
    return float((a & b).sum() / max(int((a | b).sum()), 1))


def _outlined(image: Image, mask: Mask) -> Image:
    """The picture, pale, with what is under the mask in full and outlined."""
    shown = np.where(mask[:, :, None], image, 255 - (255 - image) // 3).astype(np.uint8)
    edges, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(shown, edges, -1, (220, 30, 60), 1)
    return shown
