"""Heads that tell what a part has learned, and how they are handed on from stage to stage.

They are no part of a model: a stage leaves them beside its pipeline folder for stages that build on
it. What stands at a patch (``patch_heads``) and what is asked for (``concept_head``) name the same
kinds of things, so together they are a mask head that finds a thing by its kind.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from smartedit_model.errors import TrainingError
from smartedit_model.mask_head import MaskHead
from smartedit_model.training.recipe import CONCEPTS, PATCHES

RARE = -4.0
"""Where a concept's logit begins: few of them hold at a time."""
LEAST = 1.0
"""How far above the mean of all kinds a patch's logit must be to count as that kind."""
WEIGHT = 0.8
"""What the product of both logits counts in a mask head that begins from heads."""
EMPTY = -3.0
"""Mask logit where no kind is seen, in such a head."""


def concept_head(width: int, concepts: int) -> nn.Linear:
    """Return a head that begins by telling nothing."""
    head = nn.Linear(width, concepts)
    nn.init.constant_(head.bias, RARE)
    return head


def save_heads(module: nn.Module, folder: Path) -> None:
    """Write a module's heads, if it has any, beside a stage's pipeline folder."""
    tensors = module.state_dict()
    concepts = _under(tensors, f"{CONCEPTS}.")
    patches = {k: v for k, v in tensors.items() if k.startswith(("norm.", "heads."))}
    for name, found in ((CONCEPTS, concepts), (PATCHES, patches)):
        if found:
            save_file({k: v.contiguous() for k, v in found.items()}, folder / f"{name}.safetensors")


def load_concepts(module: nn.Module, folder: Path) -> None:
    """Begin with the concept head of an earlier stage.

    Raises:
        TrainingError: There is none, it is of other concepts, or the module needs none.
    """
    saved = _read(folder, CONCEPTS)
    head = getattr(module, CONCEPTS, None)
    if head is None:
        raise TrainingError(f"the stage takes a {CONCEPTS} but tells no concepts")
    if {k: v.shape for k, v in saved.items()} != {k: v.shape for k, v in head.state_dict().items()}:
        raise TrainingError(f"{folder} tells other concepts; run the stage it came from again")
    head.load_state_dict(saved)


@torch.no_grad()
def begin_mask_head(
    head: MaskHead, patches: Path, asked: nn.Linear, concepts: tuple[str, ...], kinds: list[str]
) -> None:
    """Let a mask head begin as: a patch is meant if it shows a kind that is asked for.

    Without it the product of picture and words starts as noise on both sides, and all that is
    learned for tens of thousands of examples is where any object is.

    Args:
        head: The mask head.
        patches: Folder of the stage that left patch heads; class 0 is the backdrop.
        asked: The concept head.
        concepts: Its concepts in order.
        kinds: The kinds in the order of the patch head's classes 1, 2, ….

    Raises:
        TrainingError: There are no patch heads, or the mask head is too narrow for every kind.
    """
    saved = _read(patches, PATCHES)
    if head.first.out_channels < len(kinds):
        raise TrainingError(
            f"{len(kinds)} kinds do not fit a mask head of {head.first.out_channels} channels"
        )
    # The norm before the heads folds into them: the BIM's features come normalised, unscaled.
    weight = saved["heads.kind.weight"] * saved["norm.weight"]
    bias = saved["heads.kind.bias"] + saved["heads.kind.weight"] @ saved["norm.bias"]
    weight, bias = weight - weight.mean(dim=0), bias - bias.mean() - LEAST
    rows = [concepts.index(f"target:{kind}") for kind in kinds]
    many = slice(0, len(kinds))
    first, gate, second = _parameters(head)
    first["weight"][many].zero_()
    middle = first["weight"].shape[-1] // 2
    first["weight"][many, :, middle, middle] = weight[1:]
    first["bias"][many] = bias[1:]
    gate["weight"][many] = asked.weight[rows]
    gate["bias"][many] = asked.bias[rows]
    second["weight"][:, many] = WEIGHT
    second["bias"].fill_(EMPTY)


def _parameters(head: MaskHead) -> list[dict[str, Any]]:
    return [dict(part.named_parameters()) for part in (head.first, head.gate, head.second)]


def _under(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}


def _read(folder: Path, name: str) -> dict[str, Tensor]:
    path = folder / f"{name}.safetensors"
    if not path.is_file():
        raise TrainingError(f"{path} is missing; run the stage it comes from again")
    return load_file(path)
