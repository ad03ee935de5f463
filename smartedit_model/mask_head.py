"""Where the instruction's target is, read from the BIM's image features in one pass.

It is this project's addition: the BIM must know the place to tell the UNet, so a light head can
read it out, and an edit is grounded without any diffusion. It knows no SAM and no picture.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from diffusers import ConfigMixin, ModelMixin
from diffusers.configuration_utils import register_to_config
from torch import Tensor, nn


class MaskHead(ModelMixin, ConfigMixin):  # type: ignore[misc]  # diffusers is untyped
    """Two convolutions to mask logits with a gate between, and whether there is a target.

    Args:
        width: Channels of the BIM's image features.
        hidden: Width of the condition.
        inner: Channels between the convolutions.
        scale: Cells of the mask along one side of a patch.
        unet: Channels after the UNet's first convolution.
    """

    @register_to_config  # type: ignore[untyped-decorator]  # diffusers is untyped
    def __init__(
        self,
        width: int = 1024,
        hidden: int = 768,
        inner: int = 128,
        scale: int = 8,
        unet: int = 320,
    ) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, inner, kernel_size=1)
        self.gate = nn.Linear(hidden, inner)
        self.second = nn.Conv2d(inner, scale**2, kernel_size=1)
        self.valid = nn.Linear(inner + hidden, 1)
        self.to_unet = nn.Conv2d(1, unet, kernel_size=3, padding=1)
        for parameter in self.to_unet.parameters():  # the UNet begins without it
            nn.init.zeros_(parameter)

    def forward(self, image_map: Tensor, condition: Tensor) -> tuple[Tensor, Tensor]:
        """Read the place.

        Args:
            image_map: ``BIMOutput.image_map``, ``(B, width, g, g)``.
            condition: ``BIMOutput.condition``, ``(B, Q, hidden)``.

        Returns:
            Mask logits ``(B, g * scale, g * scale)``, and the logit of there being a target at
            all, ``(B,)``.
        """
        asked = condition.mean(dim=1)
        # A product of picture and words, as in SAM's decoder: that a patch shows what is asked for
        # is one multiplication here, and many steps of training without it.
        gate = 2 * self.gate(asked).sigmoid()  # one where the words say nothing
        inner = F.gelu(self.first(image_map)) * gate[:, :, None, None]
        logits = F.pixel_shuffle(self.second(inner), int(self.config.scale))[:, 0]
        seen = torch.cat([inner.amax(dim=(2, 3)), asked], dim=1)
        valid: Tensor = self.valid(seen)
        return logits, valid[:, 0]

    def place(self, chance: Tensor, size: tuple[int, int]) -> Tensor:
        """Tell the UNet where the target is, beside the BIM's feature.

        Args:
            chance: Of each cell to be of the target, in [0, 1], ``(B, G, G)``.
            size: Latent height and width.

        Returns:
            To be added to ``BIMOutput.feature``, ``(B, unet, h, w)``.
        """
        cells = F.interpolate(chance[:, None], size, mode="area")
        out: Tensor = self.to_unet(cells)
        return out
