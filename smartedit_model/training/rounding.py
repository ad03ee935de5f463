"""Half-precision weights with fewer digits: they compress to two thirds, and answer the same.

A repository keeps every version of weights that it ever shipped, and random digits do not compress.
"""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

BITS = 5
"""Of the ten bits of a half-precision mantissa that are kept: an error of 0.65% of a weight."""
_MANTISSA = 10
_LARGEST = 0x7BFF


def rounded(weights: Tensor, bits: int = BITS) -> Tensor:
    """Return float16 ``weights`` with ``bits`` bits of mantissa, rounded to the nearest.

    Infinities and NaN stay what they are; what would round to an infinity is rounded down.
    """
    drop = _MANTISSA - bits
    whole = weights.contiguous().view(torch.int16).to(torch.int32)
    size, sign = whole & 0x7FFF, whole & ~0x7FFF
    cut = ((size + (1 << (drop - 1))) >> drop) << drop
    cut = cut.clamp(max=(_LARGEST >> drop) << drop)
    size = torch.where(size > _LARGEST, size, cut)
    return (size | sign).to(torch.int16).view(torch.float16)


def settle(new: Path, old: Path | None = None) -> bool:
    """Round a file's float16 weights, or keep what was there before where they have not changed.

    Args:
        new: A safetensors file, rewritten in place.
        old: Where the same part was shipped before; it need not be there, nor known.

    Returns:
        Whether it is the old file, byte for byte.
    """
    tensors = load_file(new)
    if old is not None and old.is_file() and _equal(tensors, load_file(old)):
        new.write_bytes(old.read_bytes())
        return True
    with safe_open(new, framework="pt") as file:
        told = file.metadata()
    halved = {k: rounded(v) if v.dtype == torch.float16 else v for k, v in tensors.items()}
    save_file(halved, new, metadata=told)
    return False


def _equal(these: dict[str, Tensor], those: dict[str, Tensor]) -> bool:
    return these.keys() == those.keys() and all(
        v.dtype == those[k].dtype and torch.equal(v, those[k]) for k, v in these.items()
    )
