"""Patch features of the CLIP vision tower, as LLaVA-1.1 and the BIM read them (section 3.1).

It knows nothing of what is done with the features.
"""

from __future__ import annotations

import torch
from torch import Tensor
from transformers import CLIPVisionModel


def patch_features(tower: CLIPVisionModel, pixels: Tensor, select_layer: int = -2) -> Tensor:
    """Return one hidden state of the tower without its class token.

    Args:
        tower: The vision tower; it stays frozen.
        pixels: CLIP-normalised images, ``(B, 3, side, side)``, RGB.
        select_layer: Which hidden state; the published models read the last but one.

    Returns:
        ``(B, grid * grid, hidden)``, patches in rows from the top left.
    """
    with torch.no_grad():
        states = tower(pixels, output_hidden_states=True).hidden_states
    features: Tensor = states[select_layer][:, 1:]
    return features
