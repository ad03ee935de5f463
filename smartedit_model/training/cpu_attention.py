"""Attention in float32 while the rest of a CPU training runs in bfloat16.

PyTorch's fused attention on the CPU goes back through bfloat16 three times slower than through
float32 (measured in ``docs/training-log.md``); it was nearly half of a training step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.overrides import TorchFunctionMode


class Float32Attention(TorchFunctionMode):
    """While entered, fused attention computes in float32 and answers in its inputs' type."""

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Take over one function of PyTorch's."""
        kwargs = kwargs or {}
        if func is not F.scaled_dot_product_attention:
            return func(*args, **kwargs)
        kind = torch.get_autocast_dtype("cpu") if torch.is_autocast_enabled("cpu") else None
        kind = kind or args[0].dtype
        wide = [a.float() if _floating(a) else a for a in args]
        named = {k: v.float() if _floating(v) else v for k, v in kwargs.items()}
        with torch.autocast("cpu", enabled=False):
            return func(*wide, **named).to(kind)


def _floating(value: Any) -> bool:
    return isinstance(value, Tensor) and value.is_floating_point()
