"""Which of the things that were recognised a sentence means, by the pointer's weights.

Weights are kept in whole numbers, a scale a row, so that a megabyte holds them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from smartedit_model.drawings.pointer_net import PointerNet, Seen, batched
from smartedit_model.drawings.word_vectors import WordVectors
from smartedit_model.errors import MissingFileError, TruncatedFileError, first_line

FOLDER = Path(__file__).parent.parent / "weights" / "pointer"
FILE = "pointer.safetensors"
STEPS = 15
"""Values of a weight on either side of zero."""


@dataclass(frozen=True)
class Pointed:
    """What a sentence means.

    Attributes:
        chances: of each thing, [0, 1], that it is meant.
        there: chance that anything is.
    """

    chances: tuple[float, ...]
    there: float

    @property
    def meant(self) -> tuple[int, ...]:
        """Numbers of the things that are meant."""
        return tuple(i for i, chance in enumerate(self.chances) if chance > 0.5)

    @property
    def sure(self) -> float:
        """Chance of its least sure part, [0, 1]."""
        parts = [max(chance, 1 - chance) for chance in self.chances]
        return min([self.there, *parts])


class Pointer:
    """Points.

    Args:
        net: with its weights.
    """

    def __init__(self, net: PointerNet) -> None:
        self._net = net.eval()

    @torch.inference_mode()
    def point(
        self, sentence: str, things: Sequence[Seen], known: WordVectors | None = None
    ) -> Pointed:
        """What a sentence means among some things.

        Args:
            sentence: an instruction or a phrase.
            things: what is seen.
            known: what a language model knows of words, where there is one.
        """
        if not things:
            return Pointed((), 0.0)
        points, exists = self._net(batched([(sentence, things)], [known]))
        return Pointed(tuple(points[0].sigmoid().tolist()), float(exists[0].sigmoid()))


def save(net: PointerNet, folder: Path) -> None:
    """Write weights in whole numbers."""
    folder.mkdir(parents=True, exist_ok=True)
    kept: dict[str, np.ndarray] = {}
    for name, value in net.state_dict().items():
        full = value.float().numpy()
        if full.ndim < 2:
            kept[name] = full.astype(np.float16)
            continue
        scale = np.maximum(np.abs(full).max(axis=1, keepdims=True), 1e-8) / STEPS
        kept[name] = np.rint(full / scale).astype(np.int8)
        kept[f"{name}/scale"] = scale.astype(np.float32)
    save_file(kept, folder / FILE)


def load(folder: Path) -> PointerNet:
    """Read weights.

    Raises:
        MissingFileError: there are none.
        TruncatedFileError: they are not the network's.
    """
    path = folder / FILE
    if not path.is_file():
        raise MissingFileError(f"{folder} holds no {FILE}; install the package again")
    try:
        kept = load_file(path)
        full = {
            name: torch.from_numpy(value.astype(np.float32) * kept.get(f"{name}/scale", 1.0))
            for name, value in kept.items()
            if not name.endswith("/scale")
        }
        net = PointerNet()
        net.load_state_dict(full)
    except (SafetensorError, RuntimeError, ValueError) as error:
        raise TruncatedFileError(
            f"{path} is damaged ({first_line(error)}); install the package again"
        ) from error
    return net


@cache
def shipped_pointer() -> Pointer:
    """The pointer that comes with the package."""
    return Pointer(load(FOLDER))
