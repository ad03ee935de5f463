"""Deep features of the UNet kept over some steps: less work, an approximation (DeepCache).

The coarse levels of the UNet change slowly from step to step (Ma et al. 2023, arXiv 2312.00858), so
their result is computed anew every few steps and the finest level alone in between. It knows the
blocks of diffusers' UNet, no guidance and no sampler.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from torch import nn

from smartedit_model.errors import InputError


class DeepFeatures:
    """What the coarse blocks of a UNet gave, by batch.

    Args:
        unet: A UNet with diffusers' ``down_blocks``, ``mid_block`` and ``up_blocks``.
        every: How many steps a result serves, the one it was made at included; 1 keeps nothing.

    Raises:
        InputError: The UNet has one level only, is compiled or replayed as CUDA graphs.
    """

    def __init__(self, unet: nn.Module, every: int) -> None:
        self.every = every
        self.blocks: list[Any] = []
        self._kept: dict[tuple[Hashable, int], Any] = {}
        self._made: dict[Hashable, int] = {}
        if every == 1:
            return
        down, middle, up = (
            getattr(unet, n, None) for n in ("down_blocks", "mid_block", "up_blocks")
        )
        if not down or not up or middle is None or len(down) < 2:
            raise InputError("this model's UNet has no coarse levels whose features could be kept")
        if getattr(unet, "_compiled_call_impl", None) is not None:
            raise InputError(
                "features cannot be kept in a compiled UNet; choose one of compile and keep_every"
            )
        if getattr(unet, "graphs", None) is not None:
            raise InputError(
                "features cannot be kept in a UNet that is replayed as CUDA graphs; choose one of "
                "graphs and keep_every"
            )
        self.blocks = [*down[1:], middle, *up[:-1]]

    @contextmanager
    def call(self, batch: Hashable, step: int) -> Iterator[None]:
        """Around one call of the UNet: let the coarse blocks answer from memory where they may.

        Args:
            batch: Tells batches of different rows apart; each has features of its own.
            step: The sampler's step, from 0. A batch may be left out of some steps, and what it
                last gave is then too old to be kept.
        """
        fresh = batch not in self._made or step - self._made[batch] >= self.every
        if fresh:
            self._made[batch] = step
        before = [block.__dict__.get("forward") for block in self.blocks]
        for index, block in enumerate(self.blocks):
            block.forward = partial(self._answer, (batch, index), block.forward, fresh)
        try:
            yield
        finally:
            for block, forward in zip(self.blocks, before, strict=True):
                del block.forward
                if forward is not None:  # as Accelerate's hooks leave it
                    block.forward = forward

    def _answer(
        self,
        key: tuple[Hashable, int],
        forward: Callable[..., Any],
        fresh: bool,
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        if fresh:
            self._kept[key] = forward(*args, **kwargs)
        return self._kept[key]
