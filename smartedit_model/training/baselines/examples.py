"""Examples of a variant: what was made ahead, as the parts that do not learn answer it.

Tower, language model and Q-Former are run once for all variants; what they say lies by the shards.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from smartedit_model.errors import TrainingError
from smartedit_model.images import vision_normalised
from smartedit_model.pipeline import SmartEditPipeline
from smartedit_model.training.ahead import appearing, shard_path, write_shard
from smartedit_model.training.baselines.plan import Baselines, Source, Variant
from smartedit_model.training.baselines.variant import SeenBatch
from smartedit_model.training.captions import PLACES, words
from smartedit_model.training.pool import unpacked
from smartedit_model.training.recipe import Ahead
from smartedit_model.vision import patch_features
from smartedit_model.world.edits import WHOLE

LOOK = 64
"""Pictures, or instructions, that are read together."""


def prepare(
    plan: Baselines, pipe: SmartEditPipeline, folder: Path, tell: Callable[[str], None]
) -> None:
    """Make every shard of a plan and keep what :func:`answer` says of it; what is there is left."""
    for name, source in (("examples", plan.examples), ("plain", plan.plain)):
        for number in range(source.shards):
            prepare_shard(source.ahead, plan.size, pipe, folder / name, number)
            tell(f"{name}: shard {number + 1} of {source.shards}")


def prepare_shard(
    ahead: Ahead, size: int, pipe: SmartEditPipeline, folder: Path, number: int
) -> None:
    """Make one shard and keep what :func:`answer` says of it; what is there is left."""
    folder.mkdir(parents=True, exist_ok=True)
    path = write_shard(ahead, size, folder, number)
    if _answered(path).is_file():
        return
    with safe_open(path, framework="pt") as file:
        said = json.loads(file.metadata()["instructions"])
        pictures = vision_normalised(file.get_tensor("source").float() / 255.0)
    view = torch.arange(len(said)) // ahead.together
    with appearing(_answered(path)) as partial:
        save_file(answer(pipe, pictures, view, said), partial)


def answer(
    pipe: SmartEditPipeline, pixels: Tensor, view: Tensor, instructions: Sequence[str]
) -> dict[str, Tensor]:
    """Return what a pipeline's tower, and its language model and Q-Former, say, in half precision.

    Args:
        pipe: The pipeline.
        pixels: CLIP-normalised pictures, ``(V, 3, side, side)``.
        view: Which picture each instruction is about, ``(B,)``.
        instructions: ``B`` instructions.

    Returns:
        Patch ``features``, ``(V, N, width)``; the ``condition`` of the instructions before their
        pictures, and the ``blind`` one before blank pictures, ``(B, Q, hidden)``.
    """
    layer, device = int(pipe.config.select_layer), pipe.vision_tower.device
    pixels, view = pixels.to(device), view.to(device)
    features = torch.cat(
        [patch_features(pipe.vision_tower, p, layer) for p in torch.split(pixels, LOOK)]
    )
    found: dict[str, list[Tensor]] = {"condition": [], "blind": []}
    with torch.no_grad():
        for first in range(0, len(instructions), LOOK):
            said = instructions[first : first + LOOK]
            shown = features[view[first : first + LOOK]]
            for name, seen in (("condition", shown), ("blind", torch.zeros_like(shown))):
                found[name].append(pipe.queries(seen, said))
    told = {"features": features} | {name: torch.cat(parts) for name, parts in found.items()}
    return {name: part.half().cpu() for name, part in told.items()}


class VariantExamples:
    """Batches of a variant, each made from its number alone.

    Edits of the whole picture and additions are left out: they have nothing to find.

    Args:
        plan: All variants.
        variant: Which.
        folder: Where :func:`prepare` left everything.
        device: Where it lies, and batches are made.
    """

    def __init__(
        self, plan: Baselines, variant: Variant, folder: Path, device: str | torch.device = "cpu"
    ) -> None:
        self.variant = variant
        tables = [_read(plan.examples, folder / "examples"), _read(plan.plain, folder / "plain")]
        captions = tables[0]["caption"]
        left_out = torch.zeros(len(captions), dtype=torch.bool)
        if not variant.perception:
            left_out |= _says(captions, "op", "segment")
        if not variant.reasoning:
            left_out |= _says(captions, "sort", "fact")
        in_place = ~torch.stack([_says(captions, "op", op) for op in ("add", *WHOLE)]).any(dim=0)
        left_out &= in_place
        self.replaced, plain = int(left_out.sum()), len(tables[1]["caption"])
        if self.replaced > plain:
            raise TrainingError(
                f"{self.replaced} examples are to be replaced, but {plain} plain ones were made"
            )
        row = torch.arange(len(captions))
        row[left_out] = len(captions) + torch.arange(self.replaced)
        row = row[in_place]
        # Shuffled alike for all: what a variant does not go without comes at the same step.
        source = torch.Generator().manual_seed(int(plan.settings.get("seed", 0)))
        self.order = row[torch.randperm(len(row), generator=source)]
        tables[1]["view"] = tables[1]["view"] + len(tables[0]["features"])
        self.table = {
            name: torch.cat([table[name] for table in tables]).to(device) for name in tables[0]
        }

    def __call__(self, first: int, count: int) -> SeenBatch:
        """Return the ``count`` examples from the run's number ``first`` on; they come round."""
        numbers = torch.arange(first, first + count) % len(self.order)
        rows = self.order[numbers].to(self.table["caption"].device)
        place = self.table["region" if self.variant.perception else "changed"][rows]
        return SeenBatch(
            features=self.table["features"][self.table["view"][rows]].float(),
            condition=self.table["condition" if self.variant.sees else "blind"][rows].float(),
            region=unpacked(place, place.shape[-2]),
            captions=self.table["caption"][rows].long(),
        )


def _answered(path: Path) -> Path:
    return path.with_suffix(".answered")


def _says(captions: Tensor, place: str, word: str) -> Tensor:
    """Return which captions have a word at a place, ``(B,)``."""
    return captions[:, PLACES.index(place)] == words()[place].index(word)


def _read(source: Source, folder: Path) -> dict[str, Tensor]:
    """Return all rows of some shards by name, and by ``view`` whose features each has."""
    found: dict[str, list[Tensor]] = {}
    for number in range(source.shards):
        path = shard_path(folder, number)
        if not (path.is_file() and _answered(path).is_file()):
            raise TrainingError(f"{path} has not been prepared")
        with safe_open(path, framework="pt") as file:
            for name in ("region", "changed", "caption"):
                found.setdefault(name, []).append(file.get_tensor(name))
        with safe_open(_answered(path), framework="pt") as file:
            for name in ("features", "condition", "blind"):
                found.setdefault(name, []).append(file.get_tensor(name))
    table = {name: torch.cat(parts) for name, parts in found.items()}
    return table | {"view": torch.arange(len(table["caption"])) // source.ahead.together}
