"""Writes and reads the judge's weights: half precision, with their hash and their card.

It knows nothing of training.
"""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from smartedit_model.evaluation.errors import JudgeWeightsError
from smartedit_model.evaluation.judge_net import JudgeNet
from smartedit_model.evaluation.sight import answers

WEIGHTS, CARD = "judge.safetensors", "judge.json"


def save_judge(net: JudgeNet, folder: Path, recipe: dict[str, Any]) -> None:
    """Write weights and card; running means stay, counters go."""
    tensors = {
        name: value.detach().half().contiguous()
        for name, value in net.state_dict().items()
        if value.is_floating_point()
    }
    save_file(tensors, folder / WEIGHTS)
    card = {"sha256": _hash(folder / WEIGHTS), "recipe": recipe, "answers": answers()}
    (folder / CARD).write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


def load_judge(folder: Path) -> JudgeNet:
    """Read the judge, checked, ready to look.

    Raises:
        JudgeWeightsError: A file is missing, was changed, or knows other names than the world.
    """
    weights, card = folder / WEIGHTS, folder / CARD
    for path in (weights, card):
        if not path.is_file():
            raise JudgeWeightsError(f"{path} is missing; install the package again, or train it")
    try:
        noted = json.loads(card.read_text(encoding="utf-8"))
        wanted, names = noted["sha256"], noted["answers"]
    except (ValueError, KeyError, TypeError) as error:
        raise JudgeWeightsError(f"{card} is not a judge's card; install it again") from error
    if _hash(weights) != wanted:
        raise JudgeWeightsError(f"{weights} has changed since it was written; install it again")
    if {head: tuple(known) for head, known in names.items()} != answers():
        raise JudgeWeightsError(
            f"{weights} knows other kinds or colours than the world has; train the judge anew"
        )
    net = JudgeNet()
    try:
        tensors = {name: value.float() for name, value in load_file(weights).items()}
        missing, unexpected = net.load_state_dict(tensors, strict=False)
    except (SafetensorError, RuntimeError) as error:
        raise JudgeWeightsError(f"{weights} cannot be read: {error}") from error
    lost = [name for name in missing if not name.endswith("num_batches_tracked")]
    if lost or unexpected:
        raise JudgeWeightsError(f"{weights} holds other tensors: {[*lost, *unexpected][:4]}")
    return net.eval().requires_grad_(False)


@lru_cache(maxsize=1)
def shipped_judge() -> JudgeNet:
    """The judge that comes with the package, read once."""
    with resources.as_file(resources.files("smartedit_model.weights.judge")) as folder:
        return load_judge(folder)


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def judge_version() -> str:
    """Twelve digits of the shipped weights' hash, for reports."""
    card = resources.files("smartedit_model.weights.judge").joinpath(CARD)
    return str(json.loads(card.read_text("utf-8"))["sha256"][:12])
