"""How each tensor of our modules is made from the published files.

Every published tensor is either used or known to be a constant; anything else is an error. It
computes nothing until a tensor is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from smartedit_model.config import SmartEditConfig
from smartedit_model.errors import WrongBaseError
from smartedit_model.importing.bases import LlavaBase, null_embedding
from smartedit_model.importing.layout import (
    is_adapted,
    is_constant,
    lora_names,
    published_files,
    published_name,
)
from smartedit_model.importing.sources import TensorFile, TensorFolder
from smartedit_model.importing.writer import Planned
from smartedit_model.integrity import Shapes, canonical, compare


@dataclass(frozen=True)
class Lora:
    """The low-rank adaptation of the checkpoint."""

    rank: int
    alpha: float

    @classmethod
    def of(cls, settings: Mapping[str, Any], where: Path) -> Lora:
        """Read ``adapter_config.json``.

        Raises:
            WrongBaseError: Other weights than the query and value projections are adapted.
        """
        named = settings.get("target_modules") or []
        targets = [named] if isinstance(named, str) else sorted(named)
        if targets != ["q_proj", "v_proj"] or settings.get("fan_in_fan_out"):
            raise WrongBaseError(
                f"{where} adapts {', '.join(targets) or 'nothing'}; SmartEdit adapts q_proj, v_proj"
            )
        try:
            found = cls(int(settings["r"]), float(settings["lora_alpha"]))
        except (KeyError, TypeError, ValueError) as error:
            raise WrongBaseError(f"{where} tells no rank and alpha; fetch it again") from error
        if found.rank < 1:
            raise WrongBaseError(f"{where} has rank {found.rank}; fetch it again")
        return found


class OpenFiles:
    """Published files kept mapped while one shard is written, then let go."""

    def __init__(self, files: Mapping[str, TensorFile]) -> None:
        self._files = files
        self._open: dict[str, Any] = {}

    def read(self, kind: str, name: str) -> Tensor:
        """Return one tensor of the file of a kind."""
        if kind not in self._open:
            context = self._files[kind].opened()
            self._open[kind] = (context, context.__enter__())
        tensor: Tensor = self._open[kind][1][name]
        return tensor

    def release(self) -> None:
        """Unmap everything, so that pages already read stop counting as memory."""
        for context, _ in self._open.values():
            context.__exit__(None, None, None)
        self._open.clear()


def check_published(
    files: Mapping[str, TensorFile], shapes: dict[str, Shapes], config: SmartEditConfig, lora: Lora
) -> None:
    """Check that the four files hold exactly the published tensors.

    Raises:
        KeyMismatchError: A tensor is missing, left over or of the wrong shape.
    """
    # The reference's own loader ignores this duplicate of the language file's tensor.
    duplicate = "model.base_model.model.embed_tokens.weight"
    for kind, wanted in published_files(shapes, config, lora.rank).items():
        found = {
            name: shape
            for name, shape in files[kind].shapes().items()
            if not is_constant(name) and not (kind == "qformer" and name == duplicate)
        }
        required = {name: shape for name, shape in wanted.items() if not is_constant(name)}
        compare(files[kind].path, required, found)


def language_tensors(
    shapes: Shapes,
    open_files: OpenFiles,
    llava: LlavaBase,
    config: SmartEditConfig,
    lora: Lora,
    dtype: torch.dtype,
) -> list[Planned]:
    """Plan the language model: LoRA merged, LLaVA's words, the checkpoint's added tokens."""
    base = config.language.base_vocab

    def words(name: str, added: Callable[[], Tensor]) -> Callable[[], Tensor]:
        return lambda: torch.cat([llava.rows(name, base), added()[base:].float()])

    def merged(published: str) -> Callable[[], Tensor]:
        def make() -> Tensor:
            weight = open_files.read("language", published).float()
            a, b = (open_files.read("language", name).float() for name in lora_names(published))
            return weight + (lora.alpha / lora.rank) * (b @ a)

        return make

    planned = []
    make: Callable[[], Tensor]
    for name, shape in shapes.items():
        published = published_name("language_model", name)
        read = partial(open_files.read, "language", published)
        if name == "lm_head.weight":
            make = words(name, partial(open_files.read, "qformer", "lm_head.weight"))
        elif name == "model.embed_tokens.weight":
            make = words(name, read)
        else:
            make = merged(published) if is_adapted(name) else read
        planned.append(Planned(name, shape, dtype, make))
    return planned


def direct_tensors(
    component: str, kind: str, shapes: Shapes, open_files: OpenFiles, dtype: torch.dtype
) -> list[Planned]:
    """Plan a module whose tensors are only renamed."""
    return [
        Planned(name, shape, dtype, partial(open_files.read, kind, published_name(component, name)))
        for name, shape in shapes.items()
    ]


def vision_tensors(
    folder: TensorFolder, names: Mapping[str, tuple[int, ...]], dtype: torch.dtype
) -> list[Planned]:
    """Plan the vision tower from a CLIP folder, whose text half is left aside.

    Raises:
        KeyMismatchError: A tensor of the tower is missing or of the wrong shape.
    """
    theirs = {
        canonical(name): name
        for name in folder.shapes()
        if not is_constant(name)
        and not name.startswith(("text_model.", "text_projection", "logit"))
    }
    found = {ours: folder.shapes()[name] for ours, name in theirs.items()}
    found.pop("visual_projection.weight", None)
    wanted = {canonical(name): shape for name, shape in names.items()}
    compare(folder.folder, wanted, found)
    return [
        Planned(name, shape, dtype, partial(folder.read, theirs[canonical(name)]))
        for name, shape in names.items()
    ]


_OLD_ATTENTION = (
    (r"\.query\.", ".to_q."),
    (r"\.key\.", ".to_k."),
    (r"\.value\.", ".to_v."),
    (r"\.proj_attn\.", ".to_out.0."),
)


def vae_tensors(folder: TensorFolder, shapes: Shapes, dtype: torch.dtype) -> list[Planned]:
    """Plan the autoencoder; files from before diffusers 0.17 name its attention otherwise.

    Raises:
        KeyMismatchError: A tensor is missing, left over or of the wrong shape.
    """
    theirs = {}
    for name in folder.shapes():
        ours = name
        for old, new in _OLD_ATTENTION:
            ours = re.sub(old, new, ours)
        theirs[ours] = name
    compare(folder.folder, shapes, {ours: folder.shapes()[name] for ours, name in theirs.items()})
    return [
        Planned(name, shape, dtype, partial(folder.read, theirs[name]))
        for name, shape in shapes.items()
    ]


def null_tensors(sd_dir: Path, config: SmartEditConfig) -> list[Planned]:
    """Plan the condition of no text; the text encoder runs now, so that a wrong one is refused."""
    states = null_embedding(sd_dir, config)
    return [Planned("embedding", tuple(states.shape), torch.float32, lambda: states)]
