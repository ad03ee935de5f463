"""How well a picture is kept outside a mask, and how well the edit fits its words.

The definitions are those of the Reason-Edit benchmark, so numbers can be compared with published
ones: everything is brought to 256 x 256, both pictures are multiplied by one minus the mask, and
the metrics run over the whole of what is left, black region included. The metrics themselves are
torchmetrics'. Two need weights that are not shipped; without them they are None.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image as PilImage
from torch import Tensor
from torchmetrics.functional.image import (
    peak_signal_noise_ratio,
    structural_similarity_index_measure,
)
from torchmetrics.functional.regression import mean_squared_error

from smartedit_model.evaluation.errors import EvaluationSetupError

SIDE = 256
CLIP = "openai/clip-vit-large-patch14"
SQUEEZENET = "squeezenet1_1-*.pth"


@dataclass(frozen=True)
class Trio:
    """Source, edited picture and mask at the benchmark's size.

    Attributes:
        source, edited: RGB.
        mask: L, bright where the edit belongs; in between counts in part.
    """

    source: PilImage.Image
    edited: PilImage.Image
    mask: PilImage.Image

    @classmethod
    def of(cls, source: PilImage.Image, edited: PilImage.Image, mask: PilImage.Image) -> Trio:
        """Bring pictures of any size to the benchmark's."""
        size, smooth = (SIDE, SIDE), PilImage.Resampling.BICUBIC
        return cls(
            source.convert("RGB").resize(size, resample=smooth),
            edited.convert("RGB").resize(size, resample=smooth),
            mask.convert("L").resize(size, resample=PilImage.Resampling.NEAREST),
        )

    @cached_property
    def kept(self) -> tuple[Tensor, Tensor]:
        """What lies outside the mask of both pictures: (1, 3, 256, 256) float32 in [0, 1]."""
        share = 1 - np.asarray(self.mask, dtype=np.int64) / 255
        weight = torch.from_numpy(share.astype(np.float32))
        first, second = (
            torch.from_numpy(np.asarray(picture, dtype=np.float32) / np.float32(255))
            .permute(2, 0, 1)[None]
            .mul(weight)
            for picture in (self.source, self.edited)
        )
        return first, second

    def edited_crop(self) -> Tensor | None:
        """The edited picture inside the mask's bounds, (3, H, W) uint8; None for an empty mask.

        The last row and column of the bounds are left out, as the benchmark's own code does.
        """
        rows, columns = np.nonzero(np.asarray(self.mask))
        if not rows.size or rows.min() == rows.max() or columns.min() == columns.max():
            return None
        box = (int(columns.min()), int(rows.min()), int(columns.max()), int(rows.max()))
        return torch.from_numpy(np.array(self.edited.crop(box))).permute(2, 0, 1)


def preserved(trio: Trio) -> dict[str, float]:
    """PSNR (dB, infinite where nothing changed), SSIM and MSE outside the mask."""
    source, edited = trio.kept
    return {
        "psnr": float(peak_signal_noise_ratio(source, edited, data_range=1.0)),
        "ssim": float(_ssim(source, edited)),
        "mse": float(mean_squared_error(source.contiguous(), edited.contiguous())),
    }


def _ssim(source: Tensor, edited: Tensor) -> Tensor:
    found = structural_similarity_index_measure(source, edited, data_range=1.0)
    return found if isinstance(found, Tensor) else found[0]


class LearnedMetrics:
    """LPIPS (SqueezeNet) and the CLIP score, where their weights are on this machine.

    Args:
        clip: folder of a CLIP model; where omitted, ViT-L/14 in the hub's cache.
        hub: torch's hub folder, which may hold SqueezeNet's weights; torch's own where omitted.
    """

    def __init__(self, clip: Path | None = None, hub: Path | None = None) -> None:
        if clip is not None and not (clip / "config.json").is_file():
            raise EvaluationSetupError(f"{clip} holds no CLIP model (no config.json)")
        self._clip_folder = clip or _cached_clip()
        self._hub = hub or Path(torch.hub.get_dir())

    @property
    def missing(self) -> dict[str, str]:
        """Metric -> why it cannot be measured here."""
        found = {}
        if not self._squeezenet:
            found["lpips"] = f"SqueezeNet's weights are not in {self._hub / 'checkpoints'}"
        if self._clip_folder is None:
            found["clip_score"] = f"{CLIP} is not on this machine; give its folder with --clip"
        return found

    @property
    def _squeezenet(self) -> bool:
        return any((self._hub / "checkpoints").glob(SQUEEZENET))

    def lpips(self, trio: Trio) -> float | None:
        """Perceptual distance outside the mask, 0 for the same."""
        if not self._squeezenet:
            return None
        source, edited = trio.kept
        with torch.inference_mode():
            return float(self._lpips(source * 2 - 1, edited * 2 - 1))

    def clip_score(self, trio: Trio, words: str) -> float | None:
        """How well the edited region fits words, about 15 to 35; None for an empty mask too."""
        crop = trio.edited_crop()
        if self._clip_folder is None or crop is None:
            return None
        with torch.inference_mode():
            return float(self._clip(crop, words))

    @cached_property
    def _lpips(self) -> Any:
        from torchmetrics.image.lpip import LearnedPerceptualImagePatchSimilarity

        before = torch.hub.get_dir()
        torch.hub.set_dir(str(self._hub))
        try:
            return LearnedPerceptualImagePatchSimilarity(net_type="squeeze")
        finally:
            torch.hub.set_dir(before)

    @cached_property
    def _clip(self) -> Any:
        from torchmetrics.multimodal import CLIPScore

        return CLIPScore(model_name_or_path=str(self._clip_folder))  # type: ignore[arg-type]


def _cached_clip() -> Path | None:
    from huggingface_hub import try_to_load_from_cache

    for weights in ("model.safetensors", "pytorch_model.bin"):
        found = try_to_load_from_cache(CLIP, weights)
        config = try_to_load_from_cache(CLIP, "preprocessor_config.json")
        if isinstance(found, str) and isinstance(config, str):
            return Path(found).parent
    return None
