"""Three-way guidance by text and image, its branches batched, its cost adjustable (section 3.3).

The branches are [text and image, image, nothing]; the guided noise is
``none + s_text (text - image) + s_image (image - none)``, summed in float32 whatever the UNet's
dtype, since the strengths magnify rounding. It knows the UNet's call, no sampler.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from smartedit_model.errors import InputError
from smartedit_model.feature_reuse import DeepFeatures
from smartedit_model.unet import SmartEditUNet


@dataclass(frozen=True)
class Guidance:
    """How strongly, when and how exactly to guide.

    Attributes:
        text: Strength of the instruction, ``s_text``.
        image: Strength of the source image, ``s_image``.
        interval: First and last share of the steps, in [0, 1], that are guided; the others run
            the text-and-image branch alone, a third of the work. An approximation.
        reuse_every: The guidance directions are computed anew at every so many guided steps and
            kept in between, at a third of the work. 1 is exact; more is an approximation.
        sequential: Run the branches one after another: less memory, the same result.
        keep_every: What the UNet's coarse levels give serves so many steps, the finest level alone
            being computed in between. 1 is exact; more is an approximation.
    """

    text: float = 7.5
    image: float = 1.5
    interval: tuple[float, float] = (0.0, 1.0)
    reuse_every: int = 1
    sequential: bool = False
    keep_every: int = 1

    def __post_init__(self) -> None:
        low, high = self.interval
        if not 0.0 <= low <= high <= 1.0:
            raise InputError(f"guidance interval {self.interval} must rise within [0, 1]")
        if self.reuse_every < 1:
            raise InputError(f"guidance reuse_every is {self.reuse_every}; it must be 1 or more")
        if self.keep_every < 1:
            raise InputError(f"guidance keep_every is {self.keep_every}; it must be 1 or more")

    @property
    def exact(self) -> bool:
        """Whether every step computes all of every branch that matters."""
        return self.interval == (0.0, 1.0) and self.reuse_every == self.keep_every == 1

    @property
    def weights(self) -> tuple[float, float, float]:
        """What each branch's noise counts in the guided noise; a branch of weight 0 is left out."""
        return self.text, self.image - self.text, 1.0 - self.image


class GuidedNoise:
    """Predict guided noise over one run of a sampler.

    Args:
        unet: Predicts noise.
        source: Source latents, not scaled, ``(B, 4, h, w)``.
        condition: Conditions, ``(B, Q, hidden)``.
        null: The condition of no text, ``(B, Q, hidden)``.
        feature: BIM features, ``(B, C, h, w)``; every branch receives them.
        guidance: Strengths and savings.
        steps: How many steps the run has.
    """

    def __init__(
        self,
        unet: SmartEditUNet,
        source: Tensor,
        condition: Tensor,
        null: Tensor,
        feature: Tensor,
        guidance: Guidance,
        steps: int,
    ) -> None:
        self.unet = unet
        self.guidance = guidance
        self.steps = steps
        self.branches = (
            (source, condition, feature),
            (source, null, feature),
            (torch.zeros_like(source), null, feature),
        )
        self.evaluations = 0
        self._deep = DeepFeatures(unet, guidance.keep_every)
        self._batched: dict[tuple[int, ...], tuple[Tensor, ...]] = {}
        self._kept: Tensor | None = None
        self._guided_steps = 0

    def __call__(self, latents: Tensor, timestep: Tensor, step: int) -> Tensor:
        """Return the guided noise, ``(B, 4, h, w)`` float32, at step ``step`` counted from 0."""
        g = self.guidance
        place = (step + 0.5) / self.steps
        if not g.interval[0] <= place <= g.interval[1]:
            return self._branches(latents, timestep, step, (0,))[0]
        refresh = self._guided_steps % g.reuse_every == 0
        self._guided_steps += 1
        if not refresh and self._kept is not None:
            return self._branches(latents, timestep, step, (0,))[0] + self._kept
        keeps = g.reuse_every > 1
        wanted = tuple(i for i, w in enumerate(g.weights) if w or (i == 0 and keeps))
        noises = self._branches(latents, timestep, step, wanted)
        guided = torch.zeros_like(noises[0])
        for index, noise in zip(wanted, noises, strict=True):
            guided = guided + g.weights[index] * noise
        if keeps:
            self._kept = guided - noises[0]
        return guided

    def _branches(
        self, latents: Tensor, timestep: Tensor, step: int, wanted: tuple[int, ...]
    ) -> tuple[Tensor, ...]:
        self.evaluations += latents.shape[0] * len(wanted)
        if self.guidance.sequential:
            return tuple(self._predict(latents, timestep, step, (i,)) for i in wanted)
        repeated = latents.repeat(len(wanted), 1, 1, 1)
        return self._predict(repeated, timestep, step, wanted).chunk(len(wanted))

    def _predict(
        self, latents: Tensor, timestep: Tensor, step: int, wanted: tuple[int, ...]
    ) -> Tensor:
        if wanted not in self._batched:
            parts = zip(*(self.branches[i] for i in wanted), strict=True)
            self._batched[wanted] = tuple(torch.cat(part) for part in parts)
        source, condition, feature = self._batched[wanted]
        with self._deep.call(wanted, step):
            out = self.unet.predict(latents.to(source.dtype), source, timestep, condition, feature)
        # A copy, because a captured CUDA graph writes its next result into the same memory.
        return out.to(torch.float32, copy=True)
