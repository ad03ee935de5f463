"""Three-way guidance by text and image, its branches batched, its cost adjustable (section 3.3).

The branches are [text and image, image, nothing]; the guided noise is
``none + s_text (text - image) + s_image (image - none)``. It knows the UNet's call, no sampler.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from smartedit_model.errors import InputError
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
    """

    text: float = 7.5
    image: float = 1.5
    interval: tuple[float, float] = (0.0, 1.0)
    reuse_every: int = 1
    sequential: bool = False

    def __post_init__(self) -> None:
        low, high = self.interval
        if not 0.0 <= low <= high <= 1.0:
            raise InputError(f"guidance interval {self.interval} must rise within [0, 1]")
        if self.reuse_every < 1:
            raise InputError(f"guidance reuse_every is {self.reuse_every}; it must be 1 or more")

    @property
    def exact(self) -> bool:
        """Whether every step computes every branch that matters."""
        return self.interval == (0.0, 1.0) and self.reuse_every == 1


def combine(text: Tensor, image: Tensor, none: Tensor, guidance: Guidance) -> Tensor:
    """Return the guided noise of the three branches' noises, all of one shape."""
    return none + guidance.text * (text - image) + guidance.image * (image - none)


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
        self.source = torch.cat([source, source, torch.zeros_like(source)])  # (3B, 4, h, w)
        self.condition = torch.cat([condition, null, null])  # (3B, Q, hidden)
        self.feature = torch.cat([feature, feature, feature])  # (3B, C, h, w)
        self.evaluations = 0
        self._directions: tuple[Tensor, Tensor] | None = None
        self._guided_steps = 0

    def __call__(self, latents: Tensor, timestep: Tensor, step: int) -> Tensor:
        """Return the guided noise, ``(B, 4, h, w)``, at step ``step`` counted from 0."""
        g = self.guidance
        place = (step + 0.5) / self.steps
        if not g.interval[0] <= place <= g.interval[1] or (g.text == 1.0 and g.image == 1.0):
            return self._branches(latents, timestep, 1)[0]
        refresh = self._guided_steps % g.reuse_every == 0
        self._guided_steps += 1
        if not refresh and self._directions is not None:
            (text,) = self._branches(latents, timestep, 1)
            by_text, by_image = self._directions
            return text + (g.text - 1) * by_text + (g.image - 1) * by_image
        if g.image == 1.0:  # the branch without the image then cancels out
            text, image = self._branches(latents, timestep, 2)
            none = image
        else:
            text, image, none = self._branches(latents, timestep, 3)
        if g.reuse_every > 1:
            self._directions = (text - image, image - none)
        return combine(text, image, none, g)

    def _branches(self, latents: Tensor, timestep: Tensor, count: int) -> tuple[Tensor, ...]:
        batch = latents.shape[0]
        self.evaluations += batch * count
        if self.guidance.sequential:
            return tuple(
                self._predict(latents, timestep, slice(i * batch, (i + 1) * batch))
                for i in range(count)
            )
        rows = slice(0, batch * count)
        return self._predict(latents.repeat(count, 1, 1, 1), timestep, rows).chunk(count)

    def _predict(self, latents: Tensor, timestep: Tensor, rows: slice) -> Tensor:
        return self.unet.predict(
            latents, self.source[rows], timestep, self.condition[rows], self.feature[rows]
        )
