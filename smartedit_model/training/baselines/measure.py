"""How well a variant finds what edits of a split speak of; the same cases for every variant."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn import functional as F

from smartedit_model.images import vision_pixels
from smartedit_model.pipeline import SmartEditPipeline
from smartedit_model.pipeline_understanding import DECLINE
from smartedit_model.training.baselines.examples import answer
from smartedit_model.training.baselines.plan import Variant
from smartedit_model.training.baselines.variant import VariantTraining
from smartedit_model.training.grounding import FOUND
from smartedit_model.world.edits import EditSample
from smartedit_model.world.errors import WorldDataError
from smartedit_model.world.layout import FOCI
from smartedit_model.world.proposals import propose
from smartedit_model.world.refer import CATEGORIES
from smartedit_model.world.scene import make_scene
from smartedit_model.world.splits import SEEDS, rules_of

IN_PLACE = ("remove", "recolor")
"""Ops that change the target and little else: the pair of pictures tells the same place."""
SCENES = 60
BATCH = 50


def drawn_cases(split: str, each: int, seed: int, size: int) -> Iterator[tuple[str, EditSample]]:
    """Yield ``each`` edits of every category of a split, with the category.

    Raises:
        WorldDataError: Scenes do not offer what is wanted.
    """
    rules, (low, high) = rules_of(split), SEEDS[split]
    for category in CATEGORIES:
        focus = category if category in FOCI else None
        for number in range(each):
            draw = random.Random(f"{split}/{seed}/{category}/{number} in place")
            for _ in range(SCENES):
                scene = make_scene(draw.randrange(low, high), size, focus, rules)
                made = propose(scene, category, draw, rules, IN_PLACE)
                if made is not None:
                    yield category, made
                    break
            else:
                raise WorldDataError(f"{SCENES} scenes offered no {category!r} in {split!r}")


def cases(
    pipe: SmartEditPipeline, path: Path, split: str, each: int, seed: int, size: int
) -> dict[str, Tensor]:
    """Return what variants are asked, from a file, or made and kept there.

    Returns:
        What ``examples.answer`` does, a picture each; ``region`` as bits, ``(B, S, S / 8)``;
        ``exists``, whether there is what is spoken of; ``category``, its number.
    """
    if not path.is_file():
        made = list(drawn_cases(split, each, seed, size))
        side = int(pipe.vision_tower.config.image_size)
        pixels = vision_pixels([Image.fromarray(one.source) for _, one in made], side)
        said = [one.instruction for _, one in made]
        told = answer(pipe, pixels, torch.arange(len(made)), said)
        told["region"] = torch.from_numpy(
            np.packbits(np.stack([one.region for _, one in made]), axis=-1)
        )
        told["exists"] = torch.tensor([one.valid for _, one in made])
        told["category"] = torch.tensor([CATEGORIES.index(name) for name, _ in made])
        path.parent.mkdir(parents=True, exist_ok=True)
        save_file(told, path)
    return load_file(path)


@torch.no_grad()
def right(module: VariantTraining, variant: Variant, asked: dict[str, Tensor]) -> list[bool]:
    """Return which of some cases a variant answers right.

    Right is an overlap above a half with the exact mask; where there is nothing, to say so.

    Args:
        module: The variant.
        variant: What it goes without.
        asked: What :func:`cases` returns.
    """
    module.eval()
    found: list[bool] = []
    condition = asked["condition" if variant.sees else "blind"]
    for first in range(0, len(condition), BATCH):
        part = slice(first, first + BATCH)
        logits, valid, _ = module.find(asked["features"][part].float(), condition[part].float())
        said = valid.sigmoid() > DECLINE
        exact = torch.from_numpy(np.unpackbits(asked["region"][part].numpy(), axis=-1)).bool()
        fine = F.interpolate(logits[:, None], exact.shape[-2:], mode="bilinear")[:, 0]
        mask = (fine > 0) & said[:, None, None]
        both = (mask & exact).sum(dim=(1, 2))
        either = (mask | exact).sum(dim=(1, 2)).clamp(min=1)
        silent = ~mask.flatten(1).any(dim=1)
        found += torch.where(asked["exists"][part], both / either > FOUND, silent).tolist()
    return found
