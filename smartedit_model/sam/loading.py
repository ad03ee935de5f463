"""Weights into models: checked by name and shape on the meta device before any memory is spent.

It knows no place on disk of its own (``official``, ``small``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from smartedit_model.integrity import Shapes, check_finite, compare, module_shapes


def expected(make: Callable[[], Any]) -> tuple[Any, Shapes]:
    """A model without memory, on the meta device, and the name and shape of all it needs."""
    with torch.device("meta"):
        model = make()
    return model, module_shapes(model)


def fill(where: object, make: Callable[[], Any], tensors: Mapping[str, Tensor]) -> Any:
    """Build a model from tensors.

    Args:
        where: named in errors.
        make: builds the model.
        tensors: all its weights; float16 is widened.

    Raises:
        KeyMismatchError: a tensor is missing, left over or of the wrong shape.
        NonFiniteWeightsError: a tensor holds NaN or infinity.
    """
    model, shapes = expected(make)
    compare(where, shapes, {name: tuple(value.shape) for name, value in tensors.items()})
    check_finite(where, tensors.items())
    # A copy: what was mapped from the file must not change with the file.
    own = {name: value.float().clone() for name, value in tensors.items()}
    model.load_state_dict(own, assign=True)
    _restore_constants(model)
    model.eval()
    return model.requires_grad_(False)


def _restore_constants(model: Any) -> None:
    """Mean and deviation of pixels are no weights, so a model made on meta lacks them."""
    from segment_anything.modeling import Sam

    defaults = Sam.__init__.__defaults__ or ((), ())
    mean, deviation = defaults[-2:]
    model.register_buffer("pixel_mean", torch.tensor(mean).view(-1, 1, 1), False)
    model.register_buffer("pixel_std", torch.tensor(deviation).view(-1, 1, 1), False)
