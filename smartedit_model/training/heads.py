"""Heads that tell what a part has learned, and how they are handed on from stage to stage.

They are no part of a model: a stage leaves them beside its pipeline folder for stages that build on
it. ``patch_heads`` tell what stands at a patch, ``concept_head`` what is asked for.
"""

from __future__ import annotations

from pathlib import Path

from safetensors.torch import load_file, save_file
from torch import nn

from smartedit_model.errors import TrainingError
from smartedit_model.training.recipe import HEADS

RARE = -4.0
"""Where a concept's logit begins: few of them hold at a time."""


def concept_head(width: int, concepts: int) -> nn.Linear:
    """Return a head that begins by telling nothing."""
    head = nn.Linear(width, concepts)
    nn.init.constant_(head.bias, RARE)
    return head


def save_heads(module: nn.Module, folder: Path) -> None:
    """Write a module's heads, if it has any, beside a stage's pipeline folder."""
    for name in HEADS:
        head = getattr(module, name, None)
        if head is not None:
            tensors = {key: tensor.contiguous() for key, tensor in head.state_dict().items()}
            save_file(tensors, folder / f"{name}.safetensors")


def load_head(module: nn.Module, name: str, folder: Path) -> None:
    """Begin with a head of an earlier stage.

    Args:
        module: What has the head too.
        name: One of ``HEADS``.
        folder: Where the earlier stage left it.

    Raises:
        TrainingError: There is none, it is of other sizes, or the module needs none.
    """
    path = folder / f"{name}.safetensors"
    if not path.is_file():
        raise TrainingError(f"{path} is missing; run the stage it comes from again")
    saved, head = load_file(path), getattr(module, name, None)
    if head is None:
        raise TrainingError(f"the stage takes a {name} but has no use for it")
    if {k: v.shape for k, v in saved.items()} != {k: v.shape for k, v in head.state_dict().items()}:
        raise TrainingError(f"{folder} has a {name} of other sizes; run its stage again")
    head.load_state_dict(saved)
