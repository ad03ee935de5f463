"""A Reason-Edit folder as a benchmark: photographs, words and masks, and no exact target."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image as PilImage

from smartedit_model.evaluation.bench import Record, seed_of
from smartedit_model.evaluation.crops import Image
from smartedit_model.evaluation.errors import EvaluationSetupError
from smartedit_model.evaluation.preservation import SIDE, LearnedMetrics, Trio, preserved
from smartedit_model.evaluation.reason_edit import LAYOUT, FolderCase, read_folder
from smartedit_model.evaluation.subjects import Ask, Made


class FolderBench:
    """Cases of a folder in the benchmark's layout.

    Args:
        root: the folder.
        learned: LPIPS and CLIP score.
        categories: of `reason_edit.LAYOUT`; all that are there when omitted.
        number: most cases a category; all when omitted.
    """

    name = "reason-edit"

    def __init__(
        self,
        root: Path,
        learned: LearnedMetrics,
        categories: Sequence[str] | None = None,
        number: int | None = None,
    ) -> None:
        for category in categories or ():
            if category not in LAYOUT:
                raise EvaluationSetupError(
                    f"no category is called {category!r}; choose of: {', '.join(LAYOUT)}"
                )
        self._learned = learned
        self._root = root
        counts = dict.fromkeys(LAYOUT, 0)
        self._cases: dict[str, FolderCase] = {}
        for case in read_folder(root):
            counts[case.category] += 1
            wanted = not categories or case.category in categories
            if wanted and (number is None or counts[case.category] <= number):
                self._cases[f"{case.category}/{case.name}"] = case
        if not self._cases:
            raise EvaluationSetupError(f"{root} holds no case of {', '.join(categories or LAYOUT)}")
        self.keys = list(self._cases)

    def settings(self) -> dict[str, Any]:
        """The folder, its words, and which metrics there are."""
        return {
            "benchmark": self.name,
            "folder": str(self._root.resolve()),
            "missing": sorted(self._learned.missing),
        }

    def missing(self) -> dict[str, str]:
        """The metrics whose weights are not here, and the judgement that only people can make."""
        people = "Reason-Edit has no exact targets; people judge it"
        return {**self._learned.missing, "ins_align": people}

    def ask(self, key: str, seed: int) -> Ask:
        """The picture at the benchmark's size, squeezed square as the published model gets it."""
        case = self._cases[key]
        picture, _ = case.opened()
        squeezed = picture.resize((SIDE, SIDE), PilImage.Resampling.BICUBIC)
        return Ask(np.asarray(squeezed), case.instruction, "", seed_of(key, seed))

    def score(self, key: str, made: Made) -> Record:
        """The benchmark's metrics."""
        case = self._cases[key]
        trio = self._trio(key, made)
        kept = preserved(trio)
        lpips, clip = self._learned.lpips(trio), self._learned.clip_score(trio, case.words)
        identical = math.isinf(kept["psnr"])
        return {
            "instruction": case.instruction,
            "words": case.words,
            "declined": made.declined,
            "failures": [made.error] if made.error else [],
            "identical": identical,
            "psnr": None if identical else round(kept["psnr"], 5),
            "ssim": round(kept["ssim"], 6),
            "mse": round(kept["mse"], 7),
            "lpips": None if lpips is None else round(lpips, 6),
            "clip_score": None if clip is None else round(clip, 4),
        }

    def panels(self, key: str, made: Made) -> list[tuple[str, Image]]:
        """Source, result and mask."""
        trio = self._trio(key, made)
        mask = np.repeat(np.asarray(trio.mask)[:, :, None], 3, axis=2)
        return [
            ("source", np.asarray(trio.source)),
            ("result", np.asarray(trio.edited)),
            ("mask", mask),
        ]

    def _trio(self, key: str, made: Made) -> Trio:
        picture, mask = self._cases[key].opened()
        return Trio.of(picture, PilImage.fromarray(made.image), mask)
