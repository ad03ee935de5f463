"""Weights with fewer digits, which compress better and answer the same.

A repository keeps every version of weights that it ever shipped, and random digits do not compress.
Half-precision weights compress to two thirds; where that is still too much, weights are stored in
eight bits and compress to four.
"""

from __future__ import annotations

import math
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

BITS = 5
"""Of the ten bits of a half-precision mantissa that are kept: an error of 0.65% of a weight."""
STEPS = 3
"""Steps of weights in eight bits to their standard deviation: an error of about 0.1 of it."""
EIGHT_BITS = torch.float8_e4m3fn
_FINEST = 2.0**-9
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


def in_eight_bits(weights: Tensor) -> Tensor:
    """Return a matrix or a kernel in ``EIGHT_BITS``, as multiples of one step.

    Whoever loads it gets it in the dtype that is asked for. The step is a power of two near
    ``1 / STEPS`` of the standard deviation, so that multiples up to 16 are exact; larger ones are
    rounded once more. Biases and norms are for :func:`rounded`.
    """
    wide = weights.float()
    spread = float(wide.std())
    step = max(2.0 ** round(math.log2(spread / STEPS)), _FINEST) if spread > 0 else 1.0
    most = torch.finfo(EIGHT_BITS).max
    return ((wide / step).round() * step).clamp(-most, most).to(EIGHT_BITS)


def settle(new: Path, old: Path | None = None, *, eight_bits: bool = False) -> bool:
    """Round a file's float16 weights, or keep what was there before where they have not changed.

    Args:
        new: A safetensors file, rewritten in place.
        old: Where the same part was shipped before; it need not be there, nor known.
        eight_bits: Store what has two dimensions or more in eight bits.

    Returns:
        Whether it is the old file, byte for byte.
    """
    tensors = load_file(new)
    if old is not None and old.is_file() and _equal(tensors, load_file(old)):
        new.write_bytes(old.read_bytes())
        return True
    with safe_open(new, framework="pt") as file:
        told = file.metadata()
    save_file({k: _small(v, eight_bits) for k, v in tensors.items()}, new, metadata=told)
    return False


def _small(weights: Tensor, eight_bits: bool) -> Tensor:
    if weights.dtype != torch.float16:
        return weights
    return in_eight_bits(weights) if eight_bits and weights.ndim > 1 else rounded(weights)


def _equal(these: dict[str, Tensor], those: dict[str, Tensor]) -> bool:
    return these.keys() == those.keys() and all(
        _stored_as(v.dtype, those[k].dtype) and torch.equal(v, those[k].to(v.dtype))
        for k, v in these.items()
    )


def _stored_as(dtype: torch.dtype, stored: torch.dtype) -> bool:
    """Whether weights of a dtype may have been stored in the other."""
    return dtype == stored or (dtype, stored) == (torch.float16, EIGHT_BITS)
