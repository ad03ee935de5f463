"""How well a model with a mask head finds what is spoken of, and how sure it may say it is.

Measured on the drawn world in one pass, without diffusion; the calibration that ``phrase_reader``
reads comes from the validation split.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from smartedit_model.errors import TrainingError
from smartedit_model.phrase_reader import CALIBRATION, certainty, fitted
from smartedit_model.pipeline import SmartEditPipeline
from smartedit_model.pipeline_understanding import DECLINE
from smartedit_model.world.edits import EditSample
from smartedit_model.world.refer import CATEGORIES
from smartedit_model.world.stream import sample

BATCH = 32
NEEDS = {
    "left_right": "ordinal",
    "size": "superlative",
    "mirror": "relation",
    "colour": "attributes",
    "multiple": "several",
    "negation": "attributes",
    "reasoning": "unnamed",
    "relation": "relation",
}
"""Category -> the way of ``phrase_reader.WAYS`` by which its phrases mostly pick."""
FOUND = 0.5
"""Overlap from which something counts as found."""


@dataclass(frozen=True)
class Finding:
    """What became of one expression.

    Attributes:
        category: One of ``refer.CATEGORIES``.
        exists: Whether the picture holds what is spoken of.
        said: Whether the model says so.
        iou: Overlap of its mask with the exact one, [0, 1]; 0 where nothing exists or is said.
        sure: Its certainty before calibration.
    """

    category: str
    exists: bool
    said: bool
    iou: float
    sure: float


def find_all(
    pipe: SmartEditPipeline,
    split: str,
    each: int,
    *,
    categories: tuple[str, ...] = CATEGORIES,
    size: int = 128,
    seed: int = 3,
) -> list[Finding]:
    """Let a model find ``each`` expressions of every category of a split, in one pass each."""
    found: list[Finding] = []
    for category in categories:
        made = (
            sample(split, n, seed, (category,), {"segment": 1.0}, size=size) for n in range(each)
        )
        found += find_in(pipe, category, [one for one in made if isinstance(one, EditSample)])
    return found


def find_in(pipe: SmartEditPipeline, category: str, cases: list[EditSample]) -> list[Finding]:
    """Let a model find what the instructions of some cases speak of."""
    batches = (cases[first : first + BATCH] for first in range(0, len(cases), BATCH))
    return [found for batch in batches for found in _look(pipe, category, batch)]


def _look(pipe: SmartEditPipeline, category: str, cases: list[EditSample]) -> list[Finding]:
    pictures = [Image.fromarray(case.source) for case in cases]
    seen = pipe.ground(pictures, [case.instruction for case in cases])
    found = []
    for case, chance, valid in zip(cases, seen.chance, seen.valid.tolist(), strict=True):
        soft = fitted(chance.cpu().numpy(), case.region.shape)
        mask = soft > 0.5
        either = int((mask | case.region).sum())
        iou = float((mask & case.region).sum() / either) if either and case.valid else 0.0
        said = valid > DECLINE and bool(mask.any())
        found.append(Finding(category, case.valid, said, iou, certainty(soft, valid)))
    return found


def shares(found: Iterable[Finding]) -> dict[str, dict[str, float]]:
    """Return by category how many there are, the mean overlap, and the share that was right.

    Right is an overlap above a half; where there is nothing, that the model says so.
    """
    rows: dict[str, dict[str, float]] = {}
    groups: dict[str, list[Finding]] = {}
    for one in found:
        groups.setdefault(one.category, []).append(one)
    for name, members in groups.items():
        there = [m.iou for m in members if m.exists]
        rows[name] = {
            "n": len(members),
            "right": round(float(np.mean([_right(m) for m in members])), 4),
            "iou": round(float(np.mean(there)), 4) if there else math.nan,
        }
    return rows


def _right(one: Finding) -> bool:
    return one.iou > FOUND if one.exists else not one.said


def calibrate(found: Iterable[Finding]) -> dict[str, float]:
    """Fit how often an answer of a certainty is right: a logistic curve of its log odds (Platt).

    Raises:
        TrainingError: Everything that was said is right, or everything is wrong.
    """
    said = [one for one in found if one.said]
    right = torch.tensor([float(one.exists and one.iou > FOUND) for one in said])
    if not len(said) or right.min() == right.max():
        raise TrainingError(f"{len(said)} answers are too few or too alike to calibrate by")
    sure = torch.tensor([one.sure for one in said]).clamp(1e-4, 1 - 1e-4)
    line: Tensor = torch.tensor([1.0, 0.0], requires_grad=True)
    optimiser: Any = torch.optim.LBFGS([line], max_iter=100)

    def loss() -> Tensor:
        optimiser.zero_grad()
        value = F.binary_cross_entropy_with_logits(line[0] * torch.logit(sure) + line[1], right)
        value.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        return value

    optimiser.step(loss)
    slope, offset = line.detach().tolist()
    return {"slope": round(slope, 4), "offset": round(offset, 4), "answers": len(said)}


def write_calibration(
    found: Iterable[Finding], folder: Path, reads: Sequence[str] | None = None
) -> dict[str, float]:
    """Write the fit, and which ways are read well if not all are, into a model's folder.

    Returns:
        The fit.
    """
    fit = calibrate(found)
    content = fit if reads is None else fit | {"reads": list(reads)}
    (folder / CALIBRATION).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return fit


def read_by(reads: Sequence[str] | None) -> tuple[str, ...]:
    """Return the categories whose phrases pick in no other ways than ``reads``; all for None."""
    return tuple(c for c in CATEGORIES if reads is None or NEEDS.get(c) in (None, *reads))
